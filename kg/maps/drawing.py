"""The maps kgq draws: of a whole graph, around entities, of an answer, a path, a comparison, a scenario."""

from __future__ import annotations

import html as html_text
import os
import re
import tempfile
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath

from kg.maps.page import render
from kg.maps.scene import Scene, make_scene
from kg.maps.views import add_views
from kg.network import Comparison, Network, Path

__all__ = ["Map", "draw_overview"]


@dataclass(frozen=True)
class Map:
    """A drawn map. In a notebook it shows itself.

    Attributes:
        scene: what is drawn.
    """

    scene: Scene

    @cached_property
    def html(self) -> str:
        """The page, complete: the same scene gives the same text."""
        return render(self.scene)

    @property
    def slug(self) -> str:
        """A file name for the map, made from its title."""
        plain = unicodedata.normalize("NFKD", self.scene.title).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "map"

    def save(self, path: str | FilePath) -> FilePath:
        """Write the page to a file, whole or not at all, and return its path.

        Raises:
            OSError: the file cannot be written.
        """
        target = FilePath(path)
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
                file.write(self.html)
            FilePath(part).chmod(0o644)
            FilePath(part).replace(target)
        except BaseException:
            FilePath(part).unlink(missing_ok=True)
            raise
        return target

    def _repr_html_(self) -> str:
        """Show the map in a notebook: a frame of its own, so that neither page can touch the other."""
        page = html_text.escape(self.html, quote=True)
        title = html_text.escape(self.scene.title, quote=True)
        frame = 'width="100%" height="640" frameborder="0" sandbox="allow-scripts allow-downloads allow-popups"'
        return f'<iframe title="{title}" {frame} srcdoc="{page}"></iframe>'


def draw_overview(network: Network, title: str, subtitle: str = "") -> Map:
    """Return the map of a whole network.

    >>> draw_overview(Network((), {}), "Nothing").slug
    'nothing'

    Args:
        network: what to draw.
        title: what the page is called.
        subtitle: one line below it.
    """
    return Map(add_views(make_scene(network, title, subtitle, hidden_kinds=("inferred", "background"))))
