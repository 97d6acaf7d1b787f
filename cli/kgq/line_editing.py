"""Line editing with history and completion, where the platform has readline."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kgq.completion import Completer, names_of

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["edited_lines", "history_file"]

_MOST_LINES = 1000


def history_file() -> Path | None:
    """Return where typed lines are kept: ``KGQ_HISTORY``, else the platform's place; None for ``off``."""
    named = os.environ.get("KGQ_HISTORY", "")
    if named:
        return None if named.lower() == "off" else Path(named).expanduser()
    xdg = os.environ.get("XDG_STATE_HOME", "")
    if xdg.startswith("/"):
        return Path(xdg, "kgq", "history")
    home = os.environ.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    return Path(home, ".local", "state", "kgq", "history") if home else None


@contextmanager
def edited_lines(graph: KnowledgeGraph, commands: Sequence[str]) -> Iterator[Callable[[str], str]]:
    """Give a function that reads a line; on leaving, keep the history.

    Args:
        graph: whose names are completed.
        commands: what may stand at the start of a line.
    """
    try:
        import readline
    except ImportError:  # Windows
        yield input
        return
    completer = Completer(lambda: names_of(graph.vocabulary), commands)

    def complete(_: str, number: int) -> str | None:
        try:
            return completer.complete(readline.get_line_buffer()[: readline.get_endidx()], number)
        except Exception:  # noqa: BLE001 - readline would print a traceback into the line being typed
            return None

    before = readline.get_completer(), readline.get_completer_delims()
    readline.set_completer(complete)
    readline.set_completer_delims(" \t\n?,")
    readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")
    file = history_file()
    if file is not None:
        with suppress(OSError):
            readline.read_history_file(file)
    try:
        yield input
    finally:
        readline.set_completer(before[0])
        readline.set_completer_delims(before[1])
        if file is not None:
            with suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)
                readline.set_history_length(_MOST_LINES)
                readline.write_history_file(file)
                file.chmod(0o600)
