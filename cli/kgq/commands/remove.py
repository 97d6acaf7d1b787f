"""``kgq remove``: a source out of the store."""

from __future__ import annotations

import click

from kgq.options import Session, examples, session_options
from kgq.stores import changing_options, the_store

__all__ = ["remove"]


@click.command(epilog=examples("kgq remove companies.ttl", "kgq -g my-store remove reports/2024.trig"))
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@changing_options
@session_options("text", "json")
def remove(session: Session, sources: tuple[str, ...], wait: float, durable: bool) -> int:
    """Take sources out of the store, with everything they say that no other source says too.

    SOURCE is the name that `kgq load` printed, or the file's. All of them are removed, or none.
    """
    store = the_store(session, wait=wait, durable=durable)
    with store.transaction() as transaction:
        removed = [transaction.remove_source(source) for source in sources]
    gone = store.log()[-1].removed or 0
    if session.format == "json":
        session.write_json({"removed": [record.name for record in removed], "statements": gone})
    else:
        names = ", ".join(record.name for record in removed)
        session.write(f"{names}: {gone:,} statements removed\n")
    return 0
