"""Commands on an endpoint: what is asked of it in place of reading the whole graph."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from kgq.errors import UsageError

if TYPE_CHECKING:
    from kg.engines.http.settings import Endpoint
    from kg.engines.remote import RemoteEngine
    from kg.knowledge_graph import KnowledgeGraph
    from kg.network import Network
    from kgq.session import Session

__all__ = ["copy_results", "endpoint_of", "export_stream", "network_for", "output_of", "watched"]

_STREAMED = {"ntriples": "N_TRIPLES", "nquads": "N_QUADS", "turtle": "TURTLE", "trig": "TRIG"}
_TYPES = {
    "json": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xml": "application/sparql-results+xml",
    "ntriples": "application/n-triples",
    "turtle": "text/turtle",
}
_PIECE = 1 << 16


def endpoint_of(graphs: Sequence[str], *, refresh: bool = False) -> Endpoint | None:
    """Return the endpoint among sources, with what the settings say of it; None if they are files.

    Raises:
        UsageError: an endpoint beside something else.
    """
    urls = [name for name in graphs if name.lower().startswith(("http://", "https://"))]
    if not urls:
        return None
    if len(graphs) > 1:
        raise UsageError(f"'{urls[0]}' is an endpoint, which is asked by itself. Name no file and no other URL.")
    from dataclasses import replace

    from kg.engines.http.settings import Endpoint
    from kgq.settings import endpoint_settings

    return replace(Endpoint.from_environment(urls[0], endpoint_settings(urls[0])), refresh=refresh)


def watched(session: Session, graph: KnowledgeGraph) -> None:
    """Let what takes long be said, on a terminal."""
    from kg.engines.remote import RemoteEngine

    if isinstance(graph.dataset.engine, RemoteEngine) and sys.stderr.isatty():
        graph.dataset.engine.notice = lambda what: session.say(f"{what}; this is done once …")


def network_for(
    session: Session,
    graph: KnowledgeGraph,
    include: Sequence[str],
    *,
    things: Sequence[str] = (),
    ends: tuple[str, str] | None = None,
    hops: int = 1,
) -> Network:
    """Return the network, or of an endpoint or a large graph the part that a command needs.

    Args:
        session: for the language, and messages.
        graph: where the claims are.
        include: the kinds of claims to take.
        things: IRIs to look around.
        ends: IRIs to look between.
        hops: how far around.
    """
    from kg.cache.sampled import is_large
    from kg.network import network_about, network_around, network_between, network_sample, read_network

    if not (graph.dataset.is_remote or is_large(graph.dataset)):
        return read_network(graph.dataset, include=include, lang=session.lang)
    dataset, label, learn = graph.dataset, graph.names.label, graph.names.learn
    if ends is not None:
        return network_between(dataset, label, *ends, include=include)
    if len(things) == 1:
        return network_around(dataset, label, things[0], include=include, hops=hops, learn=learn)
    if things:
        return network_about(dataset, label, things, include=include)
    return network_sample(dataset, label, include=include, learn=learn)


def copy_results(session: Session, graph: KnowledgeGraph, text: str) -> bool:
    """Write the answer to a query byte by byte as it comes; False where the endpoint does not answer in that form.

    What a server says that it cuts off is not copied, for the rest has to be asked for.
    """
    engine = _remote(graph)
    media = _TYPES.get(session.format)
    if engine is None or media is None:
        return False
    from kg.engines.query_text import complete
    from kg.sparql_text import guard

    seen = guard(text)
    if (seen.form == "SELECT") != (session.format in ("json", "csv", "tsv", "xml")) or seen.form in ("ASK", ""):
        return False
    union = graph.dataset.union and "FROM" not in seen.keywords
    exchange = engine.open(complete(text, graph.dataset.prefixes), media, union=union)
    if exchange.media != media or "x-sparql-maxrows" in exchange.headers or "x-sql-state" in exchange.headers:
        exchange.body.close()
        return False
    with output_of(session) as out:
        while piece := exchange.body.read(_PIECE):
            exchange.body.mark()
            out.write(piece)
    return True


def export_stream(session: Session, graph: KnowledgeGraph) -> None:
    """Write a whole graph as it arrives: unsorted, and in bounded memory.

    Raises:
        UsageError: the format has to be sorted, or holds a network.
    """
    from pyoxigraph import RdfFormat, Triple, serialize

    name = _STREAMED.get(session.format)
    if name is None:
        raise UsageError(
            f"--format {session.format} needs the graph at hand. Export it as nquads, then use -g with that file."
        )
    quads = graph.dataset.engine.quads()
    merged = name in ("N_TRIPLES", "TURTLE")
    data = (Triple(q.subject, q.predicate, q.object) for q in quads) if merged else quads
    with output_of(session) as out:
        serialize(data, out, getattr(RdfFormat, name), prefixes=None if merged else dict(graph.dataset.prefixes))
    if merged:
        session.say(f"{session.format}: named graphs are merged into one; nquads and trig keep them.")


def _remote(graph: KnowledgeGraph) -> RemoteEngine | None:
    if not graph.dataset.is_remote:
        return None
    from kg.engines.remote import RemoteEngine

    return graph.dataset.engine if isinstance(graph.dataset.engine, RemoteEngine) else None


@contextmanager
def output_of(session: Session) -> Iterator[IO[bytes]]:
    """Open what is written to: standard output, or a neighbour of the file, which takes its place at the end."""
    if session.output is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    from kgq.output import file_to_write

    with file_to_write(session.output) as out:
        yield out
