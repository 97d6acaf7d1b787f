"""``kgq update``: SPARQL Update on the store."""

from __future__ import annotations

import click

from kgq.interruption import ends_at_once
from kgq.options import Session, examples, session_options
from kgq.session import typed_text
from kgq.stores import changing_options, the_store

__all__ = ["update"]


@click.command(
    epilog=examples(
        "kgq update \"INSERT DATA { GRAPH ex:notes { ex:a rdfs:label 'a' } }\"",
        "kgq update @changes.ru",
        'kgq -g my-store update "DELETE WHERE { GRAPH ?g { ex:a ?p ?o } }"',
    )
    + "\n\n\b\nExit codes: 0 done, 2 not valid SPARQL, 4 cannot (nothing was changed)."
)
@click.argument("text", nargs=-1, required=True, metavar="UPDATE | @FILE | -")
@changing_options
@session_options("text", "json")
def update(session: Session, text: tuple[str, ...], wait: float, durable: bool) -> int:
    """Change the store with a SPARQL update: all of it, or nothing.

    The store's prefixes need no declaration. An update reads and writes the graphs that it names, with GRAPH or
    WITH, else the default graph alone; what `kgq load` loads lies in a graph for each source. `kgq undo` takes an
    update back.
    """
    from kg.sparql_text import scan

    sparql = typed_text(text, "nothing to do. Give an update")
    store = the_store(session, wait=wait, durable=durable)
    before = store.facts().quads or 0
    with ends_at_once(), store.transaction() as transaction:
        transaction.update(sparql)
    after = store.facts().quads or 0
    if session.format == "json":
        session.write_json({"statements": after, "before": before})
    else:
        session.write(f"{after:,} statements, {before:,} before\n")
        if after == before and not scan(sparql).keywords & {"GRAPH", "WITH"}:
            session.say(
                "an update changes the graphs that it names, as in GRAPH ?g { … }, else the default graph alone."
            )
    return 0
