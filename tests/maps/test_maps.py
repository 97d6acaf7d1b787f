"""Maps before a browser sees them: layouts, colours, what the file holds, what it must not hold."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.dataset import Dataset
from kg.maps import Map, draw_around, draw_comparison, draw_overview, draw_paths, draw_scenario
from kg.maps.geometry import Box, overlapping
from kg.maps.lanes import beside_their_owners, in_best_order
from kg.maps.layered import count_crossings, layered_layout
from kg.maps.lettering import plain_label, text_width, wrap
from kg.maps.organic import organic_layout
from kg.maps.page import VIS_NETWORK_SHA256
from kg.maps.palette import ARROWS, CARD, COLOURS, GLYPHS
from kg.maps.trophic import trophic_levels
from kg.network import Network, compare, read_network
from kg.opening import open_dataset

ID = "https://w3id.org/kgq/id/"
VISION = (None, "deuteranomaly", "protanomaly", "tritanomaly")


@pytest.fixture(scope="module")
def built_in() -> Network:
    from kg.knowledge_graph import open_graph

    return read_network(open_graph().dataset, include=("stated", "inferred", "background"))


@pytest.fixture(scope="module")
def overview(built_in: Network) -> Map:
    return draw_overview(built_in, "Overview")


class Reader(HTMLParser):
    """Takes a page apart the way a browser without scripts does."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: dict[str, str] = {}
        self.cells: list[list[str]] = []
        self.addresses: list[str] = []
        self._script: str | None = None
        self._cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "style")]
        self._script = (named.get("id") or "") if tag == "script" else None
        if tag == "tr":
            self.cells.append([])
        self._cell = tag in ("td", "q") and self._script is None
        if tag == "td":
            self.cells[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[self._script] = self.scripts.get(self._script, "") + data
        elif self._cell and self._script is None:
            self.cells[-1][-1] += data


def boxes(count: int, lanes: int) -> list[Box]:
    return [Box(f"n{n}", 60 + n % 5 * 30, 28 + n % 3 * 17, n % lanes) for n in range(count)]


graphs = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.integers(1, 6),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=60),
    )
)


@pytest.mark.slow
@settings(deadline=None)
@given(graphs)
def test_no_layout_lets_two_cards_overlap(graph: tuple[int, int, list[tuple[int, int]]]) -> None:
    count, lanes, pairs = graph
    cards = boxes(count, lanes)
    joined = [(f"n{a}", f"n{b}") for a, b in pairs]
    for layout in (layered_layout(cards, joined), organic_layout(cards, joined)):
        assert set(layout.places) == {card.id for card in cards}
        assert overlapping(cards, layout.places) == []


@settings(deadline=None)
@given(graphs)
def test_lanes_stand_in_their_order(graph: tuple[int, int, list[tuple[int, int]]]) -> None:
    count, lanes, pairs = graph
    cards = boxes(count, lanes)
    places = layered_layout(cards, [(f"n{a}", f"n{b}") for a, b in pairs]).places
    for card in cards:
        for other in cards:
            if card.lane < other.lane:
                assert places[card.id][0] < places[other.id][0]


def test_what_is_said_of_something_stands_beside_it_and_key_things_keep_their_lanes() -> None:
    cards = [Box("a", 50, 20, 0), Box("b", 50, 20, 2), Box("of a", 50, 20, 1), Box("of b", 50, 20, 1)]
    labels, lane = beside_their_owners(
        cards,
        [("a", "of a"), ("of b", "b"), ("a", "b")],
        {"a", "b"},
        (["x", "y", "z"], {c.id: c.lane for c in cards}),
    )
    assert labels == [None, "x", None, "z", None]
    assert abs(lane["of a"] - lane["a"]) == 1 == abs(lane["of b"] - lane["b"])
    assert lane["a"] < lane["b"]
    moved = [Box(card.id, 50, 20, lane[card.id]) for card in cards]
    assert [band.label for band in layered_layout(moved, [], labels).bands] == ["x", "z"]


@pytest.mark.slow
@settings(deadline=None)
@given(graphs)
def test_another_order_of_lanes_never_crosses_more(graph: tuple[int, int, list[tuple[int, int]]]) -> None:
    count, lanes, pairs = graph
    cards, joined = boxes(count, lanes), [(f"n{a}", f"n{b}") for a, b in pairs]
    names = [str(n) for n in range(lanes)]
    labels, lane = in_best_order(cards, joined, (names, {card.id: card.lane for card in cards}))
    moved = [Box(card.id, card.width, card.height, lane[card.id]) for card in cards]
    assert count_crossings(moved, joined) <= count_crossings(cards, joined)
    assert all(labels[lane[card.id]] == str(card.lane) for card in cards)


