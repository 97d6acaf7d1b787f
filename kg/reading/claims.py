"""A folder of claims as quads: built the way ``kgq build`` does it, or refused."""

from __future__ import annotations

from pathlib import Path

from kg.building.build import build
from kg.building.sources import read_sources
from kg.errors import SourceError
from kg.reading.quads import QuadStream

__all__ = ["claims_quads"]


def claims_quads(folder: Path) -> QuadStream:
    """Return the graph of a folder of claims, inferences included.

    Raises:
        SourceError: something in the folder is wrong; the first problem, and how many more there are.
    """
    built = build(read_sources(folder))
    errors = [problem for problem in built.problems if problem.severity == "error"]
    if errors:
        first = errors[0]
        more = f" ({len(errors) - 1} more: see `kgq check {folder}`)" if len(errors) > 1 else ""
        message = f"{first.message}; {first.remedy}{more}" if first.remedy else f"{first.message}{more}"
        raise SourceError(f"{message.rstrip('.')}.", path=first.file or str(folder), line=first.line)
    return QuadStream(str(folder), built.dataset.engine.quads(), lambda: dict(built.dataset.prefixes))
