"""``kgq undo``: the last change of the store taken back."""

from __future__ import annotations

import click

from kgq.options import Session, examples, session_options
from kgq.stores import changing_options, the_store

__all__ = ["undo"]


@click.command(epilog=examples("kgq undo", "kgq undo --redo     bring back what was taken back last"))
@click.option("--redo", is_flag=True, help="Bring back what was taken back last.")
@changing_options
@session_options("text", "json")
def undo(session: Session, redo: bool, wait: float, durable: bool) -> int:
    """Take the last change of the store back; again, the one before it.

    The states before the last five changes are kept. The log keeps both, the change and that it was taken back. Of
    what an endpoint wrote, the updates between two of its copies are one change.
    """
    store = the_store(session, wait=wait, durable=durable)
    entry, about = store.redo() if redo else store.undo()
    if session.format == "json":
        session.write_json({"entry": entry.to_dict(), "about": about.to_dict()})
        return 0
    done = "brought back" if redo else "took back"
    quads = "" if entry.quads is None else f"; {entry.quads:,} statements now"
    what = f" {about.details[0]}" if about.details else ""
    session.write(f"{done} change {about.number}: {about.action}{what}{quads}\n")
    return 0
