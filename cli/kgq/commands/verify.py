"""``kgq verify``: every quote of the graph against its own numbers, and against the text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options

if TYPE_CHECKING:
    from kg.checks.quotes import Verification
    from kg.results import Problem

__all__ = ["verify"]


@click.command(
    epilog=examples(
        "kgq verify                      lengths, limits, and the built files",
        "kgq verify --source post.txt    every quote, word by word",
        "kgq -g my-report.nq verify --source my-report/post.txt",
    )
    + "\n\n\b\nExit codes: 0 everything checked is right, 1 something is broken, 4 cannot be read."
)
@click.option("--source", "sources", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              envvar="KGQ_SOURCE", show_envvar=True, help="A document's text; repeatable.")  # fmt: skip
@session_options("text", "json")
def verify(session: Session, sources: tuple[Path, ...]) -> int:
    """Check every quote of the graph.

    Always: each quote is as long as its place, and lies within the document; the files that ship with kgq are the
    ones that were built. With the text (recognised by its SHA-256): each quote is exactly the words that stand
    there. The texts of documents that kgq add keeps are at hand.
    """
    from kg.building.build import changed_files
    from kg.checks.quotes import verify_quotes
    from kgq.commands.check import exit_code
    from kgq.settings import project_folder

    kept = sorted((project_folder() / "documents").glob("*/text.txt")) if session.graphs else []
    verification = verify_quotes(session.open().dataset, (*sources, *kept))
    problems = [*verification.problems, *(() if session.graphs else changed_files())]
    if session.format == "json":
        session.write_json(_data(verification, problems))
    else:
        session.write("".join(f"{line}\n" for line in [*map(str, problems), _summary(verification, problems)]))
    return exit_code(problems)


def _summary(verification: Verification, problems: list[Problem]) -> str:
    """Say what was checked and what was not."""
    from kg.checks.quotes import BROKEN

    broken = sum(problem.rule in BROKEN for problem in problems)
    told = [f"{verification.quotes} quotes: {broken or 'nothing'} broken"]
    if verification.documents:
        told.append(f"{verification.compared} compared word by word with {_titles(verification.documents)}")
    if verification.missing:
        told.append(
            f"not compared with {_titles(verification.missing)}, whose text is not at hand (give --source FILE); "
            "checked were lengths and limits alone"
        )
    return "; ".join(told) + "."


def _titles(titles: tuple[str, ...]) -> str:
    return ", ".join(f"“{title}”" for title in titles)


def _data(verification: Verification, problems: list[Problem]) -> dict[str, object]:
    return {
        "ok": not any(problem.severity == "error" for problem in problems),
        "quotes": verification.quotes,
        "compared": verification.compared,
        "documents": list(verification.documents),
        "not_compared": list(verification.missing),
        "problems": [problem.to_dict() for problem in problems],
    }
