"""Which views a scene gets: lanes and organic, of the key entities and of all, or a grouped overview."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from kg.claims import KINDS
from kg.maps.geometry import Box, Layout, Pair
from kg.maps.grouped import make_rooms
from kg.maps.lanes import Lanes, beside_their_owners, in_best_order
from kg.maps.layered import layered_layout
from kg.maps.organic import organic_layout
from kg.maps.scene import KEY_AT_MOST, Scene, View

__all__ = ["add_views", "lanes_view"]

_PHONE = (inf, 380.0)
"""How far a tall view may reach down, and across, in pixels: at this width labels are read on a phone."""

_FEW = 24
"""So few entities all stand in the lanes of their style."""


def add_views(scene: Scene, lanes: Lanes | None = None, gap: float = 46.0, *, part: bool = False) -> Scene:
    """Compute the layouts of a scene, every one ahead, and return it.

    Args:
        scene: what to lay out.
        lanes: labels of lanes and the lane of each entity, where the map has an order of its own (a path, a
            comparison); else those of its style.
        gap: room between two lanes at least: more of it where lines should show what they say.
        part: whether the map shows a part of a graph: its lanes may then stand in another order.
    """
    if "groups" in scene.details:
        rooms = make_rooms(scene)
        places = {iri: place for room in rooms for iri, place in room.places.items()}
        scene.views.append(View("groups", "Groups", "groups", Layout(places), rooms=rooms))
        return scene
    for detail, entities in scene.details.items():
        found = lanes or _lanes(scene, entities, part=part)
        scene.views.append(lanes_view(scene, detail, entities, found, gap))
        if len(entities) <= KEY_AT_MOST:
            scene.views.append(_tall_view(scene, detail, entities, found))
        boxes = [scene.boxes[iri] for iri in entities]
        layout = organic_layout(boxes, scene.pairs(entities))
        scene.views.append(View(f"organic-{detail}", "Organic", detail, layout))
    return scene


def _lanes(scene: Scene, entities: Sequence[str], *, part: bool) -> Lanes:
    """Return the lanes of the style; where it says what is key, the rest stands beside what it belongs to."""
    found: Lanes = (scene.style.lanes, scene.style.lane)
    key = [iri for iri in entities if iri in scene.style.key]
    aside = bool(key) and len(key) < len(entities) and len(entities) > _FEW
    if part:
        some = key if aside else entities
        found = in_best_order([scene.boxes[iri] for iri in some], _drawn_pairs(scene, some), found)
    if aside:
        boxes = [scene.boxes[iri] for iri in entities]
        found = beside_their_owners(boxes, _drawn_pairs(scene, entities), set(key), found)
    return found


def _drawn_pairs(scene: Scene, entities: Sequence[str]) -> list[Pair]:
    """Return which entities are joined at first sight: lines that are off then do not decide the order."""
    return scene.pairs(entities, kinds=[kind for kind in KINDS if kind not in scene.hidden_kinds])


def lanes_view(scene: Scene, detail: str, entities: Sequence[str], lanes: Lanes, gap: float = 46.0) -> View:
    """Return the layered view of some entities."""
    labels, lane = lanes
    boxes = [Box(iri, scene.boxes[iri].width, scene.boxes[iri].height, lane.get(iri, 0)) for iri in entities]
    layout = layered_layout(boxes, _drawn_pairs(scene, entities), labels, gap=gap)
    return View(f"lanes-{detail}", "Lanes", detail, layout, curved=True)


def _tall_view(scene: Scene, detail: str, entities: Sequence[str], lanes: Lanes) -> View:
    """Return the lanes from top to bottom: the layered view of the same cards, seen across its diagonal."""
    labels, lane = lanes
    boxes = [Box(iri, scene.boxes[iri].height, scene.boxes[iri].width, lane.get(iri, 0)) for iri in entities]
    turned = layered_layout(boxes, _drawn_pairs(scene, entities), labels, shape=_PHONE, gap=52.0)
    layout = Layout(
        {iri: (y, x) for iri, (x, y) in turned.places.items()},
        {pair: [(y, x) for x, y in way] for pair, way in turned.ways.items()},
        turned.bands,
    )
    return View(f"tall-{detail}", "Tall", detail, layout, curved=True, tall=True)
