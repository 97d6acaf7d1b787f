"""Maps against pyvis's default page, in one run: size, first picture, panning, a click.

Both draw the same network, which kgq reads of the bench's graph. Times in the browser are CPU milliseconds of the
page's main thread, from Chromium's own counters; the wall clock is given for the first picture only. A page that is
not there after PATIENCE seconds is said not to have drawn.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

import kg
from bench.graph import TRIPLES_EACH, write_graph
from bench.measuring import timed
from bench.results import Curve, Result, Table
from bench.workplace import Workplace
from kg.maps import draw_overview
from kg.network import Network, read_network

__all__ = ["FLAGS", "measure"]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
STEPS = 40
PATIENCE = 60.0
THINGS_EACH = 10
"""Things for each company of the graph."""


@dataclass
class Row:
    """What was measured of one page; milliseconds, None where it never drew."""

    page: str
    entities: int
    build: float
    size: float
    wall: float | None = None
    first: float | None = None
    pan: float | None = None
    zoom: float | None = None
    click: float | None = None


def network(count: int, folder: Path) -> Network:
    """Return the network of a graph with about so many things."""
    path = folder / f"{count}.nt"
    write_graph(path, count * TRIPLES_EACH // THINGS_EACH)
    return read_network(kg.open_graph(path, cache=False).dataset)


def stock_page(shown: Network, folder: Path) -> Path:
    """Write the page that pyvis makes when nothing is set, all scripts in the file."""
    from pyvis.network import Network as Stock

    stock = Stock(directed=True, cdn_resources="in_line")
    for iri, entity in shown.entities.items():
        stock.add_node(iri, label=entity.label, group="".join(entity.classes))
    for claim in shown.edges:
        stock.add_edge(claim.subject, claim.object, label=shown.label(claim.predicate))
    path = folder / "stock.html"
    path.write_text(stock.generate_html(), encoding="utf-8")
    return path


def our_page(shown: Network, folder: Path, *, flat: bool) -> Path:
    """Write the page that kgq makes."""
    return draw_overview(shown, f"{len(shown.entities)} entities", flat=flat).save(folder / "kgq.html")


def cpu(session: CDPSession) -> float:
    """Return the milliseconds the main thread has worked so far."""
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


def spent(session: CDPSession, page: Page, action: Any) -> float:
    before = cpu(session)
    action()
    page.wait_for_timeout(60)
    return cpu(session) - before


def frames(page: Page) -> int:
    return int(page.evaluate("() => window.frames_drawn"))


def draw(browser: Browser, row: Row, path: Path) -> Row:
    """Open a page and fill in what was measured of it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.route("http*://**", lambda route: route.abort())
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    try:
        ours = row.page != "pyvis"
        ready = "html[data-ready=yes]" if ours else "canvas"
        page.wait_for_selector(ready, timeout=PATIENCE * 1000)
        if not ours:
            done = "() => document.getElementById('loadingBar')?.style.display === 'none' || window.settled"
            page.evaluate(
                "() => { network.once('stabilizationIterationsDone', () => { window.settled = true; }); }"
            )
            page.wait_for_function(done, timeout=PATIENCE * 1000)
    except Exception:  # noqa: BLE001 - a page that never draws is a result, whatever the browser calls it
        page.close()
        return row
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    row.wall = (time.perf_counter() - start) * 1000
    row.first = cpu(session)
    page.evaluate(
        """() => { window.frames_drawn = 0;
          const shown = globalThis.kgqMap ? kgqMap.network() : network;
          shown.on("afterDrawing", () => { window.frames_drawn += 1; }); }"""
    )
    page.wait_for_timeout(400)
    row.pan = per_frame(session, page, lambda: drag(page))
    row.zoom = per_frame(session, page, lambda: wheel(page))
    page.wait_for_timeout(400)
    row.click = spent(session, page, lambda: click(page))
    page.close()
    return row


def per_frame(session: CDPSession, page: Page, action: Any) -> float:
    before = frames(page)
    used = spent(session, page, action)
    return used / max(1, frames(page) - before)


