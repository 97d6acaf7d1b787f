"""``entities.csv``: the things a document speaks of, with their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.documents.ontology_terms import OntologyTerms
from kg.documents.spelling import did_you_mean
from kg.documents.tables import Row
from kg.results import Problem
from kg.terms import PREFIXES, expand

__all__ = ["ENTITY_COLUMNS", "ENTITY_OPTIONAL", "Entity", "parse_entities"]

ENTITY_COLUMNS = ("id", "type", "label", "alt")
ENTITY_OPTIONAL = ("hidden", "number", "note")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing: its IRI, its class, its names, and where it is declared."""

    iri: str
    classes: tuple[str, ...]
    label: str
    alt: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    number: str = ""
    note: str = ""
    file: str = ""
    line: int = 0


def parse_entities(rows: Iterable[Row], terms: OntologyTerms) -> tuple[dict[str, Entity], list[Problem]]:
    """Turn rows into entities by slug, with every problem found on the way."""
    found: dict[str, Entity] = {}
    problems: list[Problem] = []
    for row in rows:
        slug = row["id"].strip()
        if slug in found:
            message = f"the entity '{slug}' is declared twice, first on line {found[slug].line}"
            problems.append(row.problem("duplicate-id", message, slug, "keep one of the rows, or rename one"))
            continue
        found[slug] = _entity(slug, row, terms, problems)
    problems.extend(_clashes(found))
    return found, problems


def _entity(slug: str, row: Row, terms: OntologyTerms, problems: list[Problem]) -> Entity:
    iri = expand(slug, terms.prefixes)
    if iri is None and not _SLUG.match(slug):
        remedy = "use letters, digits, '-', '_' and '.', or a full IRI"
        problems.append(row.problem("bad-id", f"'{slug}' cannot name an entity", slug, remedy))
    if not row["label"].strip():
        problems.append(
            row.problem("no-label", f"the entity '{slug}' has no label", slug, "fill in the column label")
        )
    number = row["number"].strip()
    if number not in ("", "singular", "plural"):
        message = f"the grammatical number '{number}' is not known"
        problems.append(row.problem("bad-number", message, number, "write singular or plural"))
    return Entity(
        iri=iri or PREFIXES["id"] + slug,
        classes=tuple(_classes(row, terms, problems)),
        label=row["label"].strip(),
        alt=_names(row["alt"]),
        hidden=_names(row["hidden"]),
        number=number,
        note=row["note"].strip(),
        file=row.file,
        line=row.line,
    )


def _classes(row: Row, terms: OntologyTerms, problems: list[Problem]) -> Iterable[str]:
    for name in _names(row["type"]) or ("",):
        candidates = terms.class_(name)
        if len(candidates) == 1:
            yield candidates[0]
        elif candidates:
            message = f"the class '{name}' is ambiguous: {', '.join(f'<{iri}>' for iri in candidates)}"
            problems.append(row.problem("ambiguous-class", message, name, "write the full IRI"))
        else:
            remedy = did_you_mean(name, terms.classes, "declare it in the ontology (a *.ttl file of the folder)")
            message = f"unknown class '{name}'" if name else f"the entity '{row['id']}' has no type"
            problems.append(row.problem("unknown-class", message, name, remedy))


def _clashes(entities: Mapping[str, Entity]) -> Iterable[Problem]:
    """Find labels that two entities share: a question that uses one could mean either."""
    owner: dict[str, tuple[str, Entity]] = {}
    for slug, entity in entities.items():
        for name in dict.fromkeys((entity.label, *entity.alt, *entity.hidden)):
            key = name.casefold()
            first = owner.setdefault(key, (slug, entity))
            if first[0] != slug and key:
                message = f"the name '{name}' belongs to '{first[0]}' (line {first[1].line}) already"
                remedy = "keep it for one of them"
                yield Problem("error", message, entity.file, entity.line, name, remedy, "label-clash")


def _names(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in cell.split(" | ") if name.strip()))
