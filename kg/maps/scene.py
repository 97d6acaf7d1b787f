"""What a map holds: entities as cards, lines that stand for claims, and the views they can be seen in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from kg.claims import KINDS
from kg.maps.geometry import Box, Layout, Room
from kg.maps.lettering import LINE_HEIGHT, text_width, wrap
from kg.maps.style import Style, style_of
from kg.network import Network
from kg.results import Claim

__all__ = ["FLAT_AT_MOST", "KEY_AT_MOST", "Card", "Line", "Scene", "View", "make_scene"]

KEY_AT_MOST = 60
"""How many entities are read at a glance: more are shown on demand."""
FLAT_AT_MOST = 300
"""Above this many entities a flat picture says little, and the overview is grouped."""

_SIZE = 14
_HUB_SIZE = 17
_LABEL_WIDTH = 140.0
_MARK = 34.0
_PAD = 13.0


@dataclass(frozen=True, slots=True)
class Card:
    """An entity as it is drawn.

    Attributes:
        lines: the label, broken into lines.
        strong: whether it stands out: a hub, or what the map is about.
        family: number of its colour.
        statements: how many claims it takes part in.
    """

    iri: str
    lines: tuple[str, ...]
    size: int
    strong: bool
    family: int
    main_class: str
    statements: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the map: all claims that say the same of the same two entities.

    Attributes:
        claims: numbers of the claims in the network's order.
        both: whether the same is claimed in the other direction too; one line then has two heads.
        place: which of the parallel lines between its two ends this is, counted from the middle.
    """

    start: str
    end: str
    relation: str
    kind: str
    negative: bool
    scenario: str | None
    claims: tuple[int, ...]
    both: bool = False
    place: float = 0.0


@dataclass(frozen=True)
class View:
    """One way to see the map: which entities, where they stand.

    Attributes:
        name: short name, used in links.
        label: what the switch in the page says.
        detail: which entities it shows: ``key``, ``all`` or ``groups``.
        curved: whether lines leave cards sideways, as lanes want, or straight.
        rooms: the groups of a grouped overview.
        tall: whether the lanes lie from top to bottom, for a phone; then ``bands`` are heights.
    """

    name: str
    label: str
    detail: str
    layout: Layout
    curved: bool = False
    rooms: Sequence[Room] = ()
    tall: bool = False


@dataclass(frozen=True)
class Scene:
    """Everything that is drawn, before it becomes a page.

    Attributes:
        network: all that is in the file.
        details: the entities of each level of detail, the best connected first.
        seeds: what the map is about.
        answer: IRIs of the claims that are the answer.
    """

    title: str
    subtitle: str
    network: Network
    style: Style
    cards: Mapping[str, Card]
    lines: Sequence[Line]
    details: Mapping[str, Sequence[str]]
    seeds: Sequence[str] = ()
    answer: frozenset[str] = frozenset()
    hidden_kinds: Sequence[str] = ()
    total_entities: int = 0
    total_claims: int = 0
    views: list[View] = field(default_factory=list)

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """The cards as layouts see them."""
        return {
            iri: Box(iri, card.width, card.height, self.style.lane.get(iri, 0)) for iri, card in self.cards.items()
        }

    def pairs(self, entities: Collection[str], *, kinds: Collection[str] = KINDS) -> list[tuple[str, str]]:
        """Return which of the entities are joined, each pair as often as there are lines between the two."""
        inside = set(entities)
        return sorted(
            (x.start, x.end) for x in self.lines if x.kind in kinds and x.start in inside and x.end in inside
        )


def make_scene(
    network: Network,
    title: str,
    subtitle: str = "",
    *,
    seeds: Sequence[str] = (),
    answer: Collection[str] = (),
    hidden_kinds: Sequence[str] = (),
    total: Network | None = None,
    key: Collection[str] = (),
    sizes: Mapping[str, float] | None = None,
    flat: bool = False,
) -> Scene:
    """Return the scene of a network, without views.

    Args:
        network: what the file holds.
        title: what the map shows.
        subtitle: one line below it.
        seeds: entities the map is about.
        answer: IRIs of claims to stress.
        hidden_kinds: kinds of claims that are off until the reader switches them on.
        total: the network this is a part of, for honest counts.
        key: the entities to show at first sight, where the caller knows.
        sizes: a number for each entity that decides how much it stands out; statements by default.
        flat: draw all at once whatever their number, instead of a grouped overview of many.
    """
    whole = total or network
    style = style_of(whole)
    counts = Counter(end for c in network.claims for end in {c.subject, c.object or ""} if end in network.entities)
    seen = Counter(end for c in network.edges if c.kind not in hidden_kinds for end in {c.subject, c.object or ""})
    weight = sizes or seen
    ranked = sorted(network.entities, key=lambda iri: (-weight.get(iri, 0), network.label(iri), iri))
    hubs = _hubs(ranked, weight) | set(seeds) | style.strong
    cards = {iri: _card(network, style, iri, counts[iri], strong=iri in hubs) for iri in network.entities}
    return Scene(
        title,
        subtitle,
        network,
        style,
        cards,
        _lines(network.claims, network),
        _details(ranked, style, network, key, seeds, flat=flat),
        tuple(seeds),
        frozenset(answer),
        tuple(hidden_kinds),
        len(whole.entities),
        len(whole.claims),
    )


