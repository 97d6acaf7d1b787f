"""The group of all commands: options before the command, help, the nearest name for a wrong one.

Commands are named here and imported when they run, so that ``kgq --help`` costs no more than its text.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from kgq.errors import UsageError
from kgq.options import examples
from kgq.settings import read_settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["COMMANDS", "cli", "run_command"]

COMMANDS: dict[str, dict[str, str]] = {
    "Ask": {
        "query": "Ask in English or in SPARQL.",
        "shell": "Ask one question after the other.",
        "vocabulary": "List what can be asked: classes, properties, words, examples.",
        "search": "Find names and quotes, misspelt or not.",
    },
    "Look up": {
        "show": "Show everything the graph says about one thing.",
        "claims": "List claims by subject, property, kind, scenario …",
        "explain": "Say why a claim is believed, down to the quotes.",
        "cite": "Write references for a claim or an answer.",
        "stats": "Count what the graph holds.",
    },
    "Serve": {
        "serve": "Run a SPARQL endpoint, and a page to ask on.",
        "mcp": "Lend the graph to AI assistants (MCP).",
    },
    "See and compare": {
        "map": "Draw the graph, an answer or a path as one HTML file.",
        "path": "Tell how two things are joined, a quote on each hop.",
        "compare": "Set two things side by side, with quotes.",
        "network": "Measure who is central, who brokers, what hangs together.",
    },
    "Documents of your own": {
        "add": "Keep a document with its hash and its text.",
        "suggest": "Suggest claims from a document, with quotes.",
        "review": "Accept, edit or reject suggested claims, one by one.",
        "merge": "Find two names for one thing, and join them.",
    },
    "Weigh": {
        "conflicts": "Find where claims disagree, both quotes side by side.",
        "scenario": "Take claims away or assume others, and see what changes.",
        "risk": "Tell who is left holding which risk, and how it got there.",
        "report": "Write answers, quotes and conflicts as one page.",
    },
    "Keep in a store": {
        "init": "Make a folder to work in, with a store.",
        "load": "Load files into the store, all of them or none.",
        "update": "Change the store with SPARQL Update.",
        "remove": "Take a source out of the store.",
        "log": "List what changed in the store, when, by which command.",
        "undo": "Take the last change of the store back.",
        "backup": "Write the store to one file.",
        "restore": "Make a store of a backup.",
    },
    "Build and check": {
        "build": "Make a graph from a folder of sources.",
        "mapping": "Draft how the rows of a table become triples.",
        "check": "Check sources and RDF files, with file, line and remedy.",
        "diff": "Tell what sets two graphs apart, in facts or in answers.",
        "verify": "Check every quote against the text it comes from.",
        "test": "Ask a file of questions and compare the answers.",
        "export": "Write the graph, or its network, in another format.",
        "completion": "Print the script that completes by Tab in bash, zsh or fish.",
    },
}
"""Every command with its one line of help, in the order and the groups they are shown."""

_NAMES = {name: line for group in COMMANDS.values() for name, line in group.items()}
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "auto_envvar_prefix": "KGQ"}


class Interrupted(Exception):  # noqa: N818 - not an error
    """Ctrl-C; under its own name click would print an empty line for it."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(_NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command: ``kgq.commands.<name>`` holds it under its own name."""
        if cmd_name not in _NAMES:
            return None
        command: click.Command = getattr(import_module(f"kgq.commands.{cmd_name}"), cmd_name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer commands with their line from the table, without importing them; and the options."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=line) for name, line in _NAMES.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table, without importing them."""
        for title, commands in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(10), line) for name, line in commands.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest one."""
        if args and args[0] not in _NAMES and not args[0].startswith("-"):
            raise click.UsageError(_unknown_command(args[0]), ctx)
        return super().resolve_command(ctx, args)


def _unknown_command(name: str) -> str:
    from difflib import get_close_matches

    if " " in name.strip():
        return f"no command '{name}'. To ask a question: kgq query \"{name}\""
    near = get_close_matches(name, _NAMES, n=3)
    if not near:  # what the command is called elsewhere may stand in its line
        near = [known for known, line in _NAMES.items() if name.lower() in line.lower().replace(".", "").split()]
    meant = " or ".join(f"'kgq {known}'" for known in near)
    return f"no command '{name}'. " + (f"Did you mean {meant}?" if near else "See 'kgq --help'.")


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"kgq {version('kgq')}")
    except PackageNotFoundError:
        click.echo("kgq (not installed)")
    ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings=_CONTEXT,
    invoke_without_command=True,
    epilog=examples(
        'kgq query "who bears capex risk"',
        'kgq query --explain "does Oracle shift risk to lenders"',
        "kgq show CoreWeave",
        "kgq COMMAND --help",
    ),
)
@click.option(
    "-g",
    "--graph",
    "graphs",
    multiple=True,
    metavar="SOURCE",
    help="RDF file, folder, store or endpoint in place of the built-in graph; repeatable.",
)
@click.option("-q", "--quiet", is_flag=True, help="No messages, only data and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is done; show where an unexpected error arose.")
@click.option("--no-color", is_flag=True, help="Plain text, as with NO_COLOR.")
@click.option("--lang", metavar="TAG", help="Language of labels, where there is a choice.")
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version,
              help="Show the version.")  # fmt: skip
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """Ask a knowledge graph in English: the answer, its SPARQL, and the verbatim quote for every fact."""
    settings = read_settings(_NAMES)
    ctx.obj = {**options, "format": settings.format}
    ctx.default_map = settings.commands
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run_command(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        UsageError: the arguments make no sense.
    """
    if "_KGQ_COMPLETE" in os.environ:
        from kgq.shell_completion import register

        register()
    try:
        result = cli.main(args=list(arguments), prog_name="kgq", standalone_mode=False)
    except (Interrupted, click.Abort):
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        raise UsageError(_usage_message(error)) from error
    return result if isinstance(result, int) else 0


def _usage_message(error: click.ClickException) -> str:
    """Say what is wrong in one line, with the nearest option and where the help is."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    hint = f" See '{context.command_path} --help'." if context is not None and "--help" not in message else ""
    return f"{message[:1].lower()}{message[1:]}{hint}"
