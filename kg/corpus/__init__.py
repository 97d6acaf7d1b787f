"""Documents of one's own: kept with their hash and canonical text, read for claims, reviewed by a person."""

from __future__ import annotations

__all__: list[str] = []
