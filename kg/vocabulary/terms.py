"""What can be asked about: classes, properties as the data uses them, entities. Frozen, plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["ClassTerm", "EntityTerm", "PropertyTerm", "Usage"]


@dataclass(frozen=True, slots=True)
class Usage:
    """How often a property leads from one class to another (or to a datatype) in the data.

    Attributes:
        domain: class of the subjects; '' where they have none.
        property: the property's IRI.
        range: class of the objects, or their datatype; '' where they have neither.
        triples, subjects, objects: counts; subjects and objects are distinct ones.
    """

    domain: str
    property: str
    range: str
    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class ClassTerm:
    """A class and its words.

    Attributes:
        forms: (words, cost) pairs; the cost is how weak the evidence is.
        count: instances, those of subclasses among them.
        supers: IRIs of all superclasses, transitively.
        direct: whether all instances carry this very type (else subclasses must be listed in a query).
        implied: (property, inverse) pairs whose declared domain or range makes untyped things instances.
    """

    iri: str
    label: str
    forms: tuple[tuple[str, float], ...] = ()
    count: int = 0
    supers: tuple[str, ...] = ()
    direct: bool = True
    implied: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class PropertyTerm:
    """A property, its words, and how the data uses it.

    Attributes:
        forms: (words, cost, inverse) triples; inverse where the words read from object to subject.
        datatype: the literals' datatype, '' for a property between entities.
        transitive, symmetric: as declared.
        inverse_of: IRI of the declared inverse, or ''.
        functional: at most one object for each subject in the data.
        identifying: no two subjects share a value in the data.
        unit: a unit found in the label or comment, or ''.
    """

    iri: str
    label: str
    forms: tuple[tuple[str, float, bool], ...] = ()
    datatype: str = ""
    transitive: bool = False
    symmetric: bool = False
    inverse_of: str = ""
    functional: bool = False
    identifying: bool = False
    unit: str = ""
    comment: str = ""

    @property
    def is_data(self) -> bool:
        """Whether the property ends in literals."""
        return bool(self.datatype)


@dataclass(frozen=True, slots=True)
class EntityTerm:
    """An individual and its words.

    Attributes:
        forms: (words, cost) pairs.
        types: IRIs of its classes, superclasses among them.
        named: whether it has a label; else its local name stands in.
        links: facts it takes part in; the more, the likelier it is meant.
    """

    iri: str
    label: str
    forms: tuple[tuple[str, float], ...] = field(default=())
    types: tuple[str, ...] = ()
    named: bool = True
    links: int = 0
