"""The graph for AI assistants: read-only tools over the Model Context Protocol, each fact with its quote."""

from __future__ import annotations

__all__: list[str] = []
