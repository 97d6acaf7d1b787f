"""A part of a network that is too large, or too far away, to read: some of it, or what is around some things."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from pyoxigraph import NamedNode

from kg.claims import ClaimReader, claim_order
from kg.dataset import Dataset
from kg.network.model import Network
from kg.network.names import SCHEMA
from kg.network.nearby import ABOUT_THINGS, Label, network_about, network_of, triples_as_claims
from kg.results import Claim
from kg.terms import lexical

__all__ = ["network_around", "network_sample"]

Learn: TypeAlias = Callable[[Iterable[str]], None]


def _nothing(_: Iterable[str]) -> None:
    """Learn nothing ahead."""


_KINDS = {"stated": "kgq:StatedClaim", "inferred": "kgq:InferredClaim", "background": "kgq:BackgroundClaim"}
_CLAIMS = "SELECT DISTINCT ?claim {{ VALUES ?kind {{ {} }} ?claim a ?kind ; kgq:claimPredicate ?p }}"
_TRIPLES = f"SELECT ?s ?p ?o {{{{ {{}} ?s ?p ?o . FILTER(isIRI(?o)) {ABOUT_THINGS} }}}}"
_TYPES = "SELECT DISTINCT ?x ?c {{ VALUES ?x {{ {} }} ?x a ?c }}"
_INSTANCES = 40
_BATCH = 150
_EACH = 200


def network_sample(
    dataset: Dataset, label: Label, *, include: Collection[str], limit: int = 2_000, learn: Learn = _nothing
) -> Network:
    """Return some statements between things, and say so in the network's ``truncated`` where there are more.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> network_sample(Dataset(OxigraphEngine()), str, include=("stated",)).claims
    ()

    Args:
        dataset: where the claims are, or triples, which are read as stated claims.
        label: returns the label of an IRI.
        include: the kinds of claims to take.
        limit: statements at most.
        learn: told of all IRIs whose labels are about to be asked for, so that it can look them up together.
    """
    return _sampled(dataset, label, include, "", limit, learn=learn)


def network_around(
    dataset: Dataset,
    label: Label,
    iri: str,
    *,
    include: Collection[str],
    hops: int = 1,
    limit: int = 2_000,
    learn: Learn = _nothing,
) -> Network:
    """Return the statements about a thing and what is up to so many steps from it.

    Of a class these are the statements about some of its instances, of a property some that are made with it.

    Args:
        dataset: where the claims are, or triples.
        label: returns the label of an IRI.
        iri: of the thing, the class or the property.
        include: the kinds of claims to take.
        hops: how many steps.
        limit: statements at most.
        learn: as for :func:`network_sample`.
    """
    node = NamedNode(iri)
    used = f"VALUES ?p {{ {node} }}"
    asked = "ASK { ?claim kgq:claimPredicate %s }" if dataset.has_claims else "ASK { ?s %s ?o }"
    if dataset.ask(asked % node):
        return _sampled(dataset, label, include, used, limit, learn=learn)
    rows = dataset.select(f"SELECT DISTINCT ?x {{ ?x a {node} FILTER(isIRI(?x)) }}", limit=_INSTANCES)
    frontier, known = list(rows.column("x")) or [iri], {iri}
    claims: dict[str, Claim] = {}
    for _ in range(hops):
        known.update(frontier)
        found = network_about(dataset, label, frontier, include=include, limit=_EACH)
        claims.update((claim.iri, claim) for claim in islice(found.claims, limit - len(claims)))
        ends = (end for claim in found.claims for end in (claim.subject, claim.object) if end is not None)
        frontier = [end for end in dict.fromkeys(ends) if end not in known][:_EACH]
        if len(claims) >= limit or not frontier:
            break
    return _classified(dataset, network_of(list(claims.values()), label), label, len(claims) >= limit)


def _sampled(
    dataset: Dataset, label: Label, include: Collection[str], used: str, limit: int, *, learn: Learn
) -> Network:
    if dataset.has_claims:
        kinds = " ".join(_KINDS[kind] for kind in include)
        text = _CLAIMS.format(kinds).replace("kgq:claimPredicate ?p }", f"kgq:claimPredicate ?p {used} }}")
        rows = dataset.select(text, limit=limit + 1)
        claims = sorted(ClaimReader(dataset).many(rows.column("claim")[:limit]), key=claim_order)
    else:
        rows = dataset.select(_TRIPLES.format(used), limit=limit + 1)
        learn([lexical(term) for row in rows.rows[:limit] for term in row])
        claims = list(triples_as_claims(rows.rows[:limit], label))
    return _classified(dataset, network_of(claims, label), label, len(rows) > limit)


def _classified(dataset: Dataset, network: Network, label: Label, truncated: bool) -> Network:
    """Return a network whose entities know their classes."""
    classes: dict[str, set[str]] = {iri: set() for iri in network.entities}
    for batch in _batches(iri for iri in network.entities if not iri.startswith("_:")):
        for thing, class_ in dataset.select(_TYPES.format(" ".join(f"<{iri}>" for iri in batch))):
            if isinstance(class_, NamedNode) and not class_.value.startswith(SCHEMA):
                classes[lexical(thing)].add(class_.value)
    entities = {iri: replace(e, classes=tuple(sorted(classes[iri]))) for iri, e in network.entities.items()}
    labels = {**network.labels, **{c: label(c) for found in classes.values() for c in found}}
    return replace(network, entities=entities, labels=labels, truncated=truncated)


def _batches(iris: Iterable[str]) -> Iterable[list[str]]:
    rest = iter(iris)
    return iter(lambda: list(islice(rest, _BATCH)), [])
