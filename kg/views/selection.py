"""Part of a graph of claims: some documents, some voices, what was known at a date, what is stated only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import SourceError, UnknownEntityError
from kg.terms import lexical, local_name
from kg.views.overlay import overlaid

if TYPE_CHECKING:
    from kg.dataset import Dataset
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["Selection", "select_claims"]

_DOCUMENTS = """SELECT ?document ?title ?issued { ?document a kgq:Document
  OPTIONAL { ?document dcterms:title|rdfs:label ?title } OPTIONAL { ?document dcterms:issued ?issued } }"""
_VOICES = "SELECT ?voice ?label { ?voice a kgq:Voice ; rdfs:label ?label }"
_STATED = """SELECT ?claim ?document ?voice { ?claim a kgq:StatedClaim
  OPTIONAL { ?claim kgq:inDocument ?document } OPTIONAL { ?claim kgq:statedBy ?voice } }"""
_OTHERS = "SELECT ?claim { { ?claim a kgq:InferredClaim } UNION { ?claim a kgq:BackgroundClaim } }"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which stated claims count; conclusions count as far as their premises do.

    Attributes:
        documents: titles, parts of titles, or IRIs; none for all.
        voices: labels or IRIs of voices; none for all.
        as_of: a date (``2026``, ``2026-03`` or ``2026-03-27``): only documents issued up to then.
        stated_only: whether inferred and background claims are left out.
    """

    documents: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    as_of: str | None = None
    stated_only: bool = False

    def __bool__(self) -> bool:
        return bool(self.documents or self.voices or self.as_of or self.stated_only)


def select_claims(graph: KnowledgeGraph, selection: Selection) -> KnowledgeGraph:
    """Return the graph with the claims of a selection only; its words stay those of the whole.

    A question about what was left out is therefore understood, and answered with "not stated".

    >>> from kg.knowledge_graph import open_graph
    >>> graph = select_claims(open_graph(), Selection(voices=("the prompt",)))
    >>> graph.query("who bears capex risk").status
    'not_stated'

    Raises:
        UnknownEntityError: no document or voice has a name that was given.
        SourceError: the graph has no claims to select from.
    """
    dataset = graph.dataset
    if not dataset.has_claims:
        raise SourceError(
            "there are no claims in this graph, so none of them can be left out by document, voice or date. "
            "Ask it without --document, --voice, --as-of and --stated-only."
        )
    documents = _wanted_documents(dataset, selection)
    voices = _named(_names(dataset, _VOICES), selection.voices) if selection.voices else None
    unwanted = set(dataset.select(_OTHERS).column("claim")) if selection.stated_only else set()
    for claim, document, voice in dataset.select(_STATED).rows:
        outside = documents is not None and (document is None or lexical(document) not in documents)
        if outside or (voices is not None and (voice is None or lexical(voice) not in voices)):
            unwanted.add(lexical(claim))
    return graph.over(overlaid(dataset, without=unwanted))


def _wanted_documents(dataset: Dataset, selection: Selection) -> set[str] | None:
    if not selection.documents and selection.as_of is None:
        return None
    wanted = _names(dataset, _DOCUMENTS)
    found = _named(wanted, selection.documents) if selection.documents else set(wanted)
    if selection.as_of is not None:
        dates = {lexical(row[0]): row[2] for row in dataset.select(_DOCUMENTS).rows}
        # an undated document may be of any time, so nothing says that it was known by then
        found = {iri for iri in found if dates.get(iri) and not _later(lexical(dates[iri]), selection.as_of)}
    return found


def _later(issued: str, as_of: str) -> bool:
    """Whether a date lies after another; of two precisions the coarser one decides.

    >>> _later("2026-03-27", "2026-03"), _later("2026-04", "2026-03-27")
    (False, True)
    """
    size = min(len(issued), len(as_of))
    return issued[:size] > as_of[:size]


def _names(dataset: Dataset, query: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in dataset.select(query).rows:
        names = found.setdefault(lexical(row[0]), {local_name(lexical(row[0]))})
        if row[1] is not None:
            names.add(lexical(row[1]))
    return found


def _named(known: dict[str, set[str]], wanted: Iterable[str]) -> set[str]:
    """Return everything that has a name wanted: the whole of it, else a part that only one thing has."""
    found: set[str] = set()
    for name in wanted:
        key = _key(name)
        whole = {iri for iri, names in known.items() if name == iri or key in map(_key, names)}
        part = {iri for iri, names in known.items() if any(key in _key(text) for text in names)}
        if not whole and len(part) != 1:
            raise UnknownEntityError(name, sorted(max(names, key=len) for names in known.values())[:5])
        found |= whole or part
    return found


def _key(name: str) -> str:
    words = name.casefold().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
