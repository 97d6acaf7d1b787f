"""``kgq merge``: two names for one thing, merged when a person says so."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import click

from kgq.options import Session, complete_entity, examples, session_options
from kgq.projects import person, publish, the_project, with_option

if TYPE_CHECKING:
    from kg.corpus.merging import Merge

__all__ = ["merge"]


@click.command(
    epilog=examples(
        "kgq merge                              things of one name: perhaps one, perhaps namesakes",
        'kgq merge "Northgate Compute" Northgate',
        "kgq merge --undo Northgate",
        "kgq merge --list",
    )
    + "\n\n\b\nExit codes: 0 done, 1 nothing to do, 3 unknown name, 4 cannot."
)
@click.argument("keep", required=False, metavar="[KEEP]", shell_complete=complete_entity)
@click.argument("drop", required=False, metavar="[OTHER]", shell_complete=complete_entity)
@click.option("--undo", metavar="OTHER", help="Take a merge back.")
@click.option("--list", "listed", is_flag=True, help="Show what was merged.")
@with_option
@session_options("text", "json")
def merge(
    session: Session, *, keep: str | None, drop: str | None, undo: str | None, listed: bool, base: tuple[str, ...]
) -> int:
    """Say that OTHER is KEEP: its claims become KEEP's, its names further names of it.

    Nothing is merged by name alone. The act is kept in merges.yaml with who and when, and is undone by --undo; the
    documents' own tables stay as they are.
    """
    from kg.corpus.merging import Merge, merges, record_merge, remove_merge

    project = the_project(base)
    if listed:
        return _list(session, merges(project.root))
    if undo is not None:
        iri = next((found.drop for found in merges(project.root) if found.is_called(undo)), undo)
        if not remove_merge(project.root, iri):
            session.say(f"'{undo}' was not merged. 'kgq merge --list' shows what was.")
            return 1
        return 0 if publish(session, project) else 4
    if keep is None:
        return _propose(session)
    if drop is None:
        raise click.UsageError("which two? Give the one to keep and the other.")
    graph = session.open()
    kept, dropped = graph.find(keep), graph.find(drop)
    names = graph.names.entity(kept.iri).label, graph.names.entity(dropped.iri).label
    record_merge(project.root, Merge(kept.iri, dropped.iri, person(), _now(), *names))
    if not publish(session, project):
        remove_merge(project.root, dropped.iri)
        return 4
    return 0


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _list(session: Session, found: list[Merge]) -> int:
    if session.format == "json":
        session.write_json([merge.to_dict() for merge in found])
    else:
        rows = (
            f"{m.kept or m.keep} ← {m.dropped or m.drop}  ({', '.join(filter(None, (m.by, m.at)))})" for m in found
        )
        session.write("".join(f"{row}\n" for row in rows))
        if not found:
            session.say("none.")
    return 0 if found else 1


def _propose(session: Session) -> int:
    from kg.corpus.merging import proposals

    graph = session.open()
    found = [
        {"name": name, "keep": graph.names.entity(one).curie, "drop": graph.names.entity(other).curie}
        for name, one, other in proposals(graph.dataset)
    ]
    return _write(session, found)


def _write(session: Session, found: list[dict[str, str]]) -> int:
    if session.format == "json":
        session.write_json(found)
    else:
        session.write("".join("  ".join(filter(None, row.values())) + "\n" for row in found))
        if not found:
            session.say("none.")
    return 0 if found else 1
