"""``kgq log``: what changed in the store, when, by which command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options
from kgq.stores import the_store

if TYPE_CHECKING:
    from kg.store import DiskStore
    from kg.store.journal import Entry

__all__ = ["log"]


@click.command(epilog=examples("kgq log", "kgq log --limit 3", "kgq log --format json"))
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, metavar="N",
              help="Changes to show, the last ones.")  # fmt: skip
@session_options("table", "json")
def log(session: Session, limit: int) -> int:
    """List the changes of the store: when, what, by which command, and how many statements came and went.

    The last changes can be taken back with `kgq undo`; the states before them are kept.
    """
    store = the_store(session)
    entries = store.log()
    if session.format == "json":
        kept, size = store.folder.kept_bytes()
        session.write_json(
            {
                "changes": [entry.to_dict() for entry in entries[-limit:]],
                "sources": [
                    {"name": r.name, "graphs": list(r.graphs), "triples": r.triples} for r in store.sources()
                ],
                "kept": {"states": kept, "bytes": size},
            }
        )
        return 0
    session.write("".join(_line(entry) for entry in entries[-limit:]))
    _say_kept(session, store, len(entries), limit)
    return 0


def _line(entry: Entry) -> str:
    counts = " ".join(
        f"{sign}{count:,}" for sign, count in (("+", entry.added), ("-", entry.removed)) if count is not None
    )
    when = entry.at[:19].replace("T", " ")
    more = f" (and {len(entry.details) - 1} more)" if len(entry.details) > 1 else ""
    detail = f"{entry.details[0]}{more}" if entry.details else ""
    return f"{entry.number:>4}  {when}  {entry.action:<8} {counts:>14}  {detail}  [{entry.command}]\n"


def _say_kept(session: Session, store: DiskStore, count: int, limit: int) -> None:
    from kgq.progress import size_text

    if not count:
        session.say("nothing was changed yet.")
        return
    kept, size = store.folder.kept_bytes()
    older = f" {count - limit} earlier changes are not shown." if count > limit else ""
    states = "1 earlier state is" if kept == 1 else f"{kept} earlier states are"
    session.say(f"times are UTC.{older} {states} kept for undo, in {size_text(size)}.")
