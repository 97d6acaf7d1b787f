"""The graph seen otherwise: some of its documents or voices only, or as it would be in a scenario."""

from __future__ import annotations

__all__: list[str] = []
