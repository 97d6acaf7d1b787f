"""``kgq check``: every problem of sources or of a graph, with file, line and remedy."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from kgq.options import Session, examples, session_options

if TYPE_CHECKING:
    from kg.results import Problem

__all__ = ["at_hand", "check", "default_folder", "exit_code", "write_problems", "write_report"]


@click.command(
    epilog=examples(
        "kgq check                         the sources that ship with kgq",
        "kgq check my-report/claims.csv    a file, together with its neighbours",
        "kgq check companies.ttl --shapes shapes.ttl --format sarif -o check.sarif",
        "kgq check -g my-store --time-limit 300",
        "kgq check my-report --fix --dry-run",
    )
    + "\n\n\b\nExit codes: 0 conforms, 1 does not, 4 cannot be read, or not finished in time."
)
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(path_type=Path), metavar="FILE", envvar="KGQ_SOURCE", show_envvar=True,
              help="The document's text, to check every quote against.")  # fmt: skip
@click.option("--shapes", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="SHACL shapes, in place of the graph's own; repeatable.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=600.0, show_default=True,
              metavar="SECONDS", help="Give up the checks of a graph after this long.")  # fmt: skip
@click.option("--fix", is_flag=True, help="Mend in claims.csv what only one thing can be meant by; says each.")
@click.option("--dry-run", is_flag=True, help="With --fix: say what would be mended, and write nothing.")
@session_options("table", "json", "sarif", "junit", "text")
def check(
    session: Session,
    *,
    paths: tuple[Path, ...],
    source: Path | None,
    shapes: tuple[Path, ...],
    time_limit: float,
    fix: bool,
    dry_run: bool,
) -> int:
    """Hold files, folders or a graph against what is expected of them, each problem with file, line and remedy.

    A folder of claims is checked the way `kgq build` reads it, a file of such a folder with its neighbours:
    columns, names, quotes, shapes. Other RDF, and what -g names, is checked for syntax, for SHACL shapes (its own,
    or --shapes), and for what is untidy: things without label or type, labels that two things share, terms that
    are not declared, references to nothing, circles in hierarchies.
    """
    if dry_run and not fix:
        raise click.UsageError("--dry-run says what --fix would do. Add --fix.")
    graph = bool(session.graphs) and not paths
    if graph:
        problems = _graph(session, shapes, source, time_limit)
    else:
        problems = _files(session, paths, source, shapes=shapes, time_limit=time_limit, fix=fix, dry_run=dry_run)
    write_problems(session, problems)
    return exit_code(problems)


def _files(
    session: Session,
    paths: tuple[Path, ...],
    source: Path | None,
    *,
    shapes: tuple[Path, ...],
    time_limit: float,
    fix: bool,
    dry_run: bool,
) -> list[Problem]:
    from kg.checks.sources import check as check_sources

    chosen = paths or (default_folder(writing=fix and not dry_run),)
    text = at_hand(source, chosen)
    if fix:
        _mend(chosen, text, dry_run)
    step = _stepper(session)
    return check_sources(chosen, source=text, shapes=shapes, time_limit=time_limit, step=step)


def _mend(paths: Sequence[Path], source: Path | None, dry_run: bool) -> None:
    """Mend what is mechanical, and say so: each fix is a line on standard error, quiet or not."""
    from kg.checks.fixes import apply_fixes, find_fixes

    fixes = find_fixes(paths, source=source)
    for each in fixes:
        click.echo(f"{'would fix' if dry_run else 'fixed'}: {each}", err=True)
    if not fixes:
        click.echo("nothing can be mended without judgement.", err=True)
    if not dry_run:
        apply_fixes(fixes)


def _graph(session: Session, shapes: tuple[Path, ...], source: Path | None, time_limit: float) -> list[Problem]:
    from kg.checks.graphs import check_graph
    from kg.checks.places import Places
    from kg.errors import SourceError
    from kg.reading import find_sources

    dataset = session.open().dataset
    try:
        files = find_sources(list(session.graphs))
    except SourceError:  # a store, or an endpoint
        files = []
    place = Places(files, dict(dataset.prefixes))
    texts = () if source is None else (source,)
    step = _stepper(session)
    return check_graph(dataset, place=place, shapes=shapes, texts=texts, time_limit=time_limit, step=step)


def _stepper(session: Session) -> Callable[[str], None] | None:
    """Return what tells the progress: on a terminal, or where it is asked for."""
    return (lambda what: session.say(f"{what} …")) if session.verbose or sys.stderr.isatty() else None


def write_problems(session: Session, problems: Sequence[Problem]) -> None:
    """Write problems in the form asked for."""
    if session.format == "json":
        write_report(session, problems)
    elif session.format in ("sarif", "junit"):
        from kg.formats import reports

        session.write((reports.sarif if session.format == "sarif" else reports.junit)(problems))
    else:
        lines = [str(problem) for problem in problems]
        if exit_code(problems) == 0:
            lines.append("conforms")
        session.write("".join(f"{line}\n" for line in lines))


def exit_code(problems: Sequence[Problem]) -> int:
    """Return 0 where nothing is an error, 4 where a source cannot be read or a check was given up, else 1."""
    from kg.checks.sources import UNFINISHED, UNREADABLE

    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return 4 if any(problem.rule == UNFINISHED for problem in problems) else 0
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
