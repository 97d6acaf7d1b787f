"""Writes a manual page for each command: `python .ci/man_pages.py FOLDER`. kgq and click-man must be installed.

The text is the commands' own help; click-man turns it into pages, and the examples at the end of the help, which
it leaves out, are added. The date is that of SOURCE_DATE_EPOCH, so that the same commit gives the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
from click_man.core import generate_man_page

from kgq.group import COMMANDS, cli

LINES = {name: line for group in COMMANDS.values() for name, line in group.items()}
FIRST = "Ask a knowledge graph in English."


def contexts(command: click.Command, parent: click.Context | None, name: str) -> Iterator[click.Context]:
    """Yield a command and those below it."""
    context = click.Context(command, info_name=name, parent=parent)
    yield context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            if found is not None:
                yield from contexts(found, context, each)


def page(context: click.Context) -> str:
    """Return the page of a command."""
    command = context.command
    command.short_help = LINES.get(context.info_name or "", "") if context.parent else FIRST
    command.help = (command.help or "").replace("\b\n", "")
    text: str = generate_man_page(context, version("kgq"))
    if isinstance(command, click.Group) and not getattr(command, "commands", None):
        text += ".SH COMMANDS\n" + "".join(f".TP\n\\fBkgq {n}\\fP\n{line}\n" for n, line in LINES.items())
    return text + "".join(sections(command.epilog or ""))


def sections(epilog: str) -> Iterator[str]:
    """Yield what stands at the end of the help, its lines as they are."""
    for block in epilog.split("\b\n"):
        head, _, rest = block.strip().partition("\n")
        if head.endswith(":") and rest:
            lines = (line.replace("\\", "\\e").replace("-", "\\-") for line in rest.splitlines())
            yield f".SH {head[:-1].upper()}\n.nf\n" + "".join(f"\\&{line}\n" for line in lines) + ".fi\n"
        elif head:
            yield f".PP\n{block.strip()}\n"


def main() -> None:
    """Write the pages."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for context in contexts(cli, None, "kgq"):
        name = context.command_path.replace(" ", "-")
        (folder / f"{name}.1").write_text(page(context), encoding="utf-8")


if __name__ == "__main__":
    main()