def _details(
    ranked: Sequence[str],
    style: Style,
    network: Network,
    key: Collection[str],
    seeds: Sequence[str],
    *,
    flat: bool,
) -> dict[str, Sequence[str]]:
    if len(ranked) > FLAT_AT_MOST and not flat:
        return {"groups": ranked}
    chosen = set(key) or set(style.key if 0 < len(style.key) < len(ranked) else _hanging_together(ranked, network))
    first = [iri for iri in ranked if iri in chosen]
    first = first if key else first[:KEY_AT_MOST]
    first += [iri for iri in seeds if iri not in first]
    if len(first) == len(ranked) or (not key and (len(ranked) <= KEY_AT_MOST or flat)):
        return {"all": ranked}
    return {"key": first, "all": ranked}


def _hanging_together(ranked: Sequence[str], network: Network) -> list[str]:
    """Return as many entities as are read at a glance: the best connected, and then what joins most of them."""
    if not KEY_AT_MOST < len(ranked) <= FLAT_AT_MOST:
        return list(ranked)
    place = {iri: number for number, iri in enumerate(ranked)}
    joined: Counter[str] = Counter()
    chosen: dict[str, None] = {}
    for _ in range(KEY_AT_MOST):
        rest = (iri for iri in ranked if iri not in chosen)
        best = min(rest, key=lambda iri: (-joined[iri], place[iri]))
        chosen[best] = None
        joined.update(network.neighbours[best].keys())
    return list(chosen)


def _hubs(ranked: Sequence[str], weight: Mapping[str, float]) -> set[str]:
    """Return the few entities that stand out: among the best connected, and well above the middle."""
    if not ranked:
        return set()
    middle = weight.get(ranked[len(ranked) // 2], 0)
    best = ranked[: max(1, min(6, len(ranked) // 12))]
    return {iri for iri in best if weight.get(iri, 0) > max(4, 3 * middle)}


def _card(network: Network, style: Style, iri: str, statements: int, *, strong: bool) -> Card:
    entity = network.entities[iri]
    size = _HUB_SIZE if strong else _SIZE
    lines = wrap(entity.label, size, _LABEL_WIDTH * (1.15 if strong else 1.0), bold=strong)
    wide = max(text_width(line, size, bold=strong) for line in lines)
    return Card(
        iri,
        tuple(lines),
        size,
        strong,
        style.family(entity),
        style.main_class(entity),
        statements,
        round(wide + _MARK, 1),
        round(len(lines) * size * LINE_HEIGHT + _PAD, 1),
    )


_Said: TypeAlias = "tuple[str, str, str, str, bool, str | None]"


def _lines(claims: Sequence[Claim], network: Network) -> list[Line]:
    """Gather claims that say the same into lines, and set parallel lines beside each other."""
    groups: dict[_Said, list[int]] = defaultdict(list)
    two_headed = set()
    for number, c in enumerate(claims):
        if c.object is None or c.object not in network.entities:
            continue
        said = (c.subject, c.object, c.predicate, c.kind, c.polarity == "negative", c.scenario)
        converse = (c.object, c.subject, *said[2:])
        if converse in groups and c.subject != c.object:
            two_headed.add(converse)
            said = converse
        groups[said].append(number)
    beside: dict[frozenset[str], list[_Said]] = defaultdict(list)
    for said in groups:
        beside[frozenset(said[:2])].append(said)
    place = {said: n - (len(many) - 1) / 2 for many in beside.values() for n, said in enumerate(many)}
    return [Line(*said, tuple(numbers), said in two_headed, place[said]) for said, numbers in groups.items()]
