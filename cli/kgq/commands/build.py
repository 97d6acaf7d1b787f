"""``kgq build``: from a folder of sources to a graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options
from kgq.projects import base_folders, with_option

if TYPE_CHECKING:
    from kg.building.build import Built

__all__ = ["build"]


@click.command(
    epilog=examples(
        "kgq build                              rebuild what ships with kgq (in a checkout)",
        "kgq build my-report -o my-report.nq    one graph from a folder of claims",
        "kgq build my-report --source post.txt  check the quotes against a text kept elsewhere",
        "kgq build my-report --with built-in -o both.nq    beside the document that ships with kgq",
    )
)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(path_type=Path), metavar="FILE", envvar="KGQ_SOURCE", show_envvar=True,
              help="The document's text, to check every quote against.")  # fmt: skip
@with_option
@session_options("text", "json")
def build(session: Session, folder: Path | None, source: Path | None, base: tuple[str, ...]) -> int:
    """Read claims, entities and ontology, check every quote, infer, validate, write.

    FOLDER holds claims.csv (or .yaml), entities.csv and document.yaml; Turtle files beside them extend the
    ontology, and rules/*.rq the inference. -o names a file (.nq or .trig), or a folder for the graph with its
    vocabulary (by default FOLDER/built). Nothing is written if anything is wrong.
    """
    from kg.building.build import FILE_FORMATS, is_file, write_file, write_folder
    from kg.building.build import build as build_graph
    from kg.building.sources import read_sources
    from kgq.commands.check import at_hand, default_folder, exit_code, write_report

    chosen = default_folder(writing=session.output is None) if folder is None else folder
    target = session.output or chosen / "built"
    if is_file(target) and target.suffix.lower() not in FILE_FORMATS:
        raise click.UsageError(
            f"'{target}' is neither a folder nor a file that ends in {' or '.join(FILE_FORMATS)}."
        )
    sources = read_sources(chosen, source=at_hand(source, [chosen]), base=base_folders(base))
    built = build_graph(sources)
    if not built.failed:
        (write_file if is_file(target) else write_folder)(built, target)
    if session.format == "json":
        report = session._replace(output=None)  # the file asked for is the graph's
        write_report(report, built.problems, written=None if built.failed else str(target))
    else:
        _say(session, built, chosen, target)
    return exit_code(built.problems)


def _say(session: Session, built: Built, folder: Path, target: Path) -> None:
    for problem in built.problems:
        click.echo(str(problem), err=True)
    if built.failed:
        count = sum(problem.severity == "error" for problem in built.problems)
        session.say(f"nothing written: {count} {'error' if count == 1 else 'errors'} in {folder}.")
        return
    click.echo(str(target))
    unchecked = built.unchecked_quotes()
    if unchecked:
        session.say(
            f"{unchecked} quotes were not compared with the text, which is not at hand; give --source FILE."
        )
