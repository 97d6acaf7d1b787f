"""A drawn map: a page to save, to open, or to show in a notebook."""

from __future__ import annotations

import html as html_text
import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.maps.page import render
from kg.maps.scene import Scene

__all__ = ["Map"]


@dataclass(frozen=True, repr=False)
class Map:
    """A drawn map. In a notebook it shows itself.

    Attributes:
        scene: what is drawn.
    """

    scene: Scene

    def __repr__(self) -> str:
        """Say what is drawn, in one line."""
        cards, lines = len(self.scene.cards), sum(len(line.claims) for line in self.scene.lines)
        return f"<Map {self.scene.title!r}: {cards} entities, {lines} statements between them>"

    @cached_property
    def html(self) -> str:
        """The page, complete: the same scene gives the same text."""
        return render(self.scene)

    @property
    def slug(self) -> str:
        """A file name for the map, made from its title."""
        plain = unicodedata.normalize("NFKD", self.scene.title).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "map"

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, whole or not at all, and return its path.

        Raises:
            OSError: the file cannot be written.
        """
        target = Path(path)
        page = self.html.encode("utf-8", errors="replace")
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(page)
            part.chmod(0o644)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return target

    def _repr_html_(self) -> str:
        """Show the map in a notebook: in a frame of its own, so that neither page can touch the other."""
        page = html_text.escape(self.html, quote=True)
        title = html_text.escape(self.scene.title, quote=True)
        frame = 'width="100%" height="640" frameborder="0" sandbox="allow-scripts allow-downloads allow-popups"'
        return f'<iframe title="{title}" {frame} srcdoc="{page}"></iframe>'
