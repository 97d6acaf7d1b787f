"""Options that every command takes."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from kgq.session import Session, read_text
from kgq.viewing import take_view, view_options

__all__ = [
    "Session",
    "complete_entity",
    "examples",
    "read_text",
    "session_options",
    "time_limit_option",
]

F = TypeVar("F", bound=Callable[..., Any])

_ENDINGS = {
    "ttl": "turtle",
    "nt": "ntriples",
    "nq": "nquads",
    "rdf": "rdfxml",
    "srx": "xml",
    "srj": "json",
    "mmd": "mermaid",
    "gv": "dot",
    "bib": "bibtex",
}
"""Forms that files are named otherwise than ``--format``."""


def session_options(
    *formats: str, view: bool = False, scenario: bool = False, plugged: bool = False
) -> Callable[[F], F]:
    """Give a command the common options; it receives them as its first argument, a :class:`Session`.

    Args:
        formats: what ``--format`` takes, the default first.
        view: whether the command may look at some documents or voices only.
        scenario: whether it may look at the graph under a scenario, too.
        plugged: whether ``--format`` takes the formats of plug-ins, too.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        @click.pass_context
        def wrapper(ctx: click.Context, /, **options: Any) -> Any:
            return function(_session(ctx, options, formats), **options)

        wrapped: Any = wrapper
        choice = _PluggedFormat if plugged else click.Choice
        common = _common(formats, choice(formats, case_sensitive=False))
        for option in reversed([*(view_options(scenario=scenario) if view else ()), *common]):
            wrapped = option(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return decorate


def time_limit_option(what: str = "Give up after this long.") -> Callable[[Any], Any]:
    """Return the option ``--time-limit`` of what asks questions."""
    from kgq.asking import TIME_LIMIT

    return click.option(
        "--time-limit",
        type=click.FloatRange(min=0, min_open=True),
        default=TIME_LIMIT,
        show_default=True,
        envvar="KGQ_TIME_LIMIT",
        metavar="SECONDS",
        help=what,
    )


def examples(*lines: str) -> str:
    """Return the examples of a command, to stand at the end of its help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def complete_entity(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return names of the graph for the shell to offer; see :mod:`kgq.shell_completion`."""
    from kgq.shell_completion import entity_names

    return entity_names(ctx, param, incomplete)


class _Source(click.types.StringParamType):
    """A source; several in one environment variable are separated as in PATH."""

    name = "source"

    def split_envvar_value(self, rv: str) -> list[str]:
        return [rv] if "://" in rv else [part for part in rv.split(os.pathsep) if part]


if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    _Choice = click.Choice[str]
else:
    _Choice = click.Choice  # not generic before click 8.2


class _PluggedFormat(_Choice):
    """A format of kgq's own, or one that a plug-in writes; plug-ins are looked for when it is none of kgq's."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if str(value).lower() not in self.choices:
            from kg.plugins import EXPORTERS, plugins

            known = (*self.choices, *plugins(EXPORTERS))
            return click.Choice(known, case_sensitive=False).convert(value, param, ctx)
        return super().convert(value, param, ctx)


def _common(formats: Sequence[str], choice: click.Choice[str]) -> list[Callable[[Any], Any]]:
    return [
        click.option("-g", "--graph", "graphs", type=_Source(), multiple=True, envvar="KGQ_GRAPH",
                     metavar="SOURCE",
                     help="RDF file, folder, store or endpoint in place of the built-in graph; repeatable."),
        click.option("--format", "format", type=choice,
                     help=f"Form of the output.  [default: {formats[0]}]"),
        click.option("-o", "--output", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE",
                     help="Write to a file, whole or not at all; its ending tells the form."),
        click.option("--lang", metavar="TAG", default="en", envvar="KGQ_LANG", show_default=True,
                     help="Language of labels, where there is a choice."),
        click.option("--lexicon", metavar="FILE|off", envvar="KGQ_LEXICON",
                     help="Words of your own for the graph's terms (Turtle, OntoLex)."),
        click.option("--refresh", is_flag=True, help="Read the names and vocabulary of an endpoint anew."),
        click.option("-q", "--quiet", is_flag=True, envvar="KGQ_QUIET", help="No messages, only data and errors."),
        click.option("-v", "--verbose", is_flag=True, envvar="KGQ_VERBOSE", help="Say what is done."),
        click.option("--no-color", is_flag=True, envvar="KGQ_NO_COLOR", help="Plain text, as with NO_COLOR."),
    ]  # fmt: skip


def _general_format(formats: Sequence[str], before: dict[str, Any]) -> str | None:
    """Return the form asked for in general, where the command has it."""
    general = (os.environ.get("KGQ_FORMAT"), before.get("format"))
    return next((name.lower() for name in general if name and name.lower() in formats), None)


def _format_of(output: Path | None, formats: Sequence[str]) -> str | None:
    """Return the form that the name of the file to write ends in, where the command has it."""
    ending = "" if output is None else output.suffix.lower().removeprefix(".")
    name = _ENDINGS.get(ending, ending)
    return name if name in formats else None


def _session(ctx: click.Context, options: dict[str, Any], formats: Sequence[str]) -> Session:
    """Take the common options out of a command's, those given before the command included."""
    before: dict[str, Any] = (ctx.obj if isinstance(ctx.obj, dict) else None) or {}
    graphs = tuple(options.pop("graphs"))
    early = tuple(before.get("graphs") or ())
    if early:
        typed = ctx.get_parameter_source("graphs") is ParameterSource.COMMANDLINE
        graphs = early + (graphs if typed else ())
    lang = options.pop("lang")
    if before.get("lang") and ctx.get_parameter_source("lang") is not ParameterSource.COMMANDLINE:
        lang = before["lang"]
    output = options.pop("output")
    if output is not None and str(output) == "-":
        output = None
    return Session(
        graphs=graphs,
        format=options.pop("format")
        or _general_format(formats, before)
        or _format_of(output, formats)
        or formats[0],
        output=output,
        quiet=options.pop("quiet") or before.get("quiet", False),
        verbose=options.pop("verbose") or before.get("verbose", False),
        no_color=options.pop("no_color") or before.get("no_color", False),
        lang=lang,
        lexicon=options.pop("lexicon"),
        refresh=options.pop("refresh"),
        view=take_view(options),
        started=time.perf_counter(),
    )
