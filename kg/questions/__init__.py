"""English questions over any labelled graph, without a model: words, readings, SPARQL, answers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.dataset import Dataset
    from kg.results import Answer
    from kg.vocabulary import Vocabulary

__all__ = ["ask"]


def ask(
    dataset: Dataset,
    vocabulary: Vocabulary,
    text: str,
    *,
    include: Sequence[str] = ("stated", "inferred"),
    lang: str = "en",
) -> Answer:
    """Answer an English question from a dataset, or say why not.

    Claims and plain triples are asked by two sets of modules; only one of them is imported.

    Args:
        dataset: what is asked.
        vocabulary: of that dataset.
        text: the question.
        include: kinds of claims that count, on a graph with claims.
        lang: language of the labels shown.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> from kg.dataset import Dataset
    >>> from kg.vocabulary import Vocabulary
    >>> dataset = Dataset(OxigraphEngine())
    >>> ask(dataset, Vocabulary.from_dataset(dataset), "who buys chips?").uncovered
    ('buys', 'chips')
    """
    answer = _ask(dataset, vocabulary, text, include, lang)
    if answer.status != "not_understood":
        return answer
    from kg.questions.plugged import ask_plugged

    return ask_plugged(answer, lambda rest: _ask(dataset, vocabulary, rest, include, lang))


def _ask(dataset: Dataset, vocabulary: Vocabulary, text: str, include: Sequence[str], lang: str) -> Answer:
    if vocabulary.claim_terms is None:
        from kg.questions.plain.answer import ask as ask_triples

        return ask_triples(dataset, vocabulary, text, include=include, lang=lang)
    from kg.questions.claims.ask import ask_claims

    started = time.perf_counter()
    answer = ask_claims(dataset, vocabulary.claim_terms, text, include=include, lang=lang)
    return answer._replace(elapsed_ms=(time.perf_counter() - started) * 1e3)
