"""``kgq shell``: question after question, with the graph open."""

from __future__ import annotations

import sys

import click

from kgq.kinds import include_option
from kgq.options import Session, examples, session_options, time_limit_option

__all__ = ["shell"]


@click.command(
    epilog=examples(
        "kgq shell",
        "kgq -g company.ttl shell",
        "kgq shell < questions.txt",
    )
    + "\n\n\b\nA question may lean on the last answer: and Oracle? · of those, which … · what do they own? · why?"
    "\n:help lists the shell's commands, TAB completes names, Ctrl-D leaves."
)
@include_option("Kinds of claims an answer may rest on")
@time_limit_option("Give up on a question after this long.")
@session_options("table", "json", "csv", "tsv", "md", view=True, scenario=True)
def shell(session: Session, *, include: tuple[str, ...], time_limit: float) -> int:
    """Ask one question after the other; the graph stays open, and a question may lean on the last answer."""
    from kgq.shell import Shell, run_shell

    if session.output is not None:
        raise click.UsageError("--output does not fit the shell, which gives many answers. Use :save FILE in it.")
    graph = session.open()
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    what = ", ".join(session.graphs) or "the built-in graph"
    greeting = "" if session.quiet else f"Asking {what}. :help for help, Ctrl-D to leave.\n"
    sitting = Shell(session, graph, include=include, time_limit=time_limit, terminal=terminal)
    return run_shell(sitting, greeting)
