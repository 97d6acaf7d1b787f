"""Maps against pyvis's default page, in one run: size, first picture, panning, a click. Ratios are what counts.

Both draw the same graphs (preferential attachment, two lines an entity, eight classes). Times in the browser are
CPU milliseconds of the page's main thread, from Chromium's own counters; the wall clock is given for the first
picture only. Stock pyvis is stopped after --patience seconds and then said not to have drawn.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from kg.maps import draw_overview
from kg.network import Entity, Network
from kg.results import Claim

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
STEPS = 40


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


def graph(count: int, seed: int = 7) -> tuple[list[str], list[tuple[int, int]]]:
    """Return labels and pairs of a graph by preferential attachment."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    pairs: list[tuple[int, int]] = []
    ends = [0, 1]
    for n in range(2, count):
        for end in {chance.choice(ends), chance.choice(ends)}:
            pairs.append((n, end))
            ends += [n, end]
    names = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel")
    return [f"{names[n % 8]} Holdings {n}" for n in range(count)], pairs


def network(count: int) -> Network:
    labels, pairs = graph(count)
    entities = {f"urn:e{n}": Entity(f"urn:e{n}", label, (f"urn:Class{n % 8}",)) for n, label in enumerate(labels)}
    claims = tuple(
        Claim(
            f"urn:c{n}",
            f"urn:e{a}",
            f"urn:p{n % 9}",
            f"urn:e{b}",
            None,
            f"{labels[a]} joins {labels[b]}",
            "stated",
        )
        for n, (a, b) in enumerate(pairs)
    )
    names = {f"urn:Class{n}": f"class {n}" for n in range(8)} | {f"urn:p{n}": f"relation {n}" for n in range(9)}
    return Network(claims, entities, names)


def stock_page(count: int, folder: Path) -> Path:
    """Write the page pyvis makes when nothing is set, all scripts in the file."""
    from pyvis.network import Network as Stock

    labels, pairs = graph(count)
    stock = Stock(directed=True, cdn_resources="in_line")
    for n, label in enumerate(labels):
        stock.add_node(n, label=label, group=n % 8)
    for n, (a, b) in enumerate(pairs):
        stock.add_edge(a, b, label=f"relation {n % 9}")
    path = folder / f"stock{count}.html"
    path.write_text(stock.generate_html(), encoding="utf-8")
    return path


def our_page(count: int, folder: Path, *, flat: bool) -> Path:
    path = folder / f"kgq{count}{flat}.html"
    return draw_overview(network(count), f"{count} entities", flat=flat).save(path)


def cpu(session: CDPSession) -> float:
    """Return the milliseconds the main thread has worked so far."""
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


def measured(session: CDPSession, page: Page, action: Any) -> float:
    before = cpu(session)
    action()
    page.wait_for_timeout(60)
    return cpu(session) - before


def frames(page: Page) -> int:
    return int(page.evaluate("() => window.frames_drawn"))


def measure(browser: Browser, row: Row, path: Path, patience: float) -> Row:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.route("http*://**", lambda route: route.abort())
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    try:
        ours = row.page != "pyvis"
        ready = "html[data-ready=yes]" if ours else "canvas"
        page.wait_for_selector(ready, timeout=patience * 1000)
        if not ours:
            done = "() => document.getElementById('loadingBar')?.style.display === 'none' || window.settled"
            page.evaluate(
                "() => { network.once('stabilizationIterationsDone', () => { window.settled = true; }); }"
            )
            page.wait_for_function(done, timeout=patience * 1000)
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
    row.click = measured(session, page, lambda: click(page))
    page.close()
    return row


def per_frame(session: CDPSession, page: Page, action: Any) -> float:
    before = frames(page)
    spent = measured(session, page, action)
    return spent / max(1, frames(page) - before)


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
          } else network.selectNodes([0]); }"""
    )


def rows(browser: Browser, sizes: list[int], stock: list[int], patience: float) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in sizes:
            for what in ("kgq flat", "kgq", "pyvis"):
                if (what == "kgq" and count <= 300) or (what == "kgq flat" and count > 2000):
                    continue
                if what == "pyvis" and count not in stock:
                    continue
                start = time.process_time()
                path = (
                    stock_page(count, folder) if what == "pyvis" else our_page(count, folder, flat="flat" in what)
                )
                built = (time.process_time() - start) * 1000
                row = Row(what, count, built, path.stat().st_size / 1000)
                yield measure(browser, row, path, patience)


def main() -> None:
    """Print the table, and ratios to pyvis where both drew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,500,1000,2000,10000", help="entities of each graph")
    parser.add_argument("--stock", default="100", help="sizes for stock pyvis too (slow from 500 up)")
    parser.add_argument("--patience", type=float, default=30.0, help="seconds before a page counts as not drawn")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    stock = [int(size) for size in options.stock.split(",") if size]
    head = ("page", "entities", "build ms", "KB", "first wall", "first CPU", "pan", "zoom", "click")
    print("  ".join(f"{name:>10}" for name in head))
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for row in rows(browser, sizes, stock, options.patience):
            found.append(row)
            times = [row.wall, row.first, row.pan, row.zoom, row.click]
            cells = ["never" if value is None else f"{value:.1f}" for value in times]
            print(
                "  ".join(
                    f"{c:>10}" for c in (row.page, row.entities, f"{row.build:.0f}", f"{row.size:.0f}", *cells)
                )
            )
        browser.close()
    for stock_row in (row for row in found if row.page == "pyvis"):
        ours = next(row for row in found if row.page != "pyvis" and row.entities == stock_row.entities)
        if ours.first and stock_row.first:
            print(f"{stock_row.entities} entities: first picture {ours.first / stock_row.first:.2f} x pyvis's CPU")


if __name__ == "__main__":
    main()