def test_a_line_that_passes_a_lane_does_not_run_under_its_cards() -> None:
    cards = [Box("a", 50, 30, 0), *(Box(f"m{n}", 50, 30, 1) for n in range(9)), Box("z", 50, 30, 2)]
    pairs = [("a", "z"), *((f"m{n}", "z") for n in range(9))]
    layout = layered_layout(cards, pairs, shape=(400.0, 900.0))
    heights = [layout.places[f"m{n}"][1] for n in range(9)]
    assert all(min(abs(y - height) for height in heights) > 15 for _, y in layout.ways[("a", "z")])


def test_large_layouts_do_not_overlap_either() -> None:
    cards = boxes(900, 7)
    pairs = [(f"n{n}", f"n{n * 7 % 900}") for n in range(900)]
    for layout in (layered_layout(cards, pairs), organic_layout(cards, pairs)):
        assert overlapping(cards, layout.places) == []


def test_trophic_levels_of_a_cycle_are_level_and_of_a_chain_one_apart() -> None:
    assert set(trophic_levels("abc", {("a", "b"): 1, ("b", "c"): 1, ("c", "a"): 1}).values()) == {0.0}
    assert trophic_levels("abc", {("a", "b"): 3, ("b", "c"): 1}) == {"a": 0.0, "b": 1.0, "c": 2.0}


@given(st.text(max_size=300))
def test_a_label_never_takes_more_room_than_it_was_given(text: str) -> None:
    lines = wrap(text, 14, 140)
    assert 1 <= len(lines) <= 3
    assert all(text_width(line, 14) <= 140 or len(line) == 1 for line in lines)


def test_marks_that_turn_the_direction_of_writing_are_shown_not_obeyed() -> None:
    assert plain_label("a\u202eb\u2066c") == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_differ_in_every_kind_of_vision_and_stand_out_from_the_card(theme: str) -> None:
    from colorspacious import cspace_convert

    colours = np.array([[int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)] for code in COLOURS[theme]])
    for vision in VISION:
        seen = colours
        if vision is not None:
            space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
            seen = np.clip(cspace_convert(colours, space, "sRGB1"), 0, 1)
        points = cspace_convert(seen, "sRGB1", "CAM02-UCS")
        apart = np.linalg.norm(points[:, None] - points[None, :], axis=-1) + np.eye(len(points)) * 100
        assert apart.min() >= 12, (theme, vision, apart.min())
    assert min(contrast(code, CARD[theme]) for code in COLOURS[theme]) >= 3


def contrast(one: str, other: str) -> float:
    def light(code: str) -> float:
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_every_family_has_a_shape_and_an_arrow_besides_its_colour() -> None:
    assert len(set(ARROWS)) == len(COLOURS["light"]) == len(COLOURS["dark"])
    assert len(set(GLYPHS)) >= len(COLOURS["light"])


def test_no_statement_is_lost_between_the_network_and_the_page(built_in: Network, overview: Map) -> None:
    page = Reader(overview.html)
    edges = json.loads(page.scripts["edges"])
    drawn = sorted(claim for edge in edges for claim in edge["c"])
    assert drawn == [n for n, claim in enumerate(built_in.claims) if claim.object is not None]
    rest = json.loads(page.scripts["rest"])
    assert len(rest["claims"]) == len(built_in.claims) == len(page.cells) - 1
    for edge in edges:
        for number in edge["c"]:
            claim, ends = rest["claims"][number], (edge["from"], edge["to"])
            assert (claim["s"], claim["o"]) in ((ends, ends[::-1]) if edge.get("both") else (ends,))


def test_the_table_in_the_file_says_what_the_claims_say(built_in: Network, overview: Map) -> None:
    rows = Reader(overview.html).cells[1:]
    for claim, row in zip(built_in.claims, rows, strict=True):
        assert row[0] == plain_label(built_in.label(claim.subject))
        assert row[3] == claim.kind
        if claim.quotes:
            assert claim.quotes[0].quote in row[5]
            assert f"{claim.quotes[0].start}–{claim.quotes[0].end}" in row[6]


def test_the_page_names_no_address_and_no_inline_style(overview: Map) -> None:
    page = Reader(overview.html)
    assert page.addresses == []
    assert "default-src 'none'" in overview.html


def test_the_policy_names_the_scripts_by_their_hashes(overview: Map) -> None:
    import base64

    scripts = re.findall("<script>(.*?)</script>", overview.html, re.DOTALL)
    assert len(scripts) == 2
    for text in scripts:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in html.unescape(overview.html[:2000])


def test_vis_network_is_the_build_the_page_was_made_for() -> None:
    found = files("pyvis") / "templates/lib/vis-9.1.2/vis-network.min.js"
    assert hashlib.sha256(found.read_bytes()).hexdigest() == VIS_NETWORK_SHA256


