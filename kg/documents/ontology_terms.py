"""What a claims file may name: properties, classes, qualifiers, modalities, as the ontology declares them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from kg.terms import PREFIXES, expand, local_name

__all__ = ["OntologyTerms", "Property"]

_KGQ, _RDFS, _OWL = PREFIXES["kgq"], PREFIXES["rdfs"], PREFIXES["owl"]
_TYPE = PREFIXES["rdf"] + "type"
_OBJECT, _DATATYPE = _OWL + "ObjectProperty", _OWL + "DatatypeProperty"
_DECLARING = frozenset(
    [_TYPE, _KGQ + "claimClass", _KGQ + "singularPattern"]
    + [_RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range")]
)
_ABOUT_CLAIMS = _KGQ + "Claim"


@dataclass(frozen=True, slots=True)
class Property:
    """A property as a claims file uses it.

    Attributes:
        takes_object: whether it relates to an entity (or, as a qualifier, to an entity or a claim).
        datatype: IRI of the datatype of its values; '' where none is declared.
        claim_classes: IRIs of the classes that its claims belong to.
    """

    iri: str
    takes_object: bool
    datatype: str = ""
    claim_classes: tuple[str, ...] = ()


@dataclass
class OntologyTerms:
    """The names an ontology declares, by local name; a local name may stand for several terms.

    Attributes:
        predicates: properties that a claim may apply to its subject.
        qualifiers: properties that say more about a claim, claim relations among them.
        relations: IRIs of the qualifiers whose value is another claim.
        classes, modalities, polarities: IRIs by local name.
        prefixes: short names that may be used in place of local names.
    """

    predicates: dict[str, list[Property]] = field(default_factory=dict)
    qualifiers: dict[str, list[Property]] = field(default_factory=dict)
    relations: set[str] = field(default_factory=set)
    classes: dict[str, list[str]] = field(default_factory=dict)
    modalities: dict[str, str] = field(default_factory=dict)
    polarities: dict[str, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=lambda: dict(PREFIXES))

    @classmethod
    def from_quads(cls, quads: Iterable[Quad], prefixes: Mapping[str, str] | None = None) -> OntologyTerms:
        """Read the declarations out of an ontology's quads."""
        index = _Index(quads)
        terms = cls(prefixes={**PREFIXES, **(prefixes or {})})
        terms.relations = index.below(_RDFS + "subPropertyOf", _KGQ + "claimRelation")
        wordings = index.below(_RDFS + "subPropertyOf", _KGQ + "qualifier")
        for iri in sorted(index.of_type(_OBJECT) | index.of_type(_DATATYPE)):
            prop = index.property(iri)
            about_claims = _ABOUT_CLAIMS in index.objects[iri, _RDFS + "domain"]
            if iri in wordings | terms.relations or (about_claims and not iri.startswith(_KGQ)):
                terms.qualifiers.setdefault(local_name(iri), []).append(prop)
            elif iri == _KGQ + "encodingNote":
                terms.qualifiers.setdefault("encodingNote", []).append(prop)
            elif not iri.startswith(_KGQ) or index.objects[iri, _KGQ + "singularPattern"]:
                terms.predicates.setdefault(local_name(iri), []).append(prop)
        for iri in sorted(index.of_type(_OWL + "Class")):
            terms.classes.setdefault(local_name(iri), []).append(iri)
        terms.modalities = {local_name(iri): iri for iri in sorted(index.of_type(_KGQ + "Modality"))}
        terms.polarities = {local_name(iri): iri for iri in sorted(index.of_type(_KGQ + "Polarity"))}
        return terms

    def predicate(self, name: str) -> list[Property]:
        """Return the properties that a name (local name, CURIE or IRI) can stand for."""
        return self._find(name, self.predicates)

    def qualifier(self, name: str) -> list[Property]:
        """Return the qualifiers that a name can stand for."""
        return self._find(name, self.qualifiers)

    def class_(self, name: str) -> list[str]:
        """Return the classes that a name can stand for."""
        iri = expand(name, self.prefixes)
        return (
            [iri]
            if iri is not None and iri in self.classes.get(local_name(iri), ())
            else self.classes.get(name, [])
        )

    def _find(self, name: str, among: Mapping[str, list[Property]]) -> list[Property]:
        iri = expand(name, self.prefixes)
        if iri is None:
            return among.get(name, [])
        return [prop for prop in among.get(local_name(iri), ()) if prop.iri == iri]


class _Index:
    """Objects by (subject, predicate) and the way down a hierarchy."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.objects: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.subjects: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for quad in quads:
            predicate = quad.predicate.value
            if predicate not in _DECLARING:
                continue
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, (NamedNode, Literal)):
                self.objects[quad.subject.value, predicate].add(quad.object.value)
                self.subjects[predicate, quad.object.value].add(quad.subject.value)

    def of_type(self, type_: str) -> set[str]:
        return self.subjects[_TYPE, type_]

    def below(self, relation: str, top: str) -> set[str]:
        found: set[str] = set()
        ahead = [top]
        while ahead:
            fresh = self.subjects[relation, ahead.pop()] - found
            found |= fresh
            ahead.extend(fresh)
        return found

    def property(self, iri: str) -> Property:
        takes_object = _OBJECT in self.objects[iri, _TYPE]
        ranges = [r for r in self.objects[iri, _RDFS + "range"] if r.startswith(PREFIXES["xsd"])]
        classes = {
            above
            for named in self.objects[iri, _KGQ + "claimClass"]
            for above in self._above(_RDFS + "subClassOf", named)
        }
        return Property(iri, takes_object, ranges[0] if len(ranges) == 1 else "", tuple(sorted(classes)))

    def _above(self, relation: str, start: str) -> set[str]:
        found = {start}
        ahead = [start]
        while ahead:
            fresh = self.objects[ahead.pop(), relation] - found - {_ABOUT_CLAIMS}
            found |= fresh
            ahead.extend(fresh)
        return found
