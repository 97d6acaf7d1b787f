"""What was written, what of it readers see, and what was acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

__all__ = ["Commits"]

_PAUSE = 2.0
_SHOWN = 200


class Commits:
    """Counts commits, and keeps what the log will say of those that no snapshot holds yet.

    Attributes:
        done: commits so far, those included of which nobody knows whether they are on the disk.
        acknowledged: the last of them that a client was told of.
        seen: the last one that the newest snapshot holds.
        updates: what those after it were.

    >>> commits = Commits()
    >>> commits.add("update", ["INSERT DATA { <e:a> <e:p> 1 }"], sure=False)
    >>> commits.failed([])
    >>> commits.current, commits.bearable
    (False, True)
    """

    def __init__(self) -> None:
        self.done = self.acknowledged = self.seen = 0
        self.updates: list[str] = []
        self._again = 0.0

    @property
    def current(self) -> bool:
        """Whether the newest snapshot holds every commit."""
        return self.done == self.seen

    @property
    def bearable(self) -> bool:
        """Whether the newest snapshot will do: no better one can be made, and nothing acknowledged is missing."""
        return self.seen >= self.acknowledged and monotonic() < self._again

    def add(self, verb: str, arguments: Sequence[Any], *, sure: bool) -> None:
        """Note a commit; ``sure`` if it is acknowledged, not if nobody knows whether it was done."""
        told = (
            " ".join(str(arguments[0]).split())
            if verb == "update"
            else f"{verb} {arguments[0] or 'default graph'}"
        )
        self.updates.append(told[:_SHOWN])
        self.done += 1
        self.acknowledged = self.done if sure else self.acknowledged

    def failed(self, updates: Sequence[str]) -> None:
        """Note that no snapshot could be made of some updates; the next attempt is in two seconds."""
        self.updates = [*updates, *self.updates]
        self._again = monotonic() + _PAUSE

    def pause(self) -> float:
        """Return the seconds until a snapshot is worth another attempt."""
        return self._again - monotonic()
