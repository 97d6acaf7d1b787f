"""What writing a graph or a table came to."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Export"]


@dataclass(frozen=True, slots=True)
class Export:
    """A graph or a table, written out.

    Attributes:
        data: the bytes.
        losses: what the format could not hold, one sentence each.
    """

    data: bytes
    losses: tuple[str, ...] = ()
