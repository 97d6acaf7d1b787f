"""``kgq export``: the whole graph in another format."""

from __future__ import annotations

import click

from kgq.options import Session, examples, session_options

__all__ = ["export"]

_FORMATS = ("trig", "turtle", "ntriples", "nquads", "jsonld", "rdfxml", "rdf12")


@click.command(
    epilog=examples(
        "kgq export --format trig -o graph.trig",
        "kgq export --format rdf12 > claims.trig     each claim reifies its statement",
        "kgq -g data.ttl export --format jsonld",
    )
)
@session_options(*_FORMATS)
def export(session: Session) -> int:
    """Write the graph, sorted: the same graph gives the same bytes.

    What a format cannot hold is said on standard error.
    """
    from kg.exporting import export as export_graph

    written = export_graph(session.open().dataset, session.format)
    session.write(written.data)
    for loss in written.losses:
        session.say(f"{session.format}: {loss}")
    return 0
