"""A reading said back in English."""

from __future__ import annotations

from kg.questions.graph import QueryGraph
from kg.vocabulary import Vocabulary

__all__ = ["paraphrase"]


def paraphrase(graph: QueryGraph, vocabulary: Vocabulary) -> str:
    """Return how a reading understands its question."""
    node = graph.nodes[graph.focus]
    return vocabulary.label(node.classes[0]) if node.classes else node.words
