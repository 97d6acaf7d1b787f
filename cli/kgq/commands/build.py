"""``kgq build``: from a folder of sources to a graph."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  kgq build                              rebuild what ships with kgq (in a checkout)
  kgq build my-report -o my-report.nq    one graph from a folder of claims
  kgq build my-report --source post.txt  check the quotes against a text kept elsewhere
"""


@click.command("build", epilog=EPILOG, short_help="Build a graph from a folder of sources.")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A file (.nq or .trig), or a folder for the graph with its vocabulary. Default: FOLDER/built.",
)
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    envvar="KGQ_SOURCE",
    show_envvar=True,
    help="The document's text, to check every quote against.",
)
def command(folder: Path | None, output: Path | None, source: Path | None) -> None:
    """Read claims, entities and ontology, check every quote, infer, validate, write.

    FOLDER holds claims.csv (or .yaml), entities.csv and document.yaml; Turtle files beside them extend the
    ontology, and rules/*.rq the inference. Nothing is written if anything is wrong.
    """
    from kg.build import build, is_file, write_file, write_folder
    from kg.checking import UNREADABLE
    from kg.sources import read_sources
    from kgq.commands.check import at_hand, default_folder

    chosen = default_folder(writing=output is None) if folder is None else folder
    built = build(read_sources(chosen, source=at_hand(source, chosen)))
    for problem in built.problems:
        click.echo(str(problem), err=True)
    if built.failed:
        count = sum(problem.severity == "error" for problem in built.problems)
        click.echo(f"nothing written: {count} {'error' if count == 1 else 'errors'} in {chosen}.", err=True)
        unreadable = any(problem.rule in UNREADABLE for problem in built.problems)
        click.get_current_context().exit(4 if unreadable else 1)
    target = output or chosen / "built"
    if is_file(target):
        write_file(built, target)
    else:
        write_folder(built, target)
    click.echo(str(target))
    _say_quotes(built.unchecked_quotes())


def _say_quotes(unchecked: int) -> None:
    if unchecked:
        remedy = "give the text with --source FILE to check them"
        click.echo(
            f"note: the text is not at hand; {unchecked} quotes were not compared with it ({remedy}).", err=True
        )
