"""What a map's marks mean: families of classes and relations, lanes, and what is shown at first sight.

A domain can say so in a ``map.yaml`` of its ontology. Any other graph is arranged from its own relations: the
commonest classes are the families, and lanes follow the direction of the claims between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kg.maps.palette import COLOURS
from kg.maps.trophic import trophic_levels
from kg.network import Entity, Network
from kg.resources import ontology_folder
from kg.terms import expand

__all__ = ["OTHER", "Style", "style_of"]

OTHER = len(COLOURS["light"]) - 1
"""The family of what has none: the last colour."""

_NO_CLASS = ""


@dataclass(frozen=True)
class Style:
    """Families and lanes of one network.

    Attributes:
        families: label of each family of classes, in the order of the colours.
        relation_families: label of each family of relations, in the order of the colours.
        class_family: the family of each class; a class that is missing belongs to :data:`OTHER`.
        relation_family: the same for relations.
        lanes: the labels of the lanes, from left to right.
        lane: the lane of each entity.
        key: entities shown at first sight; empty where there is no such choice.
        others: the classes that have no family.
        strong: entities that always stand out.
    """

    families: Mapping[int, str]
    relation_families: Mapping[int, str]
    class_family: Mapping[str, int]
    relation_family: Mapping[str, int]
    lanes: tuple[str, ...]
    lane: Mapping[str, int]
    key: frozenset[str] = field(default_factory=frozenset)
    others: frozenset[str] = field(default_factory=frozenset)
    strong: frozenset[str] = field(default_factory=frozenset)

    def shape(self, iri: str) -> int:
        """Return the number of a class among those of its family: it decides the shape of its mark."""
        family = self.class_family.get(iri, OTHER)
        if family == OTHER and iri not in self.class_family:
            return sorted({iri, *self.others}).index(iri)
        return [other for other, number in self.class_family.items() if number == family].index(iri)

    def main_class(self, entity: Entity) -> str:
        """Return the class an entity is drawn as: the one with the best family; '' where it has none."""
        return min(entity.classes, key=lambda c: (self.class_family.get(c, OTHER), c), default=_NO_CLASS)

    def family(self, entity: Entity) -> int:
        """Return the family an entity is drawn in."""
        return self.class_family.get(self.main_class(entity), OTHER)


def style_of(network: Network) -> Style:
    """Return how a network is drawn: as its domain says, or as its own relations suggest.

    >>> style_of(Network((), {})).lanes
    ()
    """
    declared = _declared()
    if declared and any(c in declared["known"] for e in network.entities.values() for c in e.classes):
        return _from_domain(network, declared)
    return _from_relations(network)


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    """Return the domain's own ``map.yaml`` with its names expanded to IRIs; nothing where there is none."""
    import yaml

    path = ontology_folder() / "map.yaml"
    if not path.is_file():
        return {}
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for family in found["families"]:
        family["classes"] = _iris(family["classes"])
    for family in found["relations"]:
        family["properties"] = _iris(family["properties"])
    for place in found["places"]:
        place["classes"] = _iris(place.get("classes", ()))
        place["objects_of"] = _iris(place.get("objects_of", ()))
    found["key"] = _iris(found["key"])
    found["strong"] = set(_iris(found.get("strong", ())))
    found["known"] = {iri for family in found["families"] for iri in family["classes"]}
    return found


def _iris(names: Sequence[str]) -> list[str]:
    return [expand(name) or name for name in names]


def _from_domain(network: Network, declared: Mapping[str, Any]) -> Style:
    lanes: list[str] = declared["lanes"]
    objects: dict[str, set[str]] = {}
    for claim in network.edges:
        if claim.polarity != "negative" and claim.object is not None:
            objects.setdefault(claim.predicate, set()).add(claim.object)
    middle = lanes.index("builds and does") if "builds and does" in lanes else len(lanes) // 2
    lane = {}
    for iri, entity in network.entities.items():
        fitting = (
            place["lane"]
            for place in declared["places"]
            if set(place["classes"]) & set(entity.classes)
            or any(iri in objects.get(relation, ()) for relation in place["objects_of"])
        )
        lane[iri] = lanes.index(next(fitting, lanes[middle]))
    return Style(
        {number: family["label"] for number, family in enumerate(declared["families"])} | {OTHER: "others"},
        {number: family["label"] for number, family in enumerate(declared["relations"])} | {OTHER: "others"},
        {iri: number for number, family in enumerate(declared["families"]) for iri in family["classes"]},
        {iri: number for number, family in enumerate(declared["relations"]) for iri in family["properties"]},
        tuple(lanes),
        lane,
        frozenset(i for i, e in network.entities.items() if set(e.classes) & set(declared["key"])),
        _classes(network) - declared["known"],
        frozenset(i for i, e in network.entities.items() if declared["strong"] & set(e.classes)),
    )


def _from_relations(network: Network) -> Style:
    classes = Counter(c for entity in network.entities.values() for c in entity.classes)
    relations = Counter(claim.predicate for claim in network.edges)
    class_family = _commonest(classes)
    relation_family = _commonest(relations)
    families = {OTHER: "others"} | {number: network.label(iri) for iri, number in class_family.items()}
    bare = Style(
        families,
        {OTHER: "others"} | {number: network.label(iri) for iri, number in relation_family.items()},
        class_family,
        relation_family,
        (),
        {},
    )
    family = {iri: bare.family(entity) for iri, entity in network.entities.items()}
    lanes, lane = _lanes_by_flow(network, family, families)
    others = _classes(network) - set(class_family)
    return Style(families, bare.relation_families, class_family, relation_family, lanes, lane, others=others)


def _classes(network: Network) -> frozenset[str]:
    return frozenset(c for entity in network.entities.values() for c in entity.classes)


def _commonest(counts: Counter[str]) -> dict[str, int]:
    best = sorted(counts, key=lambda iri: (-counts[iri], iri))[: OTHER + 1 if len(counts) == OTHER + 1 else OTHER]
    return {iri: number for number, iri in enumerate(best)}


def _lanes_by_flow(
    network: Network, family: Mapping[str, int], labels: Mapping[int, str]
) -> tuple[tuple[str, ...], dict[str, int]]:
    """Put families into lanes along the flow of claims; without two families, put entities into layers."""
    used = sorted(set(family.values()))
    pairs = [(c.subject, c.object) for c in network.edges if c.object is not None and c.object != c.subject]
    if len(used) > 1:
        flow = Counter((family[a], family[b]) for a, b in pairs if family[a] != family[b])
        levels = trophic_levels(used, flow)
        order = sorted(used, key=lambda f: (round(levels[f], 6), f))
        return tuple(labels[f] for f in order), {iri: order.index(f) for iri, f in family.items()}
    return _layers(list(network.entities), pairs)


def _layers(entities: Collection[str], pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], dict[str, int]]:
    if not entities:
        return (), {}
    levels = trophic_levels(sorted(entities), Counter(pairs))
    lowest = min(levels.values())
    count = max(1, min(7, round(max(levels.values()) - lowest) + 1))
    lane = {iri: min(count - 1, round(level - lowest)) for iri, level in levels.items()}
    used = sorted(set(lane.values()))
    return tuple("" for _ in used), {iri: used.index(number) for iri, number in lane.items()}
