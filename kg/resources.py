"""Finds the data that ships with kgq: inside the wheel, or in the checkout. The one place that knows."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ontology_folder"]


def ontology_folder() -> Path:
    """Return the folder of ontology files, rules and the built graph.

    >>> (ontology_folder() / "core.ttl").is_file()
    True
    """
    packaged = Path(__file__).parent / "ontology"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "ontology"
