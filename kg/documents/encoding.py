"""Claims, entities and documents as quads. Every node has an IRI made from what it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from kg.documents.anchoring import Anchor
from kg.documents.claim_rows import ClaimRecord, claim_iris
from kg.documents.entities import Entity
from kg.documents.metadata import DocumentInfo
from kg.terms import PREFIXES

__all__ = ["document_quads", "entity_quads"]

_KGQ, _OA = PREFIXES["kgq"], PREFIXES["oa"]
_DCTERMS, _SKOS, _RDFS = PREFIXES["dcterms"], PREFIXES["skos"], PREFIXES["rdfs"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_INTEGER = NamedNode(PREFIXES["xsd"] + "integer")
_LENGTH = NamedNode(PREFIXES["xsd"] + "nonNegativeInteger")
_DATES = {4: "gYear", 7: "gYearMonth", 10: "date"}


class _Writer:
    """Collects quads of one named graph."""

    def __init__(self, graph: str) -> None:
        self.graph = NamedNode(graph)
        self.quads: list[Quad] = []

    def add(self, subject: str, predicate: str, value: str | NamedNode | Literal) -> None:
        """Add a quad; a plain string is an IRI."""
        object_ = NamedNode(value) if isinstance(value, str) else value
        node = _TYPE if predicate == "a" else NamedNode(predicate)
        self.quads.append(Quad(NamedNode(subject), node, object_, self.graph))


def entity_quads(entities: Iterable[Entity], language: str = "en") -> Iterator[Quad]:
    """Yield what is known of entities: class, names, grammatical number."""
    writer = _Writer(PREFIXES["graph"] + "entities")
    for entity in entities:
        for class_ in entity.classes:
            writer.add(entity.iri, "a", class_)
        writer.add(entity.iri, _RDFS + "label", Literal(entity.label, language=language))
        writer.add(entity.iri, _SKOS + "prefLabel", Literal(entity.label, language=language))
        for name in entity.alt:
            writer.add(entity.iri, _SKOS + "altLabel", Literal(name, language=language))
        for name in entity.hidden:
            writer.add(entity.iri, _SKOS + "hiddenLabel", Literal(name, language=language))
        if entity.number:
            writer.add(entity.iri, _KGQ + "grammaticalNumber", Literal(entity.number))
        if entity.note:
            writer.add(entity.iri, _SKOS + "note", Literal(entity.note, language="en"))
    yield from writer.quads


def document_quads(info: DocumentInfo, records: Iterable[ClaimRecord]) -> Iterator[Quad]:
    """Yield a document, its voices and its claims with their evidence."""
    claims = list(records)
    writer = _Writer(info.graph)
    _write_document(writer, info)
    background = _Writer(PREFIXES["graph"] + "background")
    names = claim_iris(claims, info)
    for record in claims:
        target = background if record.kind == "background" else writer
        _write_claim(target, record, info, names)
        for place in record.anchors:
            _write_evidence(target, names[record.identifier], place, info.iri)
    yield from writer.quads
    yield from background.quads


def _write_document(writer: _Writer, info: DocumentInfo) -> None:
    writer.add(info.iri, "a", _KGQ + "Document")
    writer.add(info.iri, _RDFS + "label", Literal(info.title, language=info.language))
    writer.add(info.iri, _DCTERMS + "title", Literal(info.title, language=info.language))
    writer.add(info.iri, _DCTERMS + "language", Literal(info.language))
    writer.add(info.iri, _KGQ + "sha256", Literal(info.sha256))
    writer.add(info.iri, _KGQ + "codePoints", Literal(str(info.code_points), datatype=_LENGTH))
    writer.add(info.iri, _KGQ + "extentStart", Literal(str(info.extent[0]), datatype=_LENGTH))
    writer.add(info.iri, _KGQ + "extentEnd", Literal(str(info.extent[1]), datatype=_LENGTH))
    if info.issued:
        datatype = NamedNode(PREFIXES["xsd"] + _DATES[len(info.issued)])
        writer.add(info.iri, _DCTERMS + "issued", Literal(info.issued, datatype=datatype))
    texts = {"creator": info.creator, "source": info.source, "format": info.media_type, "rights": info.rights}
    for name, words in texts.items():
        if words:
            writer.add(info.iri, _DCTERMS + name, Literal(words))
    for name, voice in info.voices.items():
        iri = info.voice_iri(name)
        writer.add(iri, "a", _KGQ + "Voice")
        writer.add(iri, _RDFS + "label", Literal(voice.label, language="en"))
        writer.add(iri, _KGQ + "inDocument", info.iri)
        if voice.note:
            writer.add(iri, _SKOS + "note", Literal(voice.note, language="en"))


def _write_claim(writer: _Writer, record: ClaimRecord, info: DocumentInfo, names: Mapping[str, str]) -> None:
    claim = names[record.identifier]
    writer.add(claim, "a", f"{_KGQ}{record.kind.capitalize()}Claim")
    for class_ in record.predicate.claim_classes:
        writer.add(claim, "a", class_)
    writer.add(claim, _DCTERMS + "identifier", Literal(record.identifier))
    writer.add(claim, _KGQ + "claimSubject", record.subject)
    writer.add(claim, _KGQ + "claimPredicate", record.predicate.iri)
    ending = "claimObject" if isinstance(record.object_, NamedNode) else "claimValue"
    writer.add(claim, _KGQ + ending, record.object_)
    writer.add(claim, _KGQ + "polarity", record.polarity)
    writer.add(claim, _KGQ + "modality", record.modality)
    if record.scenario:
        writer.add(claim, _KGQ + "inScenario", record.scenario)
    if record.source:
        writer.add(claim, _DCTERMS + "source", record.source)
    if record.kind == "stated":
        writer.add(claim, _KGQ + "inDocument", info.iri)
        writer.add(claim, _KGQ + "statedBy", record.voice)
    for property_, words in record.qualifiers:
        writer.add(claim, property_, words)
    for property_, other in record.relations:
        writer.add(claim, property_, names.get(other) or info.claim_iri(other))


def _write_evidence(writer: _Writer, claim: str, place: Anchor, document: str) -> None:
    """Evidence is named by its place, so that claims which rest on the same words share it."""
    evidence = f"{document}/evidence/{place.start}-{place.end}"
    quote, position = f"{evidence}/quote", f"{evidence}/position"
    writer.add(claim, _KGQ + "hasEvidence", evidence)
    writer.add(evidence, "a", _KGQ + "Evidence")
    writer.add(evidence, "a", _OA + "SpecificResource")
    writer.add(evidence, _OA + "hasSource", document)
    writer.add(evidence, _OA + "hasSelector", quote)
    writer.add(evidence, _OA + "hasSelector", position)
    if place.heading:
        writer.add(evidence, _KGQ + "sectionHeading", Literal(place.heading))
    writer.add(quote, "a", _OA + "TextQuoteSelector")
    writer.add(quote, _OA + "exact", Literal(place.quote))
    if place.prefix:
        writer.add(quote, _OA + "prefix", Literal(place.prefix))
    if place.suffix:
        writer.add(quote, _OA + "suffix", Literal(place.suffix))
    writer.add(position, "a", _OA + "TextPositionSelector")
    writer.add(position, _OA + "start", Literal(str(place.start), datatype=_INTEGER))
    writer.add(position, _OA + "end", Literal(str(place.end), datatype=_INTEGER))
