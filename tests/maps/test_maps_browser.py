"""Maps in a real browser: what is seen, and what can be done with it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.maps import Map, draw_overview
from kg.network import Network, read_network
from kg.opening import open_dataset

pytestmark = pytest.mark.slow
ID = "https://w3id.org/kgq/id/"
GALLERY = (
    "overview", "risk", "scenario-a", "scenario-b", "scenario-c", "answer-capex-risk", "compare-meta-coreweave",
    "path-apple-lenders",
)  # fmt: skip
Open = Callable[..., Any]

CROSSINGS = """() => {
  const lines = kgqMap.lines();
  const side = (p, q, r) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  const meet = (a, b, c, d) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
  let found = 0;
  lines.forEach((one, n) => lines.slice(0, n).forEach((other) => {
    if ([one.from, one.to].some((end) => end === other.from || end === other.to)) return;
    const crossing = one.points.some((p, i) => i && other.points.some((q, j) => (
      j && meet(one.points[i - 1], p, other.points[j - 1], q))));
    if (crossing) found += 1;
  }));
  return found;
}"""
UNDER = """() => kgqMap.lines().flatMap((line) => kgqMap.places()
  .filter((p) => p.id !== line.from && p.id !== line.to && line.points.some(([x, y]) => (
    Math.abs(x - p.x) < p.w / 2 - 1 && Math.abs(y - p.y) < p.h / 2 - 1)))
  .map((p) => [line.id, p.label]))"""
LABELS = """() => {
  const scale = kgqMap.network().getScale(), places = kgqMap.places();
  const context = document.createElement("canvas").getContext("2d");
  const over = [], wide = [];
  places.forEach((a, n) => {
    places.slice(0, n).forEach((b) => {
      const apart = Math.abs(a.x - b.x) >= (a.w + b.w) / 2 || Math.abs(a.y - b.y) >= (a.h + b.h) / 2;
      if (!apart) over.push([a.label, b.label]);
    });
    const node = kgqMap.nodes[a.id];
    const family = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "Noto Sans", sans-serif';
    context.font = `${node.strong ? "bold " : ""}${a.size}px ${family}`;
    node.lines.forEach((line) => { if (context.measureText(line).width > a.w - 33) wide.push(line); });
  });
  return { smallest: Math.min(...places.map((p) => p.size)) * scale, over, wide, count: places.length };
}"""


STATE = """() => {
  const { view, node, hops, off } = kgqMap.state;
  return [view, node, hops, [...off].sort(), kgqMap.shown.nodes];
}"""


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_map_opens_without_complaint_or_request(
    gallery: dict[str, Map], show: Open, name: str, scheme: str
) -> None:
    opened = show(gallery[name], color_scheme=scheme)
    assert opened("() => document.documentElement.dataset.theme") == scheme
    assert opened("() => kgqMap.shown.nodes.length") > 1


def test_the_gallery_here_is_the_whole_gallery(gallery: dict[str, Map]) -> None:
    assert set(GALLERY) == set(gallery)


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("size", [(1440, 900), (1680, 950), (390, 844)], ids=["laptop", "wide", "phone"])
def test_labels_are_readable_at_rest_and_do_not_overlap(
    gallery: dict[str, Map], show: Open, name: str, size: tuple[int, int]
) -> None:
    found = show(gallery[name], size=size)(LABELS)
    assert found["count"] <= 60
    assert found["over"] == []
    assert found["wide"] == []
    assert found["smallest"] >= 12


@pytest.mark.parametrize("name", GALLERY)
def test_lanes_cross_no_more_than_the_organic_layout_and_run_under_no_card(
    gallery: dict[str, Map], show: Open, name: str
) -> None:
    views = {view.name for view in gallery[name].scene.views}
    for detail in gallery[name].scene.details:
        most = show(gallery[name], f"#view=organic-{detail}")(CROSSINGS)
        for layout in {f"lanes-{detail}", f"tall-{detail}"} & views:
            opened = show(gallery[name], f"#view={layout}", size=(390, 844) if "tall" in layout else (1440, 900))
            assert opened(CROSSINGS) <= most, layout
            assert opened(UNDER) == [], layout


def test_a_phone_says_that_there_is_more_and_starts_with_what_the_map_is_about(
    gallery: dict[str, Map], show: Open
) -> None:
    opened = show(gallery["answer-capex-risk"], size=(390, 844))
    assert opened.page.locator("#note").inner_text() == "Drag to see the rest"
    seen = opened("""() => {
      const box = document.getElementById("map").getBoundingClientRect();
      const seeds = kgqMap.places().filter((p) => kgqMap.nodes[p.id].seed);
      return seeds.map((p) => [p, kgqMap.network().canvasToDOM(p)])
        .filter(([, { x, y }]) => x > 0 && y > 0 && x < box.width && y < box.height).map(([p]) => p.label);
    }""")
    assert "capex risk" in seen


def test_find_takes_an_alias_and_enter_shows_the_entity(overview: Map, show: Open) -> None:
    page = show(overview).page
    page.keyboard.press("/")
    page.keyboard.type("META")
    assert page.locator("#found li").first.inner_text().startswith("Meta Platforms")
    page.keyboard.press("Enter")
    assert page.locator("#panel .title").inner_text() == "Meta Platforms"


def test_find_reaches_what_the_overview_leaves_out(overview: Map, show: Open) -> None:
    opened = show(overview)
    opened.page.fill("#search", "legacy constr")
    opened.page.press("#search", "Enter")
    assert opened.page.locator("#panel .title").inner_text() == "legacy constraints"
    assert opened("() => kgqMap.data.views[kgqMap.state.view].detail") == "all"


def test_a_filter_hides_a_class_and_says_so(overview: Map, show: Open) -> None:
    opened = show(overview)
    before = opened("() => kgqMap.shown.nodes.length")
    opened.page.locator("#legend label", has_text="company").click()
    assert opened("() => kgqMap.shown.nodes.length") == before - 7
    assert f"{before - 7} of 158 entities" in opened.page.locator("#counts").inner_text()


def test_filters_hide_relations_kinds_and_scenarios(overview: Map, show: Open) -> None:
    opened = show(overview)
    for text, test in (
        ("belongs to", "(e) => kgqMap.data.relationFamilies[kgqMap.data.relations[e.r].f] === 'belongs to'"),
        ("in Scenario A", "(e) => kgqMap.data.scenarios[e.s] === 'Scenario A'"),
        ("stated", "(e) => kgqMap.data.kinds[e.k] === 'stated'"),
    ):
        some = f"() => kgqMap.shown.edges.some((i) => ({test})(kgqMap.edges[i]))"
        assert opened(some), text
        opened.page.locator("#legend label", has_text=text).first.click()
        assert not opened(some), text


def test_a_click_on_a_line_shows_its_quote_heading_and_position(
    network: Network, overview: Map, show: Open
) -> None:
    opened = show(overview)
    claim = next(c for c in network.claims if c.identifier == "F089")
    number = list(network.claims).index(claim)
    x, y = opened(f"""() => {{
      const line = kgqMap.lines().find((l) => kgqMap.edges[l.id].c.includes({number}));
      const [x, y] = line.points[line.points.length - 4];
      const at = kgqMap.network().canvasToDOM({{ x, y }});
      const box = document.getElementById("map").getBoundingClientRect();
      return [at.x + box.left, at.y + box.top];
    }}""")
    opened.page.mouse.click(x, y)
    panel = opened.page.locator("#panel").inner_text()
    assert claim.text in panel
    assert f"“{claim.evidence[0].quote}”" in panel
    assert claim.evidence[0].heading in panel
    assert f"{claim.evidence[0].start}–{claim.evidence[0].end}" in panel


def test_every_statement_opens_its_quotes_in_two_clicks(network: Network, overview: Map, show: Open) -> None:
    """One click on a line opens its statements with their quotes, or the proof with the quotes at its leaves."""
    told = show(overview, "#view=lanes-all&off=")(
        """() => Object.fromEntries(kgqMap.edges.flatMap((edge, i) => {
          kgqMap.choose({ edge: i });
          const items = [...document.querySelectorAll("#panel ul.claims")[0].children];
          return edge.c.map((c, n) => [c, [...items[n].querySelectorAll("blockquote")].map((q) => q.textContent)]);
        }))"""
    )
    for number, claim in enumerate(network.claims):
        if claim.object is not None:
            quotes = told[str(number)]
            assert {f"“{e.quote}”" for e in claim.quotes} <= set(quotes), claim.identifier


def test_an_inferred_line_shows_its_rule_and_premises(network: Network, overview: Map, show: Open) -> None:
    opened = show(overview, "#off=")
    claim = next(c for c in network.claims if c.kind == "inferred" and c.object == ID + "capex-risk")
    number = list(network.claims).index(claim)
    opened(f"() => kgqMap.choose({{ edge: kgqMap.edges.findIndex((e) => e.c.includes({number})) }})")
    panel = opened.page.locator("#panel").inner_text()
    assert "Follows by:" in panel
    for premise in claim.because[0].premises:
        assert premise.text in panel


def test_a_path_between_two_lights_up_and_tells_each_hop(overview: Map, show: Open) -> None:
    opened = show(overview)
    opened.page.fill("#search", "Apple")
    opened.page.press("#search", "Enter")
    opened.page.get_by_role("button", name="Path from here").click()
    opened.page.fill("#search", "lenders")
    opened.page.press("#search", "Enter")
    ends = opened("() => kgqMap.state.path.nodes.map((i) => kgqMap.nodes[i].label)")
    assert (ends[0], ends[-1]) == ("Apple", "lenders")
    assert opened("() => kgqMap.focus.edges.size") >= len(ends) - 1
    assert opened.page.locator("#panel blockquote").count() >= len(ends) - 1
    assert "path=apple%7Clenders" in opened.page.url


def test_hops_widen_the_focus(overview: Map, show: Open) -> None:
    opened = show(overview, "#at=apple")
    sizes = []
    for key in "123":
        opened.page.keyboard.press(key)
        sizes.append(opened("() => kgqMap.focus.nodes.size"))
    assert sizes[0] < sizes[1] < sizes[2]


def test_the_table_lists_every_statement_with_and_without_scripts(
    network: Network, overview: Map, show: Open
) -> None:
    opened = show(overview)
    opened.page.keyboard.press("t")
    assert opened.page.locator("#table tbody tr:visible").count() == len(network.claims)
    bare = show(overview, java_script_enabled=False).page
    assert bare.locator("#table tbody tr:visible").count() == len(network.claims)
    assert bare.locator("#stage:visible, #tools:visible").count() == 0


def test_a_link_restores_the_view(overview: Map, show: Open) -> None:
    opened = show(overview)
    opened("() => { kgqMap.focusOn(kgqMap.nodes.findIndex((n) => n.label === 'CoreWeave'), true); }")
    for key in ("2", "l", "k"):
        opened.page.keyboard.press(key)
    opened.page.locator("#legend label", has_text="company").first.click()
    wanted = opened(STATE)
    again = show(overview, "#" + opened.page.url.partition("#")[2])
    found = again(STATE)
    assert found[:3] == wanted[:3]
    assert set(found[4]) >= set(wanted[4])


@pytest.mark.parametrize(
    "fragment", ["#at=nobody", "#path=a|b", "#view=x&off=zz&hidden=%00|&hops=99&open=-1", "#line=|||"]
)
def test_a_broken_link_opens_the_map_all_the_same(overview: Map, show: Open, fragment: str) -> None:
    assert show(overview, fragment)("() => kgqMap.shown.nodes.length") > 10


def test_the_vector_drawing_shows_what_the_screen_shows(overview: Map, show: Open) -> None:
    opened = show(overview)
    root = ElementTree.fromstring(opened("() => kgqMap.svgText()"))  # noqa: S314 - our own text
    words = "".join(root.itertext())
    cards, lines = opened(
        "() => [kgqMap.shown.nodes.map((i) => kgqMap.nodes[i].lines[0]), kgqMap.shown.edges.length]"
    )
    assert all(label in words for label in cards)
    curves = [e for e in root.iter() if "C" in e.get("d", "") and e.get("fill") == "none"]
    assert len(curves) == lines
    assert not [e for e in root.iter() if e.tag.endswith(("image", "script", "foreignObject"))]


def test_the_picture_is_saved_at_double_size(overview: Map, show: Open) -> None:
    opened = show(overview)
    opened.page.get_by_role("button", name="More").click()
    with opened.page.expect_download() as waiting:
        opened.page.get_by_role("button", name="PNG picture").click()
    path = waiting.value.path()
    data = Path(path).read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") > 2000


def test_everything_can_be_done_by_key(overview: Map, show: Open) -> None:
    opened = show(overview)
    page = opened.page
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    first = page.locator("#panel .title").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator("#panel .title").inner_text()
    assert first != second
    page.keyboard.press("]")
    assert opened("() => kgqMap.state.edge") is not None
    page.keyboard.press("Escape")
    assert not page.locator("#panel").is_visible()
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    assert opened("() => kgqMap.state.theme") == "dark"


def test_hide_and_reset(overview: Map, show: Open) -> None:
    opened = show(overview, "#at=coreweave")
    before = opened("() => kgqMap.shown.nodes.length")
    opened.page.get_by_role("button", name="Hide").click()
    assert opened("() => kgqMap.shown.nodes.length") == before - 1
    opened.page.keyboard.press("r")
    assert opened("() => kgqMap.shown.nodes.length") == before


def test_nothing_moves_after_the_first_picture(overview: Map, show: Open) -> None:
    opened = show(overview)
    opened.page.wait_for_timeout(300)
    opened("() => { window.drawn = 0; kgqMap.network().on('afterDrawing', () => { window.drawn += 1; }); }")
    opened.page.wait_for_timeout(1200)
    assert opened("() => window.drawn") == 0


def test_labels_of_lines_in_focus_cover_nothing(overview: Map, show: Open) -> None:
    opened = show(overview, "#at=merchants")
    opened.page.wait_for_timeout(500)
    boxes = opened("() => kgqMap.labels().map((label) => label.box)")
    assert len(boxes) >= 5
    for number, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[:number]:
            assert right <= other[0] or left >= other[2] or bottom <= other[1] or top >= other[3]


def test_printing_gives_a_light_map_and_the_table(overview: Map, show: Open) -> None:
    opened = show(overview, color_scheme="dark")
    opened("() => window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened("() => kgqMap.state.theme") == "light"
    assert opened.page.locator("#table").is_visible()
    assert not opened.page.locator("#tools").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("step", ["at rest", "details", "table", "phone"])
def test_axe_finds_nothing_to_complain_about(overview: Map, show: Open, scheme: str, step: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    size = (390, 844) if step == "phone" else (1440, 900)
    opened = show(overview, "#at=coreweave" if step == "details" else "", color_scheme=scheme, size=size)
    if step == "table":
        opened.page.keyboard.press("t")
    opened.page.wait_for_timeout(250)
    found = Axe().run(opened.page).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []


def test_a_phone_shows_readable_cards_and_a_sheet(overview: Map, show: Open) -> None:
    opened = show(overview, size=(390, 844), has_touch=True)
    assert opened(LABELS)["smallest"] >= 12
    opened("() => kgqMap.focusOn(kgqMap.nodes.findIndex((n) => n.label === 'CoreWeave'), true)")
    box = opened.page.locator("#panel").bounding_box()
    assert box is not None
    assert box["y"] > 300
    assert opened("() => document.documentElement.scrollWidth") <= 390


def large(folder: Path, classes: int) -> Map:
    lines = [f"<urn:e{n}> a <urn:Class{n % classes}> ; <urn:p> <urn:e{n * 7 % 800}> ." for n in range(800)]
    path = folder / "large.ttl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return draw_overview(read_network(open_dataset(path)), "Large")


def test_a_large_graph_opens_as_groups_and_counts_honestly(tmp_path: Path, show: Open) -> None:
    opened = show(large(tmp_path, classes=4))
    counts = opened.page.locator("#counts")
    assert "0 of 800 entities" in counts.inner_text()
    opened.page.locator("#legend button.link").first.click()
    assert "120 of 800 entities" in counts.inner_text()
    assert opened("() => kgqMap.places().every((p) => Number.isFinite(p.x))")
    opened.page.locator("#legend button.link").first.click()
    assert "0 of 800 entities" in counts.inner_text()


def test_find_shows_what_a_room_leaves_out_with_its_neighbours(tmp_path: Path, show: Open) -> None:
    opened = show(large(tmp_path, classes=2))
    room = "kgqMap.data.views[0].groups[0]"
    left_out = opened(f"() => kgqMap.nodes[{room}.all.find((i) => !{room}.members.includes(i))].label")
    opened.page.fill("#search", left_out)
    opened.page.press("#search", "Enter")
    assert opened.page.locator("#panel .title").inner_text() == left_out
    assert opened("() => kgqMap.focus.edges.size") >= 1
    assert opened("() => kgqMap.network().getScale()") >= 0.5
    for key in ("ArrowLeft", "2", "r"):
        opened.page.keyboard.press(key)


def test_in_a_notebook_the_map_draws_in_its_frame(overview: Map, show: Open) -> None:
    opened = show(
        f"<!DOCTYPE html><html data-ready='yes'><title>n</title><body>{overview._repr_html_()}</body></html>"
    )
    frame = opened.page.frames[1]
    frame.wait_for_selector("html[data-ready=yes]")
    assert frame.evaluate("() => kgqMap.shown.nodes.length") > 10