def drag(page: Page) -> None:
    page.mouse.move(*empty_spot(page))
    page.mouse.down()
    for step in range(STEPS):
        page.mouse.move(640 + step * 3, 60 + step * 2)
    page.mouse.up()


def empty_spot(page: Page) -> tuple[float, float]:
    """Return a place on the map where no card is: dragging a card moves it, not the picture."""
    spot = page.evaluate(
        """() => { if (!globalThis.kgqMap) return [640, 790];
          const box = document.getElementById("map").getBoundingClientRect();
          for (let y = box.top + 8; y < box.bottom; y += 7) for (let x = box.left + 8; x < box.right; x += 9)
            if (kgqMap.network().getNodeAt({ x: x - box.left, y: y - box.top }) === undefined) return [x, y];
          return [box.left + 4, box.top + 4]; }"""
    )
    return float(spot[0]), float(spot[1])


def wheel(page: Page) -> None:
    page.mouse.move(640, 400)
    for _ in range(12):
        page.mouse.wheel(0, -60)
        page.wait_for_timeout(16)


def click(page: Page) -> None:
    page.evaluate(
        """() => { if (globalThis.kgqMap) {
            const { nodes, shown } = kgqMap;
            const hub = shown.nodes.reduce((a, b) => (nodes[b].n > nodes[a].n ? b : a), shown.nodes[0]);
            if (hub !== undefined) kgqMap.choose({ node: hub });
          } else {
            const degree = (id) => network.getConnectedEdges(id).length;
            network.selectNodes([nodes.getIds().reduce((a, b) => (degree(b) > degree(a) ? b : a))]); } }"""
    )


def rows(browser: Browser, sizes: list[int], stock: list[int]) -> Iterator[Row]:
    """Draw and measure each page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in sizes:
            shown = network(count, folder)
            pages: dict[str, Callable[[], Path]] = {
                "kgq, flat": lambda: our_page(shown, folder, flat=True),  # noqa: B023 - called within the turn
                "kgq, grouped": lambda: our_page(shown, folder, flat=False),  # noqa: B023
                "pyvis": lambda: stock_page(shown, folder),  # noqa: B023
            }
            if count <= 300:  # too few to be grouped
                del pages["kgq, grouped"]
            if count > 2000:  # too many to be drawn one by one
                del pages["kgq, flat"]
            if count not in stock:
                del pages["pyvis"]
            for page, make in pages.items():
                made = timed(lambda: make().stat().st_size)  # noqa: B023
                path = folder / ("stock.html" if page == "pyvis" else "kgq.html")
                row = Row(page, len(shown.entities), made.cpu * 1000, made.output / 1000)
                yield draw(browser, row, path)


def measure(place: Workplace, sizes: list[int], stock: list[int]) -> Result:
    """Draw maps in Chromium, beside pyvis's own page."""
    result = Result(
        "maps", "Maps",
        "Making a page from a network that was read is CPU ms in Python; the rest is CPU ms of the page's main thread in headless"
        " Chromium, without a GPU (and, once, by the clock). Frames a second are what that CPU time allows while panning."
        " pyvis draws the same network as it comes; the page stands still when its physics have settled.",
        missing=place.peers.absent("chromium"),
    )  # fmt: skip
    if not place.peers.chromium:
        return result
    table = Table(
        "Maps",
        [
            "page", "entities", "made, ms", "KB", "first picture, ms", "by the clock",
            "a frame of panning, ms", "of zooming, ms", "frames/s", "a click, ms",
        ],
    )  # fmt: skip
    curve = Curve("First picture, CPU ms", "entities", "ms", name="maps")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place.peers.chromium, args=FLAGS)
        for row in rows(browser, sizes, stock):
            pace = 1000 / row.pan if row.pan else None
            table.rows.append(
                [
                    row.page,
                    row.entities,
                    row.build,
                    row.size,
                    row.first,
                    row.wall,
                    row.pan,
                    row.zoom,
                    pace,
                    row.click,
                ]
            )
            if row.first:
                curve.series.setdefault(row.page, []).append((row.entities, row.first))
        browser.close()
    result.tables.append(table)
    result.curves.append(curve)
    return result
