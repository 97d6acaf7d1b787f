"""``claims.csv``: one row a claim, and a further row with the same id for each further quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import Literal, NamedNode

from kg.documents.anchoring import Anchor, anchor
from kg.documents.entities import Entity
from kg.documents.metadata import DocumentInfo
from kg.documents.ontology_terms import OntologyTerms, Property
from kg.documents.spelling import did_you_mean
from kg.documents.tables import Row
from kg.documents.text import SourceText
from kg.documents.values import parse_value
from kg.results import Problem

__all__ = ["CLAIM_COLUMNS", "CLAIM_OPTIONAL", "ClaimRecord", "ClaimRowReader", "claim_iris", "split_qualifiers"]

CLAIM_COLUMNS = (
    "id", "subject", "predicate", "object", "value", "kind", "polarity", "modality", "voice", "scenario",
    "qualifiers", "heading", "quote", "start",
)  # fmt: skip
CLAIM_OPTIONAL = ("prefix", "suffix")
_SAYS = CLAIM_COLUMNS[1:11]
_KINDS = ("stated", "background")
_ID = re.compile(r"[\w][\w.-]*\Z")
_IRI = re.compile(r"https?://[^\s<>\"{}|^`\\]+\Z")
_BACKGROUND = "https://w3id.org/kgq/background/"
_DECLARE = "add it to entities.csv"


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim of the source, its names resolved.

    Attributes:
        object_: an entity, or a literal for a claim that ends in a value.
        qualifiers: (property, words or entity), in the order written.
        relations: (property, claim id), in the order written.
        anchors: the quotes.
        source: of a background claim, where it can be looked up.
    """

    identifier: str
    kind: str
    subject: str
    predicate: Property
    object_: NamedNode | Literal
    polarity: str
    modality: str
    voice: str = ""
    scenario: str = ""
    qualifiers: tuple[tuple[str, NamedNode | Literal], ...] = ()
    relations: tuple[tuple[str, str], ...] = ()
    anchors: tuple[Anchor, ...] = ()
    source: str = ""
    file: str = ""
    line: int = 0


