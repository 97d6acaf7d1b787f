"""The part of a network that a question about one or two things needs, read without reading the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice

from pyoxigraph import Literal, NamedNode

from kg.claims import ClaimReader, claim_order
from kg.dataset import Dataset
from kg.errors import LimitError
from kg.network.model import Entity, Network
from kg.results import Claim
from kg.terms import PREFIXES, lexical

__all__ = ["ABOUT_THINGS", "Label", "network_about", "network_between", "network_of", "triples_as_claims"]

_AT_ONCE = 500
_VISITED = 50_000
"""Things looked at in search of a way. Further than that two things are hardly joined in a telling way."""
_SCHEMA = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos", "sh", "ontolex", "lexinfo", "vann"))
_WORDS = frozenset(
    {
        PREFIXES["dcterms"] + "title",
        "http://schema.org/name",
        "https://schema.org/name",
        "http://xmlns.com/foaf/0.1/name",
    }
)
_KINDS = {"stated": "kgq:StatedClaim", "inferred": "kgq:InferredClaim", "background": "kgq:BackgroundClaim"}

Label = Callable[[str], str]


def network_about(
    dataset: Dataset, label: Label, things: Collection[str], *, include: Collection[str], limit: int = 5000
) -> Network:
    """Return the claims that have one of a few things as subject or object.

    Args:
        dataset: where the claims are, or triples, which are read as stated claims.
        label: returns the label of an IRI.
        things: their IRIs.
        include: the kinds of claims to take.
        limit: triples at most, for each thing and either way.
    """
    if dataset.has_claims:
        reader = ClaimReader(dataset)
        found = {c.iri: c for iri in things for c in reader.matching(mentioning=iri) if c.kind in include}
        return network_of(sorted(found.values(), key=claim_order), label)
    found = {}
    for iri in things:
        node = NamedNode(iri)
        for pattern in (f"VALUES ?s {{ {node} }} ?s ?p ?o", f"VALUES ?o {{ {node} }} ?s ?p ?o"):
            rows = dataset.select(f"SELECT DISTINCT ?s ?p ?o {{ {pattern} }} ORDER BY ?p ?o ?s", limit=limit)
            found |= {c.iri: c for c in triples_as_claims(rows, label)}
    return network_of(list(found.values()), label)


def network_between(
    dataset: Dataset, label: Label, start: str, end: str, *, include: Collection[str], directed: bool = False
) -> Network:
    """Return what lies on the shortest ways between two things; the network is empty where there is none.

    Breadth first, a level of all its things by one query, from the end that has fewer of them.

    Args:
        dataset: where the claims are, or triples.
        label: returns the label of an IRI.
        start: IRI of the first thing.
        end: IRI of the last one.
        include: the kinds of claims that may be walked.
        directed: walk from subject to object only.

    Raises:
        LimitError: too much was looked at without finding a way.
    """
    ahead, behind = {start: 0}, {end: 0}
    fronts = [{start}, {end}]
    while fronts[0] and fronts[1] and not (ahead.keys() & behind.keys()):
        side = 0 if len(fronts[0]) <= len(fronts[1]) else 1
        known = (ahead, behind)[side]
        step = max(known.values()) + 1
        reached: set[str] = set()
        ways = ("out",) if directed and not side else ("in",) if directed else ("out", "in")
        for way in ways:
            for part in _parts(sorted(fronts[side])):
                rows = dataset.select(_step(dataset, part, way, include), limit=_VISITED + 1)
                reached |= set(rows.column("to"))
                if len(reached) > _VISITED:
                    break
        fronts[side] = reached - known.keys()
        known |= dict.fromkeys(fronts[side], step)
        if len(ahead) + len(behind) > _VISITED:
            raise LimitError(
                f"no way found among the nearest {_VISITED:,} things. Ask about things that are closer."
            )
    met = ahead.keys() & behind.keys()
    if not met or start == end:
        return Network((), {})
    shortest = min(ahead[iri] + behind[iri] for iri in met)
    lying = _lying(dataset, ahead, behind, include, shortest)
    return network_of(_claims_among(dataset, label, lying, include), label)


def _lying(
    dataset: Dataset, ahead: dict[str, int], behind: dict[str, int], include: Collection[str], shortest: int
) -> list[str]:
    """Return the things on shortest ways: from where the two searches met, back to both ends."""
    met = {iri for iri in ahead.keys() & behind.keys() if ahead[iri] + behind[iri] == shortest}
    lying = set(met)
    for known in (ahead, behind):
        front = met
        while front:
            reached: set[str] = set()
            for way in ("out", "in"):
                for part in _parts(sorted(front)):
                    rows = dataset.select(_step(dataset, part, way, include)).rows
                    reached |= {lexical(to) for of, to in rows if _is_before(known, lexical(to), lexical(of))}
            front = reached - lying
            lying |= reached
    return sorted(lying)


def _is_before(known: dict[str, int], one: str, other: str) -> bool:
    return one in known and known[one] == known[other] - 1


def _parts(iris: list[str]) -> Iterator[list[str]]:
    rest = iter(iris)
    while part := list(islice(rest, _AT_ONCE)):
        yield part


def _step(dataset: Dataset, iris: Iterable[str], way: str, include: Collection[str]) -> str:
    """Return the query for the neighbours of things, ``?of`` and ``?to``."""
    values = " ".join(f"<{iri}>" for iri in iris)
    subject, object_ = ("?of", "?to") if way == "out" else ("?to", "?of")
    if dataset.has_claims:
        body = f"?claim kgq:claimSubject {subject} ; kgq:claimObject {object_} . {_walkable(include)}"
    else:
        body = f"{subject} ?p {object_} . {ABOUT_THINGS}"
    return f"SELECT DISTINCT ?of ?to {{ VALUES ?of {{ {values} }} {body} FILTER(isIRI(?to)) }}"


ABOUT_THINGS = "FILTER(!({})) ".format(" || ".join(f'STRSTARTS(STR(?p), "{base}")' for base in _SCHEMA))


def _walkable(include: Collection[str]) -> str:
    kinds = " ".join(_KINDS[kind] for kind in include)
    return (
        f"VALUES ?kind {{ {kinds} }} ?claim a ?kind . FILTER NOT EXISTS {{ ?claim kgq:inScenario ?scenario }} "
        "FILTER NOT EXISTS { ?claim kgq:polarity kgq:negative }"
    )


def _claims_among(dataset: Dataset, label: Label, iris: list[str], include: Collection[str]) -> list[Claim]:
    values = " ".join(f"<{iri}>" for iri in iris)
    ends = f"VALUES ?s {{ {values} }} VALUES ?o {{ {values} }}"
    if dataset.has_claims:
        rows = dataset.select(
            f"SELECT DISTINCT ?claim {{ {ends} ?claim kgq:claimSubject ?s ; kgq:claimObject ?o ;"
            f" kgq:claimPredicate ?p . {_walkable(include)} }}"
        )
        return sorted(ClaimReader(dataset).many(rows.column("claim")), key=claim_order)
    return list(
        triples_as_claims(
            dataset.select(f"SELECT DISTINCT ?s ?p ?o {{ {ends} ?s ?p ?o . {ABOUT_THINGS} }}"), label
        )
    )


def triples_as_claims(rows: Iterable[tuple[object, ...]], label: Label) -> Iterator[Claim]:
    """Yield triples between things, or between a thing and a value, as stated claims."""
    for subject, predicate, value in rows:
        if not (isinstance(subject, NamedNode) and isinstance(predicate, NamedNode)):
            continue
        if predicate.value.startswith(_SCHEMA) or predicate.value in _WORDS:
            continue
        if isinstance(value, (NamedNode, Literal)):
            yield _claim(subject.value, predicate.value, value, label)


def _claim(subject: str, predicate: str, value: NamedNode | Literal, label: Label) -> Claim:
    ends_in = value.value if isinstance(value, Literal) else label(value.value)
    iris = [subject, predicate, *([value.value] if isinstance(value, NamedNode) else [])]
    return Claim(
        iri=f"{subject} {predicate} {value}",
        subject=subject,
        predicate=predicate,
        object=value.value if isinstance(value, NamedNode) else None,
        value=value.value if isinstance(value, Literal) else None,
        text=f"{label(subject)} {label(predicate)} {ends_in}",
        kind="stated",
        labels={iri: label(iri) for iri in iris},
    )


def network_of(claims: list[Claim], label: Label) -> Network:
    """Return the network of claims, with the labels of all they mention."""
    things = sorted({iri for c in claims for iri in (c.subject, c.object) if iri is not None})
    others = {iri for c in claims for iri in (c.predicate, c.scenario, c.voice, c.document) if iri is not None}
    return Network(
        tuple(claims),
        {iri: Entity(iri, label(iri)) for iri in things},
        {iri: label(iri) for iri in sorted(others)},
    )
