"""``kgq load``: files into the store, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgq.interruption import ends_at_once
from kgq.options import Session, examples, session_options
from kgq.projects import base_folders, with_option
from kgq.stores import changing_options, the_store

if TYPE_CHECKING:
    from kg.building.build import Built
    from kg.reading import SourceFile
    from kg.store.generation import SourceRecord
    from kgq.progress import ProgressLine

__all__ = ["load"]

_MANY, _TOO_MANY = 50_000, 2_000_000
"""Statements from which reading the names takes longer than a question should, and longer than a load."""


@click.command(
    epilog=examples(
        "kgq load companies.ttl contracts.nt.gz    into the store of this folder (kgq init)",
        "kgq load my-report                        a folder of claims, checked as kgq build does",
        "kgq load my-report --with built-in        whose claims name entities of kgq's document",
        "kgq load deals.csv --mapping deals.yaml   a table",
        "kgq -g my-store load companies.ttl        into a store elsewhere, made if it is not there",
        "kgq load new/companies.ttl --as companies.ttl",
    )
    + "\n\n\b\nExit codes: 0 loaded, 1 the claims have errors, 4 cannot (nothing was changed)."
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--as", "name", metavar="NAME", help="What the source is called; for one file.")
@click.option("--from", "form", metavar="FORM", help="What the files are, where name and content do not tell.")
@click.option(
    "--mapping", type=click.Path(path_type=Path), metavar="FILE", help="How rows of tables become triples."
)
@click.option("--default-graph", is_flag=True,
              help="Into the default graph: half the work and disk, for one large source of triples.")  # fmt: skip
@click.option("--optimize/--no-optimize", default=True, show_default=True,
              help="Put the engine's files in order too; large graphs then answer faster.")  # fmt: skip
@click.option("--index/--no-index", default=None,
              help="Read all names for questions now: by default up to two million statements.")  # fmt: skip
@with_option
@changing_options
@session_options("text", "json")
def load(session: Session, files: tuple[str, ...], *, wait: float, durable: bool, **options: Any) -> int:
    """Load RDF, folders of claims and tables into the store, each into graphs of its own.

    FILE is a file (packed with gzip or zstd too), a folder, a pattern, or - for standard input. A source that was
    loaded before is replaced. Nothing is visible until everything is there, and nothing is changed if anything is
    wrong: RDF is checked for its syntax, claims for all that `kgq build` checks. SHACL on RDF is `kgq check`.
    """
    from kg.reading import find_sources
    from kgq.progress import ProgressLine

    sources = find_sources(files, form=options["form"], mapping=options["mapping"])
    if options["name"] is not None and len(sources) > 1:
        raise click.UsageError(f"--as names one source, and these are {len(sources)}. Load them one by one.")
    base = base_folders(options["base"])
    built = {source.name: _built(source, base) for source in sources if source.form == "claims"}
    if any(found.failed for found in built.values()):
        return _refuse(session, list(built.values()))
    store = the_store(session, create=True, wait=wait, durable=durable)
    report = ProgressLine(session.quiet)
    with (
        ends_at_once(),
        closing(report),
        store.transaction(report=report, optimize=options["optimize"]) as transaction,
    ):
        loaded = []
        for source in sources:
            report.what = source.name
            if source.name in built:
                loaded.append(transaction.load_built(built[source.name], source, name=options["name"]))
            else:
                graph = options["default_graph"]
                loaded.append(transaction.load(source, name=options["name"], default_graph=graph))
    _say(session, loaded, store.log()[-1].seconds)
    total = store.log()[-1].quads or 0
    if options["index"] or (options["index"] is None and _MANY < total <= _TOO_MANY):
        _index(session, report)
    elif total > _TOO_MANY:
        session.say("questions look names up as they are written. 'kgq vocabulary --index' reads them all.")
    return 0


def _index(session: Session, report: ProgressLine) -> None:
    """Make the index of names, which is kept by the state of the store."""
    report.what = ""
    with closing(report):
        session.open().read_names(report.step)


def _built(source: SourceFile, base: Sequence[Path]) -> Built:
    from kg.building.build import build
    from kg.building.sources import read_sources

    return build(read_sources(source.path, base=base))


def _refuse(session: Session, built: Sequence[Built]) -> int:
    from kgq.commands.check import exit_code, write_report

    problems = [problem for found in built for problem in found.problems]
    if session.format == "json":
        write_report(session, problems)
    for problem in problems:
        click.echo(str(problem), err=True)
    session.say("nothing was loaded.")
    return exit_code(problems)


def _say(session: Session, loaded: Sequence[SourceRecord], seconds: float) -> None:
    if session.format == "json":
        sources = [{"name": r.name, "graphs": list(r.graphs), "added": r.triples} for r in loaded]
        session.write_json({"loaded": sources, "seconds": seconds})
        return
    total = sum(record.triples for record in loaded)
    rate = f", {total / seconds:,.0f} a second" if seconds > 1 else ""
    session.write("".join(f"{record.name}: {record.triples:,} statements\n" for record in loaded))
    if rate:
        session.say(f"loaded in {seconds:.1f} s{rate}.")
