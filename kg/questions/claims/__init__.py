"""Questions on a graph with claims: a grammar that refuses what it cannot read, and three-valued answers."""

from __future__ import annotations

__all__: list[str] = []
