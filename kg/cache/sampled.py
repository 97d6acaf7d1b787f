"""Vocabularies of large graphs: the schema is sampled once and kept, names are looked up as they are asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.cache.files import entry, forget, kept
from kg.cache.vocabulary import open_vocabulary, write_vocabulary
from kg.errors import EngineError
from kg.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kg.dataset import Dataset

__all__ = ["MANY", "is_large", "is_sampled", "sampled_vocabulary"]

MANY = 300_000
"""Triples from which reading all names takes longer than a question should."""


def is_large(dataset: Dataset) -> bool:
    """Tell whether a graph without claims is too large to read its names before a first question.

    No more than :data:`MANY` triples are passed over for that.
    """
    if dataset.has_claims:
        return False
    try:
        return bool(dataset.select(f"SELECT ?s {{ ?s ?p ?o }} OFFSET {MANY} LIMIT 1").rows)
    except EngineError:
        return True  # a server that cannot get so far has too much, or too little time


def is_sampled(key: Sequence[object], lang: str = "en") -> bool:
    """Tell whether a schema is kept that was sampled."""
    return kept(["sampled vocabulary", *key, lang]) is not None


def sampled_vocabulary(dataset: Dataset, key: Sequence[object], lang: str = "en") -> Vocabulary:
    """Return a vocabulary of a large graph that looks names up in it.

    Args:
        dataset: the graph.
        key: under what its schema is kept.
        lang: the language of labels, where there is a choice.
    """
    from kg.vocabulary.probed import ProbedVocabulary

    return ProbedVocabulary(_schema(dataset, key, lang), dataset.stream, lang)


def _schema(dataset: Dataset, key: Sequence[object], lang: str) -> Vocabulary:
    from kg.vocabulary.sampling import sample_vocabulary

    made: list[Vocabulary] = []

    def make(scratch: Path) -> None:
        made.append(sample_vocabulary(dataset.stream, lang))
        write_vocabulary(made[0], scratch / "vocabulary.sqlite")

    try:
        folder = entry(["sampled vocabulary", *key, lang], make)
    except (sqlite3.Error, OSError):
        folder = None
    if made or folder is None:
        return made[0] if made else sample_vocabulary(dataset.stream, lang)
    try:
        return open_vocabulary(folder / "vocabulary.sqlite")
    except ValueError:
        forget(folder)
        return sample_vocabulary(dataset.stream, lang)
