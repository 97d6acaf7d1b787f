"""The journal of a store: what changed, when, by which command; and what can be taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Entry", "Journal", "Past"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change.

    Attributes:
        number: counts up from 1.
        at: when it was committed, ISO 8601 in UTC.
        action: ``load``, ``remove``, ``change``, ``serve``, ``undo``, ``redo``, ``upgrade`` or ``recover``.
        command: what did it.
        details: one line a source or an update.
        added: statements that were not there before; None if nobody counted.
        removed: statements that are no longer there; None if nobody counted.
        quads: how many there are now; None if nobody counted.
        generation: the state it led to.
        seconds: how long it took.
    """

    number: int
    at: str
    action: str
    command: str
    details: tuple[str, ...] = ()
    added: int | None = None
    removed: int | None = None
    quads: int | None = None
    generation: str = ""
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "details": list(self.details)}


@dataclass
class Past:
    """The states that led to the present one, and those that were taken back.

    Attributes:
        states: entries whose state can be gone back to, the present one last.
        undone: entries taken back, the last one last.
    """

    states: list[Entry] = field(default_factory=list)
    undone: list[Entry] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Past:
        """Follow the entries from the first to the last."""
        past = cls([Entry(0, "", "made", "", quads=0)])
        for entry in entries:
            if entry.action == "undo" and len(past.states) > 1:
                past.undone.append(past.states.pop())
            elif entry.action == "redo" and past.undone:
                past.states.append(past.undone.pop())
            elif entry.action == "upgrade":  # what was before is not known
                past.states = [entry]
            else:
                past.states.append(entry)
                past.undone.clear()
        return past

    def kept(self, number: int) -> set[str]:
        """Return the states that the last so many changes can be taken back to, and forth."""
        return {entry.generation for entry in (*self.states[-1 - number :], *self.undone[-number:])} - {""}


class Journal:
    """The file of entries, one line of JSON each.

    A line counts once the store's pointer has reached its number: it is written just before.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self, upto: int) -> list[Entry]:
        """Return the entries that count."""
        return [entry for entry in map(_entry, self._lines()) if entry is not None and entry.number <= upto]

    def _lines(self) -> list[bytes]:
        try:
            return self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []

    def begun(self, upto: int) -> str | None:
        """Return by whom a change in place was begun after the entries that count, if one was."""
        for line in reversed(self._lines()):
            data = _data(line)
            if data.get("begun") == upto + 1:
                return str(data.get("command", ""))
        return None

    def begin(self, number: int, command: str) -> None:
        """Note that a change in place comes now."""
        self._append(json.dumps({"begun": number, "command": command}), durable=False)

    def append(self, entry: Entry) -> None:
        """Write an entry."""
        data = {name: value for name, value in entry.to_dict().items() if value not in (None, [], "")}
        self._append(json.dumps(data, ensure_ascii=False), durable=True)

    def _append(self, line: str, *, durable: bool) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(descriptor, f"{line}\n".encode())
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def tidy(self, upto: int) -> None:
        """Remove what does not count: lines of writers that were killed before their change was there."""
        lines = [line for line in self._lines() if line]
        kept = [line for line in lines if 0 < int(_data(line).get("number", 0)) <= upto]
        if len(kept) != len(lines):
            from kg.store.disk import write_whole

            write_whole(self.path, b"".join(line + b"\n" for line in kept))


def _data(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:  # cut short when its writer was killed
        return {}
    return found if isinstance(found, dict) else {}


def _entry(line: bytes) -> Entry | None:
    data = _data(line)
    if "number" not in data:
        return None
    known = {name: value for name, value in data.items() if name in Entry.__slots__}
    known["details"] = tuple(known.get("details", ()))
    return Entry(**{"at": "", "action": "", "command": "", **known})
