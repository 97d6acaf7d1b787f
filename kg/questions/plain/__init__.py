"""Questions on plain RDF: a beam of typed readings, joined along the schema as the data uses it."""

from __future__ import annotations

__all__: list[str] = []
