"""Plug-ins: readers, exporters and question operators of other packages, found by their entry points.

A package that is installed beside kgq names what it brings in its metadata; nothing is registered by code, and a
plug-in is imported when it is first used. What kgq does by itself never changes: a plug-in is asked only for a
file, a format or a word that kgq does not know. The contracts, and a
package that works: ``docs/how-to/plugins.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from kg.errors import KgError, PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

    from pyoxigraph import Quad, Triple

    from kg.knowledge_graph import KnowledgeGraph
    from kg.results import Answer

__all__ = ["EXPORTERS", "OPERATORS", "READERS", "Exporter", "Operator", "Plugin", "Reader", "plugins"]

READERS = "kgq.readers"
"""The group of readers; an entry point's name is the end of the file names it reads, without the dot."""
EXPORTERS = "kgq.exporters"
"""The group of exporters; an entry point's name is the format, as in ``kgq export --format NAME``."""
OPERATORS = "kgq.operators"
"""The group of question operators; an entry point's name is the words, joined by hyphens."""

Reader: TypeAlias = "Callable[[IO[bytes], str], Iterable[Quad | Triple]]"
"""Takes the bytes of a file and its name, gives what it says."""
Exporter: TypeAlias = "Callable[[KnowledgeGraph], bytes | str]"
"""Takes a graph, gives a file."""
Operator: TypeAlias = "Callable[[Answer], Answer | None]"
"""Takes the answer to the rest of a question, gives the answer to the whole; None if it does not fit."""


class Plugin:
    """Something another package brings, not imported yet.

    Attributes:
        name: of its entry point.
        package: the distribution it came with, and its version.
    """

    def __init__(self, entry: EntryPoint) -> None:
        self.name = entry.name
        self.package = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else entry.value
        self._entry = entry

    def load(self) -> Callable[..., Any]:
        """Import it.

        Raises:
            PluginError: it cannot be imported, or cannot be called.
        """
        with self.blamed():
            found = self._entry.load()
            if not callable(found):
                raise TypeError(f"{self._entry.value} is no function")
        return found  # type: ignore[no-any-return]

    def call(self, *arguments: object, gives: type | tuple[type, ...]) -> Any:
        """Import and call it.

        Args:
            arguments: what its contract says it takes.
            gives: what its contract says it gives.

        Raises:
            PluginError: it failed, or gave something else. Errors of kgq's own pass as they are.
        """
        function = self.load()
        with self.blamed():
            found = function(*arguments)
            if not isinstance(found, gives):
                wanted = gives if isinstance(gives, tuple) else (gives,)
                names = " or ".join(kind.__name__ for kind in wanted)
                raise TypeError(f"it gave {type(found).__name__}, not {names}")
        return found

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Turn what it raises into one line that names it."""
        try:
            yield
        except KgError:
            raise
        except Exception as error:  # whatever others' code raises
            raise PluginError(self.name, self.package, error) from error


@lru_cache(maxsize=8)
def plugins(group: str) -> dict[str, Plugin]:
    """Return the plug-ins of a group by their names, in lower case; none of them is imported.

    Of two with the same name, the one of the package that comes first by its own name is taken.

    >>> plugins("kgq.nothing")
    {}

    Args:
        group: :data:`READERS`, :data:`EXPORTERS` or :data:`OPERATORS`.
    """
    from importlib.metadata import entry_points

    found = sorted((Plugin(entry) for entry in entry_points(group=group)), key=lambda each: each.package)
    return {plugin.name.lower(): plugin for plugin in reversed(found)}
