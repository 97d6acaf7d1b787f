"""``kgq export``: the whole graph, or its network, in another format."""

from __future__ import annotations

import click

from kgq.kinds import include_option
from kgq.options import Session, examples, session_options

__all__ = ["export"]

_RDF = ("trig", "turtle", "ntriples", "nquads", "jsonld", "rdfxml", "rdf12", "nanopub")
_NETWORK = ("graphml", "gexf", "dot", "mermaid", "cypher", "edges")


@click.command(
    epilog=examples(
        "kgq export --format trig -o graph.trig",
        "kgq export --format rdf12 > claims.trig     each claim reifies its statement",
        "kgq export --format nanopub -o claims.trig  a nanopublication for each claim",
        "kgq export --format graphml -o graph.graphml",
        "kgq -g data.ttl export --format jsonld",
        "kgq -g my-store export --format nquads --unsorted -o all.nq   the quickest way out of a large store",
    )
)
@include_option("Of a network, the kinds of claims that become edges")
@click.option("--unsorted", is_flag=True,
              help="RDF as the store has it: quicker. That of an endpoint always is.")  # fmt: skip
@session_options(*_RDF, *_NETWORK, view=True, plugged=True)
def export(session: Session, *, include: tuple[str, ...], unsorted: bool) -> int:
    """Write the graph as RDF, sorted so that the same graph gives the same bytes; or its network.

    In a network every claim is an edge with its kind, qualifiers and quote. What a format cannot hold is said on
    standard error. Tables come from `kgq query --format csv|tsv|parquet|xlsx`. Plug-ins add
    formats: docs/how-to/plugins.md.
    """
    graph = session.open()
    if session.format not in (*_RDF, *_NETWORK):
        from kg.plugins import EXPORTERS, plugins

        session.write(plugins(EXPORTERS)[session.format].call(graph, gives=(bytes, str)))
        return 0
    dataset = graph.dataset
    far = dataset.is_remote and session.format != "nanopub"  # which asks for some claims at a time
    if far or (unsorted and session.format in _RDF):
        from kgq.remote import export_stream

        export_stream(session, graph)
        return 0
    from kgq.remote import output_of

    if session.format in _NETWORK:
        from kg.network import network_parts, network_text

        parts = network_parts(dataset, include=include, lang=session.lang)
        with output_of(session) as out:
            out.writelines(
                text.encode() for text in network_text(parts.things(), parts.statements(), session.format)
            )
        return 0
    from kg.formats.graphs import write_graph

    with output_of(session) as out:
        losses = write_graph(dataset, session.format, out)
    for loss in losses:
        session.say(f"{session.format}: {loss}")
    return 0
