"""The reference of the command line, made of the commands themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence

import click

from kgq.group import COMMANDS, cli

__all__ = ["commands_page"]

_COMMON = ("graphs", "output", "lang", "lexicon", "refresh", "quiet", "verbose", "no_color")
_VIEW = ("documents", "voices", "as_of", "stated_only", "what_if")
_OPENING = """\
<!-- generated: python -m docs.generate -->
# Commands

Every command, the way `kgq COMMAND --help` tells it. What all of them take is said once, here; the
[exit codes](exit-codes.md) and the [settings](settings.md) have pages of their own.
"""


def commands_page() -> str:
    """Return the page."""
    context = click.Context(cli, info_name="kgq")
    query = _command(context, "query")
    lines = [_OPENING, "## Options of every command", ""]
    lines += _table(_options(query, _COMMON), click.Context(query, info_name="query", parent=context))
    lines += ["", "`-g`, `-q`, `-v`, `--no-color` and `--lang` may stand before the command, too.", ""]
    lines += ["## Options of a view", ""]
    lines += ["Commands that read claims can look at some of them only:", ""]
    lines += _table(_options(query, _VIEW), click.Context(query, info_name="query", parent=context))
    for title, names in COMMANDS.items():
        lines += ["", f"## {title}"]
        for name, summary in names.items():
            lines += _section(_command(context, name), context, name, 3, summary)
    return "\n".join(lines) + "\n"


def _command(context: click.Context, name: str) -> click.Command:
    found = cli.get_command(context, name)
    if found is None:
        raise LookupError(name)
    return found


def _section(
    command: click.Command, parent: click.Context, name: str, level: int, summary: str = ""
) -> Iterator[str]:
    """Yield the lines of one command, and those of the commands below it."""
    context = click.Context(command, info_name=name, parent=parent)
    yield from ("", f"{'#' * level} {context.command_path}", "")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from ("```text", usage, "```", "")
    yield from _prose(command.help or summary)
    own = _options(command, (), but=(*_COMMON, *_VIEW, "format"))
    if own:
        yield from ("", *_table(own, context))
    shared = _shared(command)
    if shared:
        yield from ("", shared)
    yield from _epilogue(command.epilog or "")
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            inner = command.get_command(context, below)
            if inner is not None:
                yield from _section(inner, context, below, level + 1)


def _options(command: click.Command, names: Sequence[str], but: Sequence[str] = ()) -> list[click.Option]:
    """Return a command's options of these names, or all but some."""
    return [
        option
        for option in command.params
        if isinstance(option, click.Option)
        and not option.hidden
        and (option.name in names if names else option.name not in but)
    ]


def _table(options: Sequence[click.Option], context: click.Context) -> list[str]:
    records = filter(None, (option.get_help_record(context) for option in options))
    return ["| option | |", "|---|---|", *(f"| `{_cell(names)}` | {_text(said)} |" for names, said in records)]


def _shared(command: click.Command) -> str:
    """Say which of the shared options a command takes."""
    names = {option.name for option in command.params}
    said = [
        "`--format` " + ", ".join(f"`{name}`" for name in option.type.choices)
        for option in command.params
        if option.name == "format" and isinstance(option.type, click.Choice) and len(option.type.choices) > 1
    ]
    if names & set(_COMMON):
        said.append("the [options of every command](#options-of-every-command)")
    if names & set(_VIEW):
        said.append("those of [a view](#options-of-a-view)")
    return f"Also {'; '.join(said)}." if said else ""


def _epilogue(epilog: str) -> Iterator[str]:
    """Yield the examples as they stand, and what follows them as prose."""
    for block in re.split(r"\n\s*\n", inspect.cleandoc(epilog)):
        text = block.replace("\b\n", "").replace("\b", "")
        if text.startswith("Examples:"):
            yield from ("", "```text", *inspect.cleandoc(text.partition("\n")[2]).splitlines(), "```")
        elif text.strip():
            yield from ("", _text(" ".join(text.split())))


def _prose(text: str) -> Iterator[str]:
    blocks = [block for block in re.split(r"\n\s*\n", inspect.cleandoc(text)) if block.strip()]
    for number, block in enumerate(blocks):
        if number:
            yield ""
        if "\b" in block:
            yield from ("```text", *block.replace("\b", "").strip("\n").splitlines(), "```")
        else:
            yield _text(" ".join(block.split()))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _text(text: str) -> str:
    """Return text as Markdown that shows it as it is, options in code."""
    escaped = re.sub(r"([*_<>\[\]|])", r"\\\1", text)
    return re.sub(
        r"(?<![\w`-])(--[a-z][\w-]*|KGQ\\_[A-Z\\_]+)", lambda m: f"`{m[1].replace(chr(92), '')}`", escaped
    )