@dataclass
class ClaimRowReader:
    """Turns the rows of one document into claims, and collects every problem on the way."""

    info: DocumentInfo
    entities: Mapping[str, Entity]
    terms: OntologyTerms
    text: SourceText | None = None
    problems: list[Problem] = field(default_factory=list)

    def read(self, rows: Iterable[Row]) -> list[ClaimRecord]:
        """Return the claims of which nothing is wrong; what is wrong with others is in ``problems``."""
        found: dict[str, ClaimRecord] = {}
        opened: dict[str, Row] = {}
        for row in rows:
            identifier = row["id"].strip()
            if identifier in opened:
                self._further(row, identifier, opened[identifier], found)
                continue
            opened[identifier] = row
            before = len(self.problems)
            record = self._claim(identifier, row)
            if record is not None and not self._errors_since(before):
                found[identifier] = record
        self._check_relations(found.values(), opened)
        return list(found.values())

    def _errors_since(self, before: int) -> bool:
        return any(problem.severity == "error" for problem in self.problems[before:])

    def _wrong(self, row: Row, rule: str, message: str, value: str, remedy: str) -> None:
        self.problems.append(row.problem(rule, message, value, remedy))

    def _further(self, row: Row, identifier: str, first: Row, found: dict[str, ClaimRecord]) -> None:
        said = [column for column in _SAYS if row[column].strip()]
        if said:
            message = f"the id '{identifier}' is taken by line {first.line}"
            remedy = f"choose another id; or, to add a quote to that claim, leave {', '.join(said)} empty"
            self._wrong(row, "duplicate-id", message, identifier, remedy)
        elif not row["quote"]:
            self._wrong(row, "no-quote", f"the further row of '{identifier}' has no quote", "", "fill in quote")
        elif (place := self._anchor(row)) is not None and identifier in found:
            record = found[identifier]
            if record.kind != "stated":
                self._wrong(
                    row, "quote-on-background", "a background claim has no quote", row["quote"], "remove it"
                )
            found[identifier] = replace(record, anchors=(*record.anchors, place))

    def _anchor(self, row: Row) -> Anchor | None:
        place, problems = anchor(row, self.info, self.text)
        self.problems.extend(problems)
        return place

    def _claim(self, identifier: str, row: Row) -> ClaimRecord | None:
        if not _ID.match(identifier):
            remedy = "use letters, digits, '-', '_' and '.'"
            self._wrong(row, "bad-id", f"'{identifier}' cannot name a claim", identifier, remedy)
        kind = self._kind(row)
        predicate = self._predicate(row)
        subject = self._entity(row, "subject", row["subject"].strip())
        object_ = self._object(row, predicate)
        scenario = self._entity(row, "scenario", row["scenario"].strip()) if row["scenario"].strip() else ""
        polarity = self._name(row, "polarity", "positive", self.terms.polarities)
        modality = self._name(row, "modality", "asserted", self.terms.modalities)
        voice = self._voice(row) if kind == "stated" else ""
        qualifiers, relations, source = self._qualifiers(row, kind)
        anchors = self._anchors(row, kind)
        if predicate is None or object_ is None or not subject:
            return None
        return ClaimRecord(
            identifier, kind, subject, predicate, object_, polarity, modality, voice, scenario or "",
            tuple(qualifiers), tuple(relations), anchors, source, row.file, row.line,
        )  # fmt: skip

    def _kind(self, row: Row) -> str:
        kind = row["kind"].strip() or "stated"
        if kind == "inferred":
            detail = " and has no quote" if row["quote"] else ""
            message = f"an inferred claim is drawn by a rule{detail}; it is not written by hand"
            self._wrong(
                row, "inferred-by-hand", message, kind, "remove the row, or make the claim stated with a quote"
            )
        elif kind not in _KINDS:
            remedy = did_you_mean(kind, _KINDS, f"write {' or '.join(_KINDS)}")
            self._wrong(row, "unknown-kind", f"unknown kind '{kind}'", kind, remedy)
        return kind

    def _predicate(self, row: Row) -> Property | None:
        name = row["predicate"].strip()
        candidates = self.terms.predicate(name)
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            listed = ", ".join(f"<{prop.iri}>" for prop in candidates)
            self._wrong(row, "ambiguous-predicate", f"'{name}' is ambiguous: {listed}", name, "write the full IRI")
        elif name:
            remedy = did_you_mean(
                name, self.terms.predicates, "declare it in the ontology (a *.ttl file of the folder)"
            )
            self._wrong(row, "unknown-predicate", f"unknown predicate '{name}'", name, remedy)
        else:
            self._wrong(row, "no-predicate", "the claim has no predicate", "", "fill in the column predicate")
        return None

    def _entity(self, row: Row, column: str, slug: str) -> str | None:
        if slug in self.entities:
            return self.entities[slug].iri
        if not slug:
            self._wrong(row, f"no-{column}", f"the claim has no {column}", "", f"fill in the column {column}")
            return None
        remedy = did_you_mean(slug, self.entities, _DECLARE)
        self._wrong(row, "unknown-entity", f"unknown entity '{slug}' in the column {column}", slug, remedy)
        return None

    def _object(self, row: Row, predicate: Property | None) -> NamedNode | Literal | None:
        slug, value = row["object"].strip(), row["value"]
        if bool(slug) == bool(value):
            both = "both an object and a value" if slug else "neither an object nor a value"
            remedy = "fill in one of the columns object (an entity) and value (text, number or date)"
            self._wrong(row, "object-or-value", f"the claim has {both}", slug, remedy)
            return None
        if predicate is not None and predicate.takes_object != bool(slug):
            takes, other = ("an entity", "object") if predicate.takes_object else ("a value", "value")
            message = f"'{row['predicate']}' takes {takes}"
            self._wrong(row, "object-or-value", message, slug or value, f"use the column {other}")
            return None
        if slug:
            iri = self._entity(row, "object", slug)
            return None if iri is None else NamedNode(iri)
        literal, reason = parse_value(value, predicate.datatype if predicate else "", self.terms.prefixes)
        if literal is None:
            self._wrong(row, "bad-value", f"the value '{value}' {reason}", value, "correct the value")
        return literal

    def _name(self, row: Row, column: str, default: str, known: Mapping[str, str]) -> str:
        name = row[column].strip() or default
        if name not in known:
            remedy = did_you_mean(name, known, f"use one of {', '.join(known)}")
            self._wrong(row, f"unknown-{column}", f"unknown {column} '{name}'", name, remedy)
        return known.get(name, "")

    def _voice(self, row: Row) -> str:
        name = row["voice"].strip()
        if not name and len(self.info.voices) == 1:
            name = next(iter(self.info.voices))
        if name in self.info.voices:
            return self.info.voice_iri(name)
        remedy = did_you_mean(name, self.info.voices, "declare it under voices in document.yaml")
        message = f"unknown voice '{name}'" if name else "the claim has no voice"
        self._wrong(row, "unknown-voice", message, name, remedy)
        return ""

    def _qualifiers(
        self, row: Row, kind: str
    ) -> tuple[list[tuple[str, NamedNode | Literal]], list[tuple[str, str]], str]:
        words: list[tuple[str, NamedNode | Literal]] = []
        relations: list[tuple[str, str]] = []
        source = ""
        for name, value in split_qualifiers(row["qualifiers"]):
            candidates = self.terms.qualifier(name)
            if name == "source" and kind == "background":
                source = value
            elif not value:
                message = f"the qualifier '{name}' has no words"
                self._wrong(row, "bad-qualifier", message, name, "write name=text; name=text (a literal ; as \\;)")
            elif len(candidates) != 1:
                remedy = did_you_mean(
                    name, self.terms.qualifiers, "use one of " + ", ".join(self.terms.qualifiers)
                )
                self._wrong(row, "unknown-qualifier", f"unknown qualifier '{name}'", name, remedy)
            elif candidates[0].iri in self.terms.relations:
                relations.append((candidates[0].iri, value))
            elif not candidates[0].takes_object:
                words.append((candidates[0].iri, Literal(value)))
            elif (iri := self._entity(row, "qualifiers", value)) is not None:
                words.append((candidates[0].iri, NamedNode(iri)))
        if kind == "background" and not _IRI.match(source):
            remedy = "add source=https://… to the column qualifiers"
            self._wrong(
                row, "no-source", "a background claim needs a source that can be looked up", source, remedy
            )
        return words, relations, source

    def _anchors(self, row: Row, kind: str) -> tuple[Anchor, ...]:
        if kind == "background" and row["quote"]:
            remedy = "remove the quote, or make the claim stated"
            self._wrong(row, "quote-on-background", "a background claim has no quote", row["quote"], remedy)
        elif kind == "stated" and not row["quote"]:
            remedy = "fill in quote with the exact words of the text"
            self._wrong(row, "no-quote", "a stated claim needs a quote that shows it", "", remedy)
        elif kind == "stated" and (place := self._anchor(row)) is not None:
            return (place,)
        return ()

    def _check_relations(self, records: Iterable[ClaimRecord], opened: Mapping[str, Row]) -> None:
        for record in records:
            for _, other in record.relations:
                if other not in opened:
                    remedy = did_you_mean(other, opened, "write the id of a claim of this file")
                    self._wrong(
                        opened[record.identifier], "unknown-claim", f"unknown claim '{other}'", other, remedy
                    )


def split_qualifiers(cell: str) -> Iterator[tuple[str, str]]:
    r"""Yield (name, words) of a qualifiers cell; ``\;`` stands for a semicolon.

    >>> list(split_qualifiers(r"degree=to a degree; hedge=a\; b"))
    [('degree', 'to a degree'), ('hedge', 'a; b')]
    """
    pieces: Sequence[str] = re.split(r"(?<!\\);", cell)
    for piece in pieces:
        if piece.strip():
            name, _, words = piece.replace("\\;", ";").partition("=")
            yield name.strip(), words.strip()


def claim_iris(records: Iterable[ClaimRecord], info: DocumentInfo) -> dict[str, str]:
    """Return the IRI of each claim by its id. Background claims are not the document's, and named apart."""
    aside = f"{_BACKGROUND}{info.iri.rsplit('/', 1)[-1]}-"
    return {
        record.identifier: aside + record.identifier
        if record.kind == "background"
        else info.claim_iri(record.identifier)
        for record in records
    }
