"""Full-text look-up over names and quotes that forgives a misspelt word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from kg.dataset import Dataset
from kg.lookup.names import Names
from kg.terms import lexical

__all__ = ["Hit", "search"]

_QUOTES = """SELECT ?claim ?id ?quote ?heading { ?claim kgq:hasEvidence ?evidence .
  ?evidence oa:hasSelector ?selector . ?selector oa:exact ?quote .
  OPTIONAL { ?evidence kgq:sectionHeading ?heading } OPTIONAL { ?claim dcterms:identifier ?id } }"""
_WORD = re.compile(r"\w+")
_SAME, _BEGINS, _MISSPELT = 1.0, 0.8, 0.6
_SIMILAR = 80.0


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search found.

    Attributes:
        kind: ``name`` or ``quote``.
        text: the name that matched, or the quote.
        score: 1 where every word looked for stands in the text as written, less where it begins or misspells one.
        iri, label: the thing named.
        claims: for a quote, the claims it is evidence for, as (IRI, identifier).
        heading: for a quote, where it stands.
    """

    kind: str
    text: str
    score: float
    iri: str = ""
    label: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    heading: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as JSON-ready data."""
        return {
            "kind": self.kind,
            "text": self.text,
            "score": round(self.score, 3),
            "iri": self.iri or None,
            "label": self.label or None,
            "claims": [{"iri": iri, "id": identifier or None} for iri, identifier in self.claims],
            "heading": self.heading or None,
        }


@runtime_checkable
class Indexed(Protocol):
    """Names that come with an index of the quotes, for a graph that is not read whole."""

    def quotes(self, words: Sequence[str]) -> list[tuple[str, str, str, str]]:
        """Return (claim, identifier, quote, heading) of the quotes that may hold some words."""


def search(
    dataset: Dataset, names: Names, text: str, limit: int = 20, among: Collection[str] | None = None
) -> list[Hit]:
    """Return names and quotes that hold every word of a text, the closest first; failing that, any word of it.

    Args:
        dataset: where to look.
        names: the names of that dataset.
        text: words; each may stand in what is found, begin a word of it, or be a misspelling of one.
        limit: names at most, and quotes at most.
        among: IRIs of all that may have such a name, where the graph is large and has no quotes.
    """
    wanted = _words(text)
    if not wanted:
        return []
    if among is None:
        quotes = _grouped(names.quotes(wanted)) if isinstance(names, Indexed) else _quotes(dataset)
        labels = names.holding(wanted)
    else:
        names.learn(among)
        quotes, labels = {}, {iri: every for iri in among if (every := names.of(iri))}
    texts = {name for every in labels.values() for _, name in every} | {quote for quote, _ in quotes}
    fits = _fitting(wanted, {word for known in texts for word in _words(known)})
    things = [Hit("name", name, score, iri, names.label(iri)) for iri, name, score in _named(labels, fits)]
    passages = [
        Hit("quote", quote, sum(scores) / len(scores), claims=tuple(claims), heading=heading)
        for (quote, heading), claims in quotes.items()
        if any(scores := _scores(quote, fits))
    ]
    whole = {hit for hit in things + passages if all(_scores(hit.text, fits))}
    found = [[hit for hit in hits if hit in whole or not whole] for hits in (things, passages)]
    return [hit for hits in found for hit in sorted(hits, key=_closeness)[:limit]]


def _closeness(hit: Hit) -> tuple[float, int, str, str]:
    return -hit.score, len(hit.text), hit.text, hit.iri


def _named(
    labels: Mapping[str, list[tuple[int, str]]], fits: list[dict[str, float]]
) -> Iterator[tuple[str, str, float]]:
    """Yield each thing once, by the name that fits best."""
    for iri, every in labels.items():
        scored = [
            (all(scores), sum(scores), -rank, name) for rank, name in every for scores in [_scores(name, fits)]
        ]
        _, total, _, name = max(scored)
        if total > 0:
            yield iri, name, total / len(fits)


def _quotes(dataset: Dataset) -> dict[tuple[str, str], list[tuple[str, str]]]:
    rows = dataset.select(_QUOTES).rows if dataset.has_claims else ()
    return _grouped(tuple(map(lexical, row)) for row in rows)


def _grouped(rows: Iterable[Sequence[str]]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for claim, identifier, quote, heading in rows:
        found.setdefault((quote, heading), []).append((claim, identifier))
    return {key: sorted(set(claims)) for key, claims in sorted(found.items())}


def _fitting(wanted: list[str], known: set[str]) -> list[dict[str, float]]:
    """Return, for each word looked for, the known words that fit it and how well."""
    from rapidfuzz import fuzz, process

    found = []
    for word in wanted:
        fits = {other: _BEGINS for other in known if len(word) > 1 and other.startswith(word)}
        if len(word) > 3 and word not in known:
            near = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=10)
            fits.update({other: _MISSPELT * score / 100 for other, score, _ in near if other not in fits})
        if word in known:
            fits[word] = _SAME
        found.append(fits)
    return found


def _scores(text: str, fits: list[dict[str, float]]) -> list[float]:
    """Return how well each word looked for is met by a text."""
    words = set(_words(text))
    return [max((value for word, value in fit.items() if word in words), default=0.0) for fit in fits]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
