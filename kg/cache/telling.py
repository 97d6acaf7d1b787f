"""What is told while something long is made for the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Tell", "say_nothing"]

Tell: TypeAlias = Callable[[str, int, int], None]
"""Told of a step, how much of it is done, and of how much; 0 where that is not known.

The steps are ``count``, ``names``, ``things`` and ``words``.
"""


def say_nothing(step: str, done: int, total: int) -> None:
    """Tell nobody."""
