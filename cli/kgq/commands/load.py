"""``kgq load``: files into the store, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options
from kgq.stores import changing_options, the_store

if TYPE_CHECKING:
    from kg.building.build import Built
    from kg.store import Transaction
    from kg.store.generation import SourceRecord
    from kgq.progress import ProgressLine

__all__ = ["load"]

_CLAIMS = frozenset({"claims.csv", "claims.yaml", "claims.yml", "document.yaml"})


@click.command(
    epilog=examples(
        "kgq load companies.ttl contracts.nt.gz    into the store of this folder (kgq init)",
        "kgq load my-report                        a folder of claims, checked as kgq build does",
        "kgq -g my-store load companies.ttl        into a store elsewhere, made if it is not there",
        "kgq load new/companies.ttl --as companies.ttl",
    )
    + "\n\n\b\nExit codes: 0 loaded, 1 the claims have errors, 4 cannot (nothing was changed)."
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--as", "name", metavar="NAME", help="What the source is called; for one file.")
@click.option("--default-graph", is_flag=True,
              help="Into the default graph: half the work and disk, for one large source of triples.")  # fmt: skip
@click.option("--optimize/--no-optimize", default=True, show_default=True,
              help="Put the engine's files in order too; large graphs then answer faster.")  # fmt: skip
@changing_options
@session_options("text", "json")
def load(
    session: Session,
    files: tuple[Path, ...],
    *,
    name: str | None,
    default_graph: bool,
    optimize: bool,
    wait: float,
    durable: bool,
) -> int:
    """Load RDF files and folders of claims into the store, each into graphs of its own.

    A source that was loaded before is replaced. Nothing is visible until everything is there, and nothing is
    changed if anything is wrong: RDF is checked for its syntax, claims for all that `kgq build` checks. SHACL on
    RDF is `kgq check`.
    """
    from kgq.progress import ProgressLine

    if name is not None and len(files) > 1:
        raise click.UsageError("--as names one source, and several files are given. Load them one by one.")
    built = {file: _built(file) for file in files if _is_claims(file)}
    if any(found.failed for found in built.values()):
        return _refuse(session, list(built.values()))
    store = the_store(session, create=True, wait=wait, durable=durable)
    with (
        closing(ProgressLine(session.quiet)) as progress,
        store.transaction(report=progress, optimize=optimize) as transaction,
    ):
        loaded = [
            _load(transaction, file, built.get(file), name=name, progress=progress, default_graph=default_graph)
            for file in files
        ]
    _say(session, loaded, store.log()[-1].seconds)
    return 0


def _is_claims(file: Path) -> bool:
    from kg.building.sources import document_folders

    return (file.is_dir() and bool(document_folders(file))) or (file.is_file() and file.name in _CLAIMS)


def _built(file: Path) -> Built:
    from kg.building.build import build
    from kg.building.sources import read_sources

    return build(read_sources(file if file.is_dir() else file.parent))


def _refuse(session: Session, built: Sequence[Built]) -> int:
    from kgq.commands.check import exit_code, write_report

    problems = [problem for found in built for problem in found.problems]
    if session.format == "json":
        write_report(session, problems)
    for problem in problems:
        click.echo(str(problem), err=True)
    session.say("nothing was loaded.")
    return exit_code(problems)


def _load(
    transaction: Transaction,
    file: Path,
    built: Built | None,
    *,
    name: str | None,
    progress: ProgressLine,
    default_graph: bool,
) -> SourceRecord:
    progress.what = file.name
    if built is not None:
        return transaction.load_built(built, file if file.is_dir() else file.parent, name=name)
    return transaction.load(file, name=name, default_graph=default_graph)


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
