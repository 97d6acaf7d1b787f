"""A real browser for maps: Debian's Chromium, driven by Playwright; and the maps of the built-in graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.knowledge_graph import open_graph
from kg.maps import Map, draw_overview
from kg.maps import gallery as draw_gallery
from kg.network import Network, read_network

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@dataclass
class Opened:
    """A page with a map, and everything it complained about or asked for."""

    page: Page
    trouble: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __call__(self, script: str) -> Any:
        return self.page.evaluate(script)


Open = Callable[..., Opened]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a map in a window; no page may complain, ask the network for anything, or be hurt."""
    opened: list[Opened] = []

    def show(drawn: Map | str, fragment: str = "", **options: Any) -> Opened:
        path = tmp_path / f"map{len(opened)}.html"
        path.write_text(drawn if isinstance(drawn, str) else drawn.html, encoding="utf-8")
        size = options.pop("size", (1440, 900))
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, **options)
        found = Opened(page)
        opened.append(found)
        page.on("console", lambda m: found.trouble.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: found.trouble.append(str(error)))
        page.on("dialog", lambda dialog: found.trouble.append(dialog.message))
        page.on(
            "request", lambda r: None if r.url.startswith(("file:", "blob:")) else found.requests.append(r.url)
        )
        page.goto(path.as_uri() + fragment)
        if options.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready=yes]")
        return found

    yield show
    for each in opened:
        assert each.trouble == []
        assert each.requests == []
        each.page.close()


@pytest.fixture(scope="session")
def network() -> Network:
    return read_network(open_graph().dataset, include=("stated", "inferred", "background"))


@pytest.fixture(scope="session")
def overview(network: Network) -> Map:
    return draw_overview(network, "How AI data centers are built out")


@pytest.fixture(scope="session")
def gallery() -> dict[str, Map]:
    return dict(draw_gallery(open_graph()))
