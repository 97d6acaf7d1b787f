"""Which views a scene gets: lanes and organic, of the key entities and of all, or a grouped overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.claims import KINDS
from kg.maps.geometry import Box, Layout
from kg.maps.grouped import make_rooms
from kg.maps.layered import layered_layout
from kg.maps.organic import organic_layout
from kg.maps.scene import KEY_AT_MOST, Scene, View

__all__ = ["add_views", "lanes_view"]

_PHONE = (1400.0, 400.0)
"""How far a tall view may reach down, and across, in pixels."""


def add_views(
    scene: Scene, lanes: tuple[Sequence[str], Mapping[str, int]] | None = None, gap: float = 46.0
) -> Scene:
    """Compute the layouts of a scene, every one ahead, and return it.

    Args:
        scene: what to lay out.
        lanes: labels of lanes and the lane of each entity, where the map has an order of its own (a path, a
            comparison); else those of its style.
        gap: room between two lanes at least: more of it where lines should show what they say.
    """
    if "groups" in scene.details:
        rooms = make_rooms(scene)
        places = {iri: place for room in rooms for iri, place in room.places.items()}
        scene.views.append(View("groups", "Groups", "groups", Layout(places), rooms=rooms))
        return scene
    for detail, entities in scene.details.items():
        scene.views.append(lanes_view(scene, detail, entities, lanes, gap))
        if len(entities) <= KEY_AT_MOST:
            scene.views.append(_tall_view(scene, detail, entities, lanes))
        boxes = [scene.boxes[iri] for iri in entities]
        layout = organic_layout(boxes, scene.pairs(entities))
        scene.views.append(View(f"organic-{detail}", "Organic", detail, layout))
    return scene


def lanes_view(
    scene: Scene,
    detail: str,
    entities: Sequence[str],
    lanes: tuple[Sequence[str], Mapping[str, int]] | None = None,
    gap: float = 46.0,
) -> View:
    """Return the layered view of some entities; lines that are off at first do not decide the order."""
    labels, lane = lanes or (scene.style.lanes, scene.style.lane)
    boxes = [_in_lane(scene.boxes[iri], lane.get(iri, 0)) for iri in entities]
    shown = [kind for kind in KINDS if kind not in scene.hidden_kinds]
    pairs = scene.pairs(entities, kinds=shown)
    layout = layered_layout(boxes, pairs, labels, gap=gap)
    return View(f"lanes-{detail}", "Lanes", detail, layout, curved=True)


def _tall_view(
    scene: Scene, detail: str, entities: Sequence[str], lanes: tuple[Sequence[str], Mapping[str, int]] | None
) -> View:
    """Return the lanes from top to bottom: the layered view of the same cards, seen across its diagonal."""
    labels, lane = lanes or (scene.style.lanes, scene.style.lane)
    boxes = [Box(iri, scene.boxes[iri].height, scene.boxes[iri].width, lane.get(iri, 0)) for iri in entities]
    shown = [kind for kind in KINDS if kind not in scene.hidden_kinds]
    turned = layered_layout(boxes, scene.pairs(entities, kinds=shown), labels, shape=_PHONE, gap=52.0)
    layout = Layout(
        {iri: (y, x) for iri, (x, y) in turned.places.items()},
        {pair: [(y, x) for x, y in way] for pair, way in turned.ways.items()},
        turned.bands,
    )
    return View(f"tall-{detail}", "Tall", detail, layout, curved=True, tall=True)


def _in_lane(box: Box, lane: int) -> Box:
    return Box(box.id, box.width, box.height, lane)
