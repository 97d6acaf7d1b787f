"""The network of a whole graph in parts, each of which fits in memory: for writing it out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias, TypeVar

from pyoxigraph import BlankNode, Literal

from kg.claims import KINDS, ClaimReader
from kg.dataset import Dataset
from kg.formats.sorting import sorted_items
from kg.network.blanks import blank_names
from kg.network.model import Network
from kg.network.names import Names
from kg.network.neighbourhood import count_statements
from kg.network.source import claim_joining, describes_itself, read_network
from kg.results import Claim
from kg.terms import Term, lexical

__all__ = ["NetworkParts", "network_parts"]

_WHOLE = 5_000
"""Claims, or triples, of a graph that is taken as one part."""
_PART = 500
_CLAIMS = "SELECT ?claim { VALUES ?kind { %s } ?claim a ?kind ; kgq:claimPredicate ?p }"
_ENDS = """SELECT ?s ?o { VALUES ?kind { %s }
  ?claim a ?kind ; kgq:claimPredicate ?p ; kgq:claimSubject ?s OPTIONAL { ?claim kgq:claimObject ?o } }"""
_TRIPLES = "SELECT ?s ?p ?o { ?s ?p ?o }"

T = TypeVar("T")
_Row: TypeAlias = Sequence[Term | None]


class NetworkParts:
    """A network that need not fit in memory.

    Args:
        network: all of it, where it is small.
    """

    def __init__(self, network: Network | None = None) -> None:
        self._network = network or Network((), {})

    def things(self) -> Iterator[Network]:
        """Yield networks of entities, each entity in one of them."""
        yield self._network

    def statements(self) -> Iterator[Network]:
        """Yield networks of claims, each claim in one of them, with the labels of what they mention."""
        yield self._network


def network_parts(
    dataset: Dataset, *, include: Collection[str] = ("stated", "inferred"), lang: str = "en"
) -> NetworkParts:
    """Return the network of a graph at hand, in parts where it is large.

    Of a graph in parts, the entities are sorted by IRI, the claims by IRI, or as triples.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> [len(part.claims) for part in network_parts(Dataset(OxigraphEngine())).statements()]
    [0]

    Args:
        dataset: where the claims or triples are.
        include: the kinds of claims to take; a graph without claims has stated ones only.
        lang: the language of labels, where there is a choice.
    """
    if count_statements(dataset) <= _WHOLE:
        return NetworkParts(read_network(dataset, include=include, lang=lang))
    return _Claims(dataset, include, lang) if dataset.has_claims else _Triples(dataset, lang)


class _Claims(NetworkParts):
    """The claims of a graph."""

    def __init__(self, dataset: Dataset, include: Collection[str], lang: str) -> None:
        super().__init__()
        self._dataset = dataset
        self._include = include
        self._lang = lang

    def _rows(self, query: str) -> Iterator[_Row]:
        kinds = " ".join(f"kgq:{kind.capitalize()}Claim" for kind in KINDS if kind in self._include)
        return self._dataset.stream(query % kinds)

    def things(self) -> Iterator[Network]:
        ends = (lexical(end) for row in self._rows(_ENDS) for end in row if end is not None)
        for some in _parts(ends):
            yield _network((), some, Names(self._dataset, self._lang, some))

    def statements(self) -> Iterator[Network]:
        reader = ClaimReader(self._dataset, self._lang)
        for some in _parts(lexical(claim) for (claim,) in self._rows(_CLAIMS)):
            claims = [claim for claim in reader.many(some) if claim.kind in self._include]
            mentioned = {iri for c in claims for iri in (c.predicate, c.scenario) if iri}
            names = Names(self._dataset, self._lang, sorted(mentioned.union(_ends(claims))))
            yield _network(claims, _ends(claims), names, mentioned)


class _Triples(NetworkParts):
    """The triples of a graph without claims.

    Those with blank nodes are held at once: what is said of these is what tells them apart.
    """

    def __init__(self, dataset: Dataset, lang: str) -> None:
        super().__init__()
        self._dataset = dataset
        self._lang = lang
        self._naming = Names(dataset, lang, ()).naming
        rows = [row for row in self._rows() if any(isinstance(term, BlankNode) for term in row)]
        self._renamed = blank_names(rows)
        joining = [(s, p, o) for s, p, o in rows if not isinstance(o, Literal)]
        self._blank = Names(dataset, lang, {lexical(term) for row in joining for term in row}, self._naming)
        if rows:
            self._blank.learn_blanks()
            self._blank.take_blanks([self._named(row) for row in joining], self._renamed)

    def _rows(self) -> Iterator[_Row]:
        rows = self._dataset.stream(_TRIPLES)
        return (row for row in rows if not describes_itself(lexical(row[1]), row[2], self._naming))

    def _name(self, term: Term | None) -> str:
        return self._renamed.get(str(term), lexical(term)) if isinstance(term, BlankNode) else lexical(term)

    def _named(self, row: _Row) -> tuple[str, str, str]:
        return self._name(row[0]), self._name(row[1]), self._name(row[2])

    def _names(self, iris: Collection[str]) -> Names:
        names = Names(self._dataset, self._lang, iris, self._naming)
        names.copy_blanks(self._blank, iris)
        return names

    def things(self) -> Iterator[Network]:
        ends = (self._name(end) for s, _, o in self._rows() for end in (s, o) if not isinstance(end, Literal))
        for some in _parts(ends):
            yield _network((), some, self._names(some))

    def statements(self) -> Iterator[Network]:
        joining = (row for row in self._rows() if not isinstance(row[2], Literal))
        for some in _parts(self._named(row) for row in joining):
            names = self._names(sorted({iri for row in some for iri in row}))
            claims = [claim_joining(*row, names) for row in some]
            yield _network(claims, _ends(claims), names, {claim.predicate for claim in claims})


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield items in order, each once, some at a time."""
    found = sorted_items(items)
    return iter(lambda: list(islice(found, _PART)), [])


def _ends(claims: Iterable[Claim]) -> list[str]:
    return sorted({iri for claim in claims for iri in (claim.subject, claim.object) if iri is not None})


def _network(
    claims: Sequence[Claim], things: Iterable[str], names: Names, mentioned: Iterable[str] = ()
) -> Network:
    entities = {iri: names.entity(iri) for iri in things}
    classes = {c for entity in entities.values() for c in entity.classes}
    return Network(tuple(claims), entities, {iri: names.label(iri) for iri in sorted(classes.union(mentioned))})
