"""``kgq check``: every problem of the sources, with file, line and remedy."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from kgq.options import Session, examples, session_options

if TYPE_CHECKING:
    from kg.results import Problem

__all__ = ["at_hand", "check", "default_folder", "exit_code", "write_report"]


@click.command(
    epilog=examples(
        "kgq check                         the sources that ship with kgq",
        "kgq check my-report/claims.csv    a file, together with its neighbours",
        "kgq check ontology.ttl --format json",
    )
    + "\n\n\b\nExit codes: 0 conforms, 1 does not, 4 cannot be read."
)
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(path_type=Path), metavar="FILE", envvar="KGQ_SOURCE", show_envvar=True,
              help="The document's text, to check every quote against.")  # fmt: skip
@session_options("text", "json")
def check(session: Session, paths: tuple[Path, ...], source: Path | None) -> int:
    """Hold files and folders against what kgq expects: columns, names, quotes, shapes.

    A folder is checked the way `kgq build` reads it; a file of such a folder with its neighbours. RDF that uses
    none of kgq's terms is checked for syntax alone.
    """
    from kg.checks.sources import check as check_sources

    chosen = paths or (default_folder(),)
    problems = check_sources(chosen, source=at_hand(source, chosen))
    if session.format == "json":
        write_report(session, problems)
    else:
        lines = [str(problem) for problem in problems]
        if exit_code(problems) == 0:
            lines.append("conforms")
        session.write("".join(f"{line}\n" for line in lines))
    return exit_code(problems)


def exit_code(problems: Sequence[Problem]) -> int:
    """Return 0 where nothing is an error, 4 where a source cannot be read, else 1."""
    from kg.checks.sources import UNREADABLE

    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return 0
    return 4 if any(problem.rule in UNREADABLE for problem in errors) else 1


def write_report(session: Session, problems: Sequence[Problem], **further: str | None) -> None:
    """Write problems as JSON."""
    conforms = not any(problem.severity == "error" for problem in problems)
    session.write_json({"conforms": conforms, **further, "problems": [problem.to_dict() for problem in problems]})


def default_folder(*, writing: bool = False) -> Path:
    """Return the folder of sources that ships with kgq, the short way from here.

    Raises:
        kg.errors.SourceError: it would be written to and lies inside the installed package.
    """
    from kg.errors import SourceError
    from kg.resources import ontology_folder

    folder = ontology_folder()
    if writing and folder.parent.name == "kg":
        message = (
            "these sources belong to the installed package and are not rebuilt in place. Give -o or a FOLDER."
        )
        raise SourceError(message, path=str(folder))
    relative = Path(os.path.relpath(folder))
    return folder if relative.parts[:1] == ("..",) else relative


def at_hand(source: Path | None, paths: Sequence[Path]) -> Path | None:
    """Return the text to check against; one from KGQ_SOURCE only where it is the text of a document named here."""
    given = click.get_current_context().get_parameter_source("source")
    if source is None or given is not ParameterSource.ENVIRONMENT:
        return source
    from kg.building.sources import names_text
    from kg.documents.text import SourceText

    text, _ = SourceText.read(source)
    folders = [path if path.is_dir() else path.parent for path in paths]
    return source if text is not None and any(names_text(folder, text) for folder in folders) else None
