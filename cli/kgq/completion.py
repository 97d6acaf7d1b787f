"""Completes names of the graph, and the shell's own commands, as they are typed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.vocabulary import Vocabulary

__all__ = ["Completer", "names_of"]

_MOST = 200
_TOO_MANY = 300_000
_WORDS = 5


def names_of(vocabulary: Vocabulary) -> set[str]:
    """Return the labels that can be completed; of a very large graph those of its classes and properties only."""
    found = {term.label for term in vocabulary.classes.values()}
    found |= {term.label for term in vocabulary.properties.values()}
    terms = vocabulary.claim_terms
    if terms is not None:
        found |= {term.label for group in (terms.things, terms.kinds, terms.relations) for term in group.values()}
    elif len(vocabulary.entities) <= _TOO_MANY:
        found |= {entity.label for entity in vocabulary.entities.values() if entity.named}
    return {name for name in found if name and "\n" not in name}


class Completer:
    """Finds what may follow in a line.

    >>> Completer(lambda: ["Amazon Web Services", "AWS"], [":help"]).candidates("who owns amazon w")
    ['Web Services']

    Args:
        names: returns the names; called when the first is asked for.
        commands: what may stand at the start of a line.
    """

    def __init__(self, names: Callable[[], Iterable[str]], commands: Sequence[str]) -> None:
        self._names = names
        self._commands = commands
        self._last: tuple[str, list[str]] = ("", [])

    @cached_property
    def _sorted(self) -> list[tuple[str, str]]:
        return sorted((name.casefold(), name) for name in self._names())

    def candidates(self, line: str) -> list[str]:
        """Return what may take the place of the last word of a line: the rest of each name from that word on."""
        if line.startswith(":") and " " not in line:
            return [command for command in self._commands if command.startswith(line)]
        words = line.split(" ")
        for size in range(min(_WORDS, len(words)), 0, -1):
            typed = " ".join(words[-size:])
            found = self.beginning(typed) if typed.strip() else []
            if found:
                return list(dict.fromkeys(" ".join(name.split(" ")[size - 1 :]) for name in found))
        return []

    def beginning(self, typed: str) -> list[str]:
        """Return names that begin with what was typed, in either case; no more than can be shown."""
        start = typed.casefold()
        at = bisect_left(self._sorted, (start, ""))
        found: list[str] = []
        while at < len(self._sorted) and self._sorted[at][0].startswith(start) and len(found) < _MOST:
            found.append(self._sorted[at][1])
            at += 1
        return found

    def complete(self, line: str, number: int) -> str | None:
        """Return one candidate after the other, None at the end, as readline asks for them."""
        if number == 0:
            self._last = (line, self.candidates(line))
        return self._last[1][number] if number < len(self._last[1]) else None
