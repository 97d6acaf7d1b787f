"""The store on disk: a folder with a marker, the engine's files, and snapshots for those who read."""

from __future__ import annotations

__all__: list[str] = []
