"""Asks a language model about a question that was not understood, where the user has set one up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kgq.session import Session

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.results import Answer

__all__ = ["assisted"]


def assisted(session: Session, graph: KnowledgeGraph, answer: Answer, include: Sequence[str]) -> Answer:
    """Return an answer found with a model's help, the same answer where there is no model or it was none.

    Args:
        session: where to say why a model was no help.
        graph: what was asked.
        answer: what came of the question.
        include: the kinds of claims an answer may rest on.
    """
    if answer.status not in ("ambiguous", "not_understood") or not os.environ.get("KGQ_LLM_URL", "").strip():
        return answer
    from kg.errors import SourceError
    from kg.language_model.proposals import LanguageModel, assist

    try:
        model = LanguageModel.from_environment()
    except SourceError as error:
        session.say(str(error))
        return answer
    if model is None:
        return answer
    better = assist(graph, answer, model, graph.asker(include=include))
    if better.assisted_by is None:
        session.say(better.explanation[-1])
    return better