@pytest.mark.slow
def test_the_same_graph_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    program = (
        "from kg.knowledge_graph import open_graph\nfrom kg.network import read_network\n"
        "from kg.maps import draw_overview\nimport hashlib\n"
        "network = read_network(open_graph().dataset)\n"
        "print(hashlib.sha256(draw_overview(network, 'x').html.encode()).hexdigest())"
    )
    root = str(Path(__file__).parents[1])
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root, "LC_ALL": locale},
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        ).stdout
        for seed, locale in (("1", "C"), ("5", "C.UTF-8"))
    }
    assert len(found) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_map_is_saved_whole_as_utf8_and_leaves_nothing_beside_it(overview: Map, tmp_path: Path) -> None:
    overview.save(tmp_path / "map.html")
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == overview.html


def test_a_map_that_cannot_be_saved_leaves_nothing(overview: Map, tmp_path: Path) -> None:
    (tmp_path / "map.html").mkdir()
    with pytest.raises(OSError, match=r"map\.html"):
        overview.save(tmp_path / "map.html")
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_the_overview_shows_what_the_graph_is_about_and_offers_all(overview: Map) -> None:
    details = overview.scene.details
    assert len(details["key"]) <= 60 < len(details["all"])
    assert {ID + "coreweave", ID + "capex-risk", ID + "merchant-model", ID + "trainium"} <= set(details["key"])


def test_groups_and_models_stand_between_companies_and_risks(overview: Map) -> None:
    places = overview.scene.views[0].layout.places
    x = {name: places[ID + name][0] for name in ("coreweave", "merchants", "lenders", "capex-risk")}
    assert x["coreweave"] < x["merchants"] < x["lenders"]
    assert x["merchants"] < x["capex-risk"]


def test_a_large_graph_gets_rooms_that_count_what_they_hold(tmp_path: Path) -> None:
    lines = []
    for n in range(700):
        lines.append(f"<urn:e{n}> a <urn:Class{n % 5}> .")
        lines.append(f"<urn:e{n}> <urn:p{n % 3}> <urn:e{n * 7 % 700}> .")
    path = tmp_path / "large.ttl"
    path.write_text("\n".join(lines), encoding="utf-8")
    network = read_network(open_dataset(path))
    scene = draw_overview(network, "Large").scene
    rooms = scene.views[0].rooms
    assert [view.detail for view in scene.views] == ["groups"]
    assert sorted(iri for room in rooms for iri in room.all) == sorted(network.entities)
    assert all(len(room.places) <= 120 for room in rooms)
    frames = [Box(room.label, room.width, room.height) for room in rooms]
    assert overlapping(frames, {room.label: room.centre for room in rooms}) == []
    assert draw_overview(network, "Large", flat=True).scene.views[0].detail == "all"
    limited = draw_overview(network, "Large", limit=50).scene
    assert (len(limited.cards), limited.total_entities) == (50, 700)


def test_a_comparison_sets_what_is_said_of_both_between_the_two(built_in: Network) -> None:
    first, second = ID + "meta-platforms", ID + "coreweave"
    found = compare(built_in, first, second)
    places = draw_comparison(built_in, found).scene.views[0].layout.places
    both = [row.end for row in found.rows if row.side == "both" and row.end in places]
    assert both
    assert all(places[first][0] < places[end][0] < places[second][0] for end in both)


def test_a_path_runs_from_left_to_right(built_in: Network) -> None:
    paths = built_in.paths(ID + "apple", ID + "lenders")
    places = draw_paths(built_in, paths).scene.views[0].layout.places
    xs = [places[iri][0] for iri in paths[0].entities]
    assert xs == sorted(xs)
    with pytest.raises(ValueError, match="no path"):
        draw_paths(built_in, [])


def test_a_scenario_stresses_its_claims_alone(built_in: Network) -> None:
    scene = draw_scenario(built_in, ID + "scenario-a").scene
    assert scene.answer == {c.iri for c in built_in.claims if c.scenario == ID + "scenario-a"}


def test_hops_reach_no_farther_than_asked(built_in: Network) -> None:
    scene = draw_around(built_in, [ID + "apple"], "Apple", hops=1).scene
    assert set(scene.cards) == set(built_in.within([ID + "apple"], 1))


def test_empty_and_tiny_graphs_are_drawn(claims_dataset: Dataset) -> None:
    assert "<h1>" in draw_overview(Network((), {}), "Nothing").html
    network = read_network(claims_dataset, include=("stated",))
    one = network.among([next(iter(network.entities))])
    assert len(draw_overview(one, "One").scene.cards) == 1


def test_in_a_notebook_a_map_is_a_closed_frame(overview: Map) -> None:
    frame = overview._repr_html_()
    assert frame.startswith("<iframe")
    assert "allow-same-origin" not in frame
    assert re.fullmatch("<Map 'Overview': 158 entities, [0-9]+ statements between them>", repr(overview))
    assert not re.search(r"<(?!/?iframe)", frame)
