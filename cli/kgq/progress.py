"""How far something long has come, on one line of a terminal; nothing where standard error goes elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.store.loading import Progress

__all__ = ["ProgressLine", "size_text"]

_STEPS = {
    "load": "loading",
    "optimize": "putting in order",
    "remove": "removing",
    "count": "counting classes and properties",
    "names": "reading names",
    "things": "making the index of names",
    "words": "putting words in order",
    "backup": "writing",
    "restore": "reading",
}


class ProgressLine:
    """One line that is written over and over.

    Args:
        quiet: whether to write nothing.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._begun = False
        self.what = ""

    def __call__(self, progress: Progress) -> None:
        """Show how far it is."""
        if not self._shown:
            return
        parts = [_STEPS.get(progress.step, progress.step) + (f" {self.what}" if self.what else "")]
        if progress.total:
            parts.append(f"{100 * progress.done // progress.total} %")
        if progress.done and progress.seconds > 0:
            rate = progress.done / progress.seconds
            parts.append(f"{size_text(int(rate))}/s")
            parts.append(f"{_time_text((progress.total - progress.done) / rate)} left")
        sys.stderr.write(f"\r\x1b[K{', '.join(parts)}")
        sys.stderr.flush()
        self._begun = True

    def step(self, step: str, done: int, total: int) -> None:
        """Show how far a step is, without a rate: what is done is not bytes."""
        from kg.store.loading import Progress

        self(Progress(step, done, total))

    def close(self) -> None:
        """Remove the line."""
        if self._begun:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._begun = False


def size_text(size: int) -> str:
    """Return bytes as people read them.

    >>> size_text(1536), size_text(12)
    ('1.5 KB', '12 bytes')
    """
    value, unit = float(size), "bytes"
    for larger in ("KB", "MB", "GB", "TB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{size} bytes" if unit == "bytes" else f"{value:.1f} {unit}"


def _time_text(seconds: float) -> str:
    """Return a time to go.

    >>> _time_text(75)
    '1:15'
    """
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
