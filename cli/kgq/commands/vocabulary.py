"""``kgq vocabulary``: what can be asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options

if TYPE_CHECKING:
    from kg.lookup.overview import Overview, Term

__all__ = ["vocabulary"]

_COUNTED = {"error": "error", "warning": "warning", "info": "remark"}


@click.command(
    epilog=examples(
        "kgq vocabulary",
        "kgq vocabulary risk",
        "kgq vocabulary --check          what cannot be asked for, and words that several terms share",
        "kgq -g my-data.ttl vocabulary --format json",
        "kgq -g https://sparql.example.org/ vocabulary --index",
    )
    + "\n\n\b\nExit codes: 0 found, or nothing wrong; 1 no term holds the word, or an error found by --check."
)
@click.argument("word", nargs=-1)
@click.option("--check", is_flag=True, help="Report terms without words, and words that several terms share.")
@click.option("--index", is_flag=True,
              help="Of a large graph, read all of it now, which takes minutes; this is kept.")  # fmt: skip
@session_options("text", "json")
def vocabulary(session: Session, *, word: tuple[str, ...], check: bool, index: bool = False) -> int:
    """List what a question can mention: classes, properties with their words, and example questions.

    WORD narrows the list to terms whose names, words or definitions hold it. Of a large graph, a store or an
    endpoint, it shows what a sample of the things of each class has, until --index has read the whole.
    """
    wanted = " ".join(word)
    if check:
        if wanted:
            raise click.UsageError("--check looks at the whole vocabulary. Leave out the word.")
        return _check(session)
    graph = session.open()
    if index:
        from contextlib import closing

        from kgq.progress import ProgressLine

        with closing(ProgressLine(session.quiet)) as report:
            graph.read_names(report.step)
    found = graph.overview()
    if not graph.vocabulary.is_complete:
        session.say("this is from a sample of a large graph, and the numbers are estimates. --index counts.")
    if wanted:
        found = found.about(wanted)
    if session.format == "json":
        session.write_json(found.to_dict())
    else:
        from kgq.output import width

        session.write(_text(session, found, width()))
    if not (found.classes or found.properties):
        session.say(f"no term holds '{wanted}'. 'kgq search {wanted}' looks through names and quotes.")
        return 1
    return 0


def _check(session: Session) -> int:
    from kg.checks.vocabulary import check_vocabulary
    from kgq.commands.check import exit_code, write_report

    graph = session.open()
    problems = check_vocabulary(graph.read_names(), graph.dataset.prefixes)
    if session.format == "json":
        write_report(session, problems)
    else:
        shown = [problem for problem in problems if session.verbose or problem.severity != "info"]
        lines = [str(problem) for problem in shown]
        found = Counter(_COUNTED[problem.severity] for problem in problems)
        counts = [f"{found[name]} {name}{'' if found[name] == 1 else 's'}" for name in _COUNTED.values()]
        lines.append(f"{', '.join(counts)}.")
        session.write("".join(f"{line}\n" for line in lines))
        if len(shown) < len(problems):
            session.say("remarks are words whose place in the question decides what they mean. -v lists them.")
    return exit_code(problems)


def _text(session: Session, found: Overview, width: int) -> str:
    from kgq.text import Page

    style = session.style
    page = Page(style, width)
    if found.classes:
        page.table(
            ("class", "things", "other words"),
            [(term.label, str(term.count), ", ".join(term.words)) for term in found.classes],
        )
    if found.properties:
        page.gap()
        page.table(
            ("property", "from → to", "other words"),
            [(term.label, _ends(term), ", ".join(term.words)) for term in found.properties],
        )
    if found.examples:
        page.gap()
        page.line("Questions to try", mark=style.bold)
        for question in found.examples:
            page.line(question, indent=2, hang=2)
    return page.text()


def _ends(term: Term) -> str:
    return f"{' or '.join(term.domain[:2]) or 'anything'} → {' or '.join(term.range[:2]) or 'anything'}"
