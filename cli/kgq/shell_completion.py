"""What a shell offers when Tab is pressed: names of the graph, where reading them takes no longer than a blink.

Commands and options come from click; this adds entities, and the quoting that click leaves to the shell's user.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

if TYPE_CHECKING:
    from kgq.completion import Completer

__all__ = ["QuotingBash", "entity_names", "register"]

_CHEAP = 1_000_000
"""Bytes of files whose names are read while somebody waits for Tab; of larger graphs no names are offered."""
_SPECIAL = frozenset("\\ \t'\"`$&;|<>()[]{}*?!#~,")


class QuotingBash(BashComplete):
    """Bash takes what it is given into the command line as it is: names with blanks must come with backslashes."""

    source_template = BashComplete.source_template.replace("read type", "read -r type")

    def format_completion(self, item: CompletionItem) -> str:
        """Return one line for the function in the shell."""
        words = os.environ.get("COMP_WORDS", "").split("\n")
        at = int(os.environ.get("COMP_CWORD", "0"))
        typed = words[at] if at < len(words) else ""
        value = str(item.value)
        if item.type == "plain" and typed[:1] not in ("'", '"'):
            value = "".join("\\" + mark if mark in _SPECIAL else mark for mark in value)
        return f"{item.type},{value}"


def register() -> None:
    """Let click answer bash with :class:`QuotingBash`."""
    add_completion_class(QuotingBash)


def entity_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names that begin with what was typed; of an argument of several words, their rest.

    What goes wrong here stays here: Tab offers nothing then.
    """
    from kg.errors import KgError
    from kgq.errors import UsageError

    try:
        completer = _completer(ctx)
        if completer is None:
            return []
        before = ctx.params.get(param.name or "") if param.nargs == -1 else ()
        if before:
            found = completer.candidates(" ".join((*before, incomplete)))
        else:
            found = completer.beginning(incomplete)
    except (KgError, UsageError, OSError):
        return []
    return [CompletionItem(name) for name in found]


def _completer(ctx: click.Context) -> Completer | None:
    from kg.knowledge_graph import open_graph
    from kgq.completion import Completer, names_of

    graphs = _graphs(ctx)
    if graphs and not _are_cheap(graphs):
        return None
    vocabulary = open_graph(list(graphs) or None).vocabulary
    return Completer(lambda: names_of(vocabulary), ())


def _graphs(ctx: click.Context) -> Sequence[str]:
    """Return the sources that the command line, the environment or a settings file names."""
    from kgq.settings import read_settings

    root = ctx.find_root()
    named = [*(root.params.get("graphs") or ()), *(ctx.params.get("graphs") or ())]
    if named:
        return named
    name = ctx.command.name or ""
    found: Sequence[str] = read_settings(root.command.list_commands(root)).commands.get(name, {}).get("graphs", ())  # type: ignore[attr-defined]
    return found


def _are_cheap(graphs: Sequence[str]) -> bool:
    if any("://" in name or name == "-" for name in graphs):
        return False
    files = [file for name in graphs for file in ([Path(name)] if Path(name).is_file() else Path(name).rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file()) <= _CHEAP
