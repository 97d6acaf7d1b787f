"""The folder one works in: its documents, what they build on, and the store they are published to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kgq.options import Session

if TYPE_CHECKING:
    from kg.building.build import Built
    from kg.corpus.project import Project
    from kg.store.generation import SourceRecord

__all__ = ["base_folders", "person", "publish", "the_project", "with_option"]

F = TypeVar("F", bound=Callable[..., Any])

with_option = click.option(
    "--with",
    "base",
    multiple=True,
    metavar="FOLDER",
    help="Build on the entities, terms and documents of this folder, too; 'built-in' for kgq's.",
)
"""The option of commands that build on other folders of sources; ``with`` in kgq.toml."""


def base_folders(names: Iterable[str]) -> tuple[Path, ...]:
    """Return the folders of sources to build on.

    Raises:
        click.UsageError: one is no folder.
    """
    from kg.resources import ontology_folder

    found = []
    for name in names:
        folder = ontology_folder() if name == "built-in" else Path(name)
        if not folder.is_dir():
            raise click.UsageError(f"'{name}' is no folder. Name one of sources, or 'built-in'.")
        found.append(folder)
    return tuple(found)


def the_project(base: Iterable[str]) -> Project:
    """Return the project of the folder one works in."""
    from kg.corpus.project import Project
    from kgq.settings import project_folder

    return Project(project_folder(), base_folders(base))


def person() -> str:
    """Return who is at the keyboard, as this computer knows them."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"


def publish(session: Session, project: Project) -> bool:
    """Build all documents and put the result into the store, where there is one; say what is wrong otherwise."""
    from kg.corpus.project import SOURCE
    from kgq.stores import the_store

    built = project.build()
    for problem in built.problems:
        click.echo(str(problem), err=True)
    if built.failed:
        session.say("not published: correct this, then run kgq load documents.")
        return False
    if len(session.graphs) != 1 or not Path(session.graphs[0]).is_dir():
        session.say("there is no store here, so nothing was published. 'kgq init FOLDER' makes one.")
        return True
    store = the_store(session)
    with store.transaction() as transaction:
        for graph in _of_the_page(transaction.sources, built):
            if transaction.ask(f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"):
                transaction.update(f"DROP SILENT GRAPH <{graph}>")
        record = transaction.load_built(built, project.documents, name=SOURCE)
    session.say(f"published: {record.triples:,} statements.")
    return True


def _of_the_page(sources: Mapping[str, SourceRecord], built: Built) -> set[str]:
    """Return the graphs of documents that the page published: no source has them, and they are made anew."""
    known = {graph for record in sources.values() for graph in record.graphs}
    return {graph for graph in built.dataset.engine.named_graphs() if graph not in known}
