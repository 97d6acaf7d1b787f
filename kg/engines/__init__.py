"""Engines that answer SPARQL, behind one interface. Each module imports its own package itself."""

from __future__ import annotations

from kg.engines.base import Engine

__all__ = ["Engine"]
