"""A report: the answers to a pack of questions with their quotes, the conflicts and a picture, as one page."""

from __future__ import annotations

__all__: list[str] = []
