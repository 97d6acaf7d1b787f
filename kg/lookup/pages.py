"""Everything a graph says about one thing, gathered on a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.claims import ClaimReader, claim_order, group_claims
from kg.dataset import Dataset
from kg.lookup.names import Entity, Names
from kg.results import Claim
from kg.terms import PREFIXES, Term, lexical

__all__ = ["EntityPage", "describe"]

_DEFINITIONS = (PREFIXES["skos"] + "definition", PREFIXES["rdfs"] + "comment", PREFIXES["dcterms"] + "description")
_NOTE = PREFIXES["skos"] + "scopeNote"
_NAMES = frozenset(
    {PREFIXES["rdfs"] + "label"} | {PREFIXES["skos"] + name for name in ("prefLabel", "altLabel", "hiddenLabel")}
)
_SAID_ELSEWHERE = _NAMES | {PREFIXES["rdf"] + "type", _NOTE, *_DEFINITIONS}


@dataclass(frozen=True, slots=True)
class EntityPage:
    """What the graph holds about a thing.

    Attributes:
        entity: the thing.
        types: the classes it is declared to be of.
        aliases: its other names, misspellings left out.
        definition, note: what it is, and a remark on how the word is used; '' where there is none.
        claims: claims about it, grouped by what they say, the best grounded first in each group.
        mentions: claims in which it is the object, the property, the scenario, grouped likewise.
        instances: the things of this class, where it is one.
        properties: triples from it, as (property, value, IRI of the value or None), what stands above left out.
        references: triples to it, as (property, thing), on a graph without claims.
    """

    entity: Entity
    types: tuple[Entity, ...] = ()
    aliases: tuple[str, ...] = ()
    definition: str = ""
    note: str = ""
    claims: tuple[tuple[Claim, ...], ...] = ()
    mentions: tuple[tuple[Claim, ...], ...] = ()
    instances: tuple[Entity, ...] = ()
    properties: tuple[tuple[Entity, str, str | None], ...] = ()
    references: tuple[tuple[Entity, Entity], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the page as JSON-ready data."""
        return {
            **self.entity.to_dict(),
            "types": [kind.to_dict() for kind in self.types],
            "aliases": list(self.aliases),
            "definition": self.definition,
            "note": self.note,
            "claims": [[claim.to_dict() for claim in group] for group in self.claims],
            "mentions": [[claim.to_dict() for claim in group] for group in self.mentions],
            "instances": [thing.to_dict() for thing in self.instances],
            "properties": [
                {"property": property_.to_dict(), "value": value, "iri": iri}
                for property_, value, iri in self.properties
            ],
            "references": [
                {"property": property_.to_dict(), "thing": thing.to_dict()} for property_, thing in self.references
            ],
        }


def describe(dataset: Dataset, names: Names, entity: Entity, *, lang: str = "en", limit: int = 1000) -> EntityPage:
    """Gather what a dataset holds about an entity.

    Args:
        dataset: where to look.
        names: the names of that dataset.
        entity: what to describe.
        lang: the language of labels, where there is a choice.
        limit: instances and triples at most, each way.
    """
    node = NamedNode(entity.iri)
    out = dataset.select(f"SELECT DISTINCT ?p ?o {{ {node} ?p ?o }} ORDER BY ?p ?o", limit=limit).rows
    types = [o for p, o in out if lexical(p) == PREFIXES["rdf"] + "type" and isinstance(o, NamedNode)]
    shown = {entity.label}
    aliases = [text for rank, text in names.of(entity.iri) if rank < 2 and text not in shown]
    instances = dataset.select(f"SELECT DISTINCT ?x {{ ?x a {node} FILTER(isIRI(?x)) }}", limit=limit).column("x")
    about, mentions = _claims(dataset, entity.iri, lang) if dataset.has_claims else ([], [])
    return EntityPage(
        entity=entity,
        types=tuple(names.entity(kind.value) for kind in types),
        aliases=tuple(dict.fromkeys(aliases)),
        definition=_text(out, _DEFINITIONS, lang),
        note=_text(out, (_NOTE,), lang),
        claims=tuple(group_claims(about)),
        mentions=tuple(group_claims(mentions)),
        instances=tuple(
            sorted((names.entity(iri) for iri in instances), key=lambda thing: thing.label.casefold())
        ),
        properties=tuple(
            (names.entity(lexical(p)), *_value(o, names))
            for p, o in out
            if o is not None and lexical(p) not in _SAID_ELSEWHERE
        ),
        references=() if dataset.has_claims else _references(dataset, names, node, limit),
    )


def _claims(dataset: Dataset, iri: str, lang: str) -> tuple[list[Claim], list[Claim]]:
    node = NamedNode(iri)
    rows = dataset.select(
        f"SELECT DISTINCT ?claim {{ ?claim kgq:claimPredicate ?predicate . ?claim ?role {node} }}"
    )
    claims = sorted(ClaimReader(dataset, lang).many(rows.column("claim")), key=claim_order)
    about = [claim for claim in claims if claim.subject == iri]
    return about, [claim for claim in claims if claim.subject != iri]


def _references(dataset: Dataset, names: Names, node: NamedNode, limit: int) -> tuple[tuple[Entity, Entity], ...]:
    rows = dataset.select(
        f"SELECT DISTINCT ?p ?s {{ ?s ?p {node} FILTER(isIRI(?s)) }} ORDER BY ?p ?s", limit=limit
    )
    return tuple(
        (names.entity(lexical(p)), names.entity(lexical(s)))
        for p, s in rows
        if lexical(p) != PREFIXES["rdf"] + "type"
    )


def _text(rows: Sequence[tuple[Term | None, ...]], predicates: Sequence[str], lang: str) -> str:
    found = [
        ({lang: 0, None: 1, "en": 2}.get(o.language, 3), predicates.index(lexical(p)), o.value)
        for p, o in rows
        if lexical(p) in predicates and isinstance(o, Literal)
    ]
    return min(found)[2] if found else ""


def _value(value: Term, names: Names) -> tuple[str, str | None]:
    return (names.label(value.value), value.value) if isinstance(value, NamedNode) else (lexical(value), None)
