"""Entities joined by claims; the part around an entity; the ways between two.

Every edge is a claim, so that each hop can be shown with its quote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from kg.results import Claim

if TYPE_CHECKING:
    import networkx

__all__ = ["Entity", "Hop", "Network", "Path"]

_WAYS_TRIED = 500
"""How many equally short ways are looked at before the best are chosen; there can be exponentially many."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that claims are about.

    Attributes:
        classes: IRIs of its classes, sorted.
        aliases: other names it goes by.
        note: what is worth knowing about the name, by those who encoded it.
    """

    iri: str
    label: str
    classes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path: from which entity to which, by which claims.

    Attributes:
        claims: the claims that join the two, whichever of them is the subject; those along the way come first.
    """

    start: str
    end: str
    claims: tuple[Claim, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the hop as JSON-ready data."""
        return {"from": self.start, "to": self.end, "claims": [claim.to_dict() for claim in self.claims]}


@dataclass(frozen=True, slots=True)
class Path:
    """A way from one entity to another.

    Attributes:
        directed: whether every hop can be walked from the subject of a claim to its object.
    """

    hops: tuple[Hop, ...]
    directed: bool

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities on the way, both ends included."""
        return (self.hops[0].start, *(hop.end for hop in self.hops)) if self.hops else ()

    def to_dict(self) -> dict[str, Any]:
        """Return the path as JSON-ready data."""
        return {
            "directed": self.directed,
            "entities": list(self.entities),
            "hops": [hop.to_dict() for hop in self.hops],
        }


@dataclass(frozen=True)
class Network:
    """Entities and the claims that join them.

    >>> network = Network((), {})
    >>> len(network.entities), network.paths("http://example.com/a", "http://example.com/b")
    (0, [])

    Attributes:
        claims: every claim of the network, those that end in a literal included.
        entities: what the claims are about, by IRI.
        labels: labels of the classes, relations, scenarios, voices and documents that are mentioned.
        superclasses: the classes directly above each class.
        truncated: whether the source held more claims than were read.
    """

    claims: tuple[Claim, ...]
    entities: Mapping[str, Entity]
    labels: Mapping[str, str] = field(default_factory=dict)
    superclasses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    truncated: bool = False

    @cached_property
    def edges(self) -> tuple[Claim, ...]:
        """The claims that join two entities, or an entity with itself."""
        return tuple(claim for claim in self.claims if claim.object in self.entities)

    @cached_property
    def graph(self) -> networkx.MultiDiGraph[str]:
        """The network as networkx sees it: one edge a claim, its IRI the key, the claim under ``claim``.

        Entities that no claim joins to another are nodes too.
        """
        import networkx

        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        for iri, entity in self.entities.items():
            graph.add_node(iri, label=entity.label)
        for claim in self.edges:
            graph.add_edge(claim.subject, claim.object or "", key=claim.iri, claim=claim)
        return graph

    @cached_property
    def neighbours(self) -> Mapping[str, Mapping[str, tuple[Claim, ...]]]:
        """For each entity its neighbours in either direction, with the claims between the two."""
        found: dict[str, dict[str, list[Claim]]] = {iri: {} for iri in self.entities}
        for claim in self.edges:
            if claim.object is not None and claim.object != claim.subject:
                found[claim.subject].setdefault(claim.object, []).append(claim)
                found[claim.object].setdefault(claim.subject, []).append(claim)
        return {iri: {other: tuple(between) for other, between in beside.items()} for iri, beside in found.items()}

    def label(self, iri: str | None) -> str:
        """Return the label of an entity, class, relation or scenario; '' for None."""
        if iri is None:
            return ""
        entity = self.entities.get(iri)
        return entity.label if entity is not None else self.labels.get(iri, iri)

    def part(self, claims: Iterable[Claim], keep: Collection[str] = ()) -> Network:
        """Return the network of some claims; ``keep`` names entities that stay even if nothing joins them."""
        chosen = tuple({claim.iri: claim for claim in claims}.values())
        wanted = set(keep) | {iri for claim in chosen for iri in (claim.subject, claim.object) if iri is not None}
        return Network(
            chosen,
            {iri: entity for iri, entity in self.entities.items() if iri in wanted},
            self.labels,
            self.superclasses,
            self.truncated,
        )

    def among(self, entities: Collection[str]) -> Network:
        """Return the part that lies between the given entities, with the values each of them has."""
        inside = set(entities)
        ends = set(self.entities) - inside
        return self.part((c for c in self.claims if c.subject in inside and c.object not in ends), keep=inside)

    def within(self, seeds: Iterable[str], hops: int) -> dict[str, int]:
        """Return the entities at most ``hops`` steps from the nearest seed, with their distances."""
        distance = {iri: 0 for iri in seeds if iri in self.entities}
        frontier = list(distance)
        for step in range(1, hops + 1):
            reached = (other for iri in frontier for other in self.neighbours[iri] if other not in distance)
            frontier = list(dict.fromkeys(reached))
            distance.update(dict.fromkeys(frontier, step))
        return distance

    def paths(self, start: str, end: str, *, directed: bool = False, limit: int = 5) -> list[Path]:
        """Return the shortest ways between two entities, those that follow the claims' direction first.

        Claims that deny and claims of a scenario are no way to go: neither says that the two are joined.

        Args:
            start: IRI of the first entity.
            end: IRI of the last one.
            directed: take each claim from subject to object only.
            limit: how many ways at most.
        """
        import networkx

        walkable = [c for c in self.edges if c.polarity != "negative" and c.scenario is None]
        graph: networkx.DiGraph[str] = networkx.DiGraph()
        graph.add_nodes_from(self.entities)
        graph.add_edges_from((c.subject, c.object or "") for c in walkable)
        if start not in graph or end not in graph or start == end:
            return []
        ways = networkx.all_shortest_paths(graph if directed else graph.to_undirected(), start, end)
        try:
            found = [self._path(way) for way in islice(ways, _WAYS_TRIED)]
        except networkx.NetworkXNoPath:
            return []
        found.sort(key=lambda path: (not path.directed, _inferred_hops(path), path.entities))
        return found[:limit]

    def _path(self, way: Sequence[str]) -> Path:
        hops = tuple(Hop(a, b, self._between(a, b)) for a, b in pairwise(way))
        return Path(hops, all(any(c.subject == hop.start for c in hop.claims) for hop in hops))

    def _between(self, start: str, end: str) -> tuple[Claim, ...]:
        claims = [c for c in self.neighbours[start][end] if c.polarity != "negative" and c.scenario is None]
        return tuple(sorted(claims, key=lambda c: (c.subject != start, c.kind != "stated")))

    def in_scenario(self, iri: str) -> Network:
        """Return what holds in a scenario, with what is claimed outside it about and between the same entities."""
        inside = [claim for claim in self.claims if claim.scenario == iri]
        ends = (end for claim in inside for end in (claim.subject, claim.object) if end is not None)
        touched = {iri, *ends}
        outside = [c for c in self.claims if c.scenario is None and c.subject in touched]
        return self.part([*inside, *(c for c in outside if c.object in touched or c.object is None)], keep=touched)


def _inferred_hops(path: Path) -> int:
    return sum(all(claim.kind != "stated" for claim in hop.claims) for hop in path.hops)
