"""The errors kgq raises, one tree.

- KgError
  - SourceError          a file or folder cannot be read or understood (path, line)
  - QueryError           SPARQL that does not parse, or that is nested too deep
  - PolicyError          a query asks for what is not allowed (SERVICE, LOAD, a file)
  - EngineError          the engine or an endpoint failed
    - LimitError         a limit on time, rows or memory was hit
  - UnknownEntityError   a name that the graph does not hold (carries the nearest ones)
  - AmbiguousNameError   a name that several things in the graph share (carries them)
  - MissingExtraError    an optional package is needed and not installed
  - PluginError          what another package brings failed

A message says what happened, with the user's value, then what to do. "No answer" is a result
(:class:`kg.Answer`), not an error.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "AmbiguousNameError",
    "EngineError",
    "KgError",
    "LimitError",
    "MissingExtraError",
    "PluginError",
    "PolicyError",
    "QueryError",
    "SourceError",
    "UnknownEntityError",
]


class KgError(Exception):
    """Anything kgq refuses or cannot do; catch this one to catch them all."""


class SourceError(KgError):
    """A source cannot be read or understood.

    Attributes:
        path: the file or folder, as the user named it.
        line: the 1-based line, where one is known.
    """

    def __init__(self, message: str, *, path: str = "", line: int | None = None) -> None:
        """Put the place before the message, the way compilers do: ``file:line: message``."""
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {message}" if place else message)
        self.path = path
        self.line = line


class QueryError(KgError):
    """SPARQL that cannot be evaluated as written: bad syntax, or nested too deep."""


class PolicyError(KgError):
    """A query asks for something that is not allowed: SERVICE, LOAD, another file or host."""


class EngineError(KgError):
    """The engine, or the endpoint behind it, failed."""


class LimitError(EngineError):
    """A limit on time, rows, bytes or memory was hit."""


class UnknownEntityError(KgError):
    """A name that nothing in the graph has.

    Attributes:
        name: what was asked for.
        suggestions: the nearest names, best first.
    """

    def __init__(
        self,
        name: str,
        suggestions: Sequence[str] = (),
        *,
        among: str = "nothing in the graph",
        remedy: str = "Try `kgq search` with a part of the name.",
    ) -> None:
        """Say the name, where it was looked for, then the nearest ones, or what to do."""
        hint = f"Did you mean {_or(suggestions)}?" if suggestions else remedy
        super().__init__(f"{among} is called '{name}'. {hint}")
        self.name = name
        self.suggestions = tuple(suggestions)


class AmbiguousNameError(KgError):
    """A name that several things share.

    Attributes:
        name: what was asked for.
        candidates: short names of the things, each of which says which one is meant.
    """

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        """Say the name, then how to name each of the things."""
        super().__init__(f"'{name}' names {len(candidates)} things. Say which: {', '.join(candidates)}.")
        self.name = name
        self.candidates = tuple(candidates)


class MissingExtraError(KgError):
    """An optional package is needed; the message names the extra to install."""

    def __init__(self, what: str, extra: str) -> None:
        """Name what was asked for and the extra that brings it."""
        super().__init__(f"{what} needs an optional package: pip install 'kgq[{extra}]'")
        self.extra = extra


class PluginError(KgError):
    """What another package brings failed.

    Attributes:
        plugin: the name of its entry point.
        package: the distribution it came with, and its version.
    """

    def __init__(self, plugin: str, package: str, cause: Exception) -> None:
        """Name the plug-in and what it raised, in one line."""
        said = " ".join(str(cause).split())[:240]
        what = f"{type(cause).__name__}: {said}" if said else type(cause).__name__
        super().__init__(f"the plug-in '{plugin}' of {package} failed: {what}. Update or uninstall that package.")
        self.plugin = plugin
        self.package = package


def _or(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
