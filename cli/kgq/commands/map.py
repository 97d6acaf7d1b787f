"""``kgq map``: the graph, or a part of it, as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgq.kinds import include_option
from kgq.options import Session, complete_entity, examples, session_options

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.maps import Map
    from kg.network import Network
    from kg.results import Answer

__all__ = ["map"]

_EXIT = {"not_stated": 1, "ambiguous": 3, "not_understood": 3, "error": 4}
_SIZES = ("statements", "neighbours", "broker")


@click.command(
    epilog=examples(
        "kgq map                                   the whole graph: what is in it",
        'kgq map "who bears capex risk"            an answer and what is next to it',
        "kgq map CoreWeave --hops 2 --open",
        "kgq map --path Apple lenders -o path.html",
        'kgq map --compare "Meta Platforms" CoreWeave',
        "kgq map --scenario A",
        "kgq -g big.ttl map --limit 2000",
    )
    + "\n\n\b\nExit codes: 0 drawn, 1 not stated or no path, 2 usage, 3 not understood or unknown;"
    "\nno file is written unless 0."
)
@click.argument("what", nargs=-1, metavar="[QUESTION | ENTITY]", shell_complete=complete_entity)
@click.option("--hops", type=click.IntRange(1, 6), default=1, show_default=True, metavar="N",
              help="How far around to look.")  # fmt: skip
@click.option("--path", "ends", nargs=2, metavar="A B", help="The ways from one entity to another.")
@click.option("--compare", "pair", nargs=2, metavar="A B", help="Two entities side by side.")
@click.option("--scenario", metavar="NAME", help="What holds in a scenario.")
@include_option("Kinds of claims to draw")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Draw the N best connected entities, flat.")
@click.option("--flat", is_flag=True, help="Draw all at once, even above 300 entities.")
@click.option(
    "--size-by",
    type=click.Choice(_SIZES),
    default="statements",
    show_default=True,
    help="What makes an entity stand out.",
)
@click.option(
    "--gallery",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the maps of the built-in graph to a folder.",
)
@click.option("--open", "show", is_flag=True, help="Open the file in the browser.")
@session_options("html", view=True)
def map(  # noqa: A001 - the command's name
    session: Session,
    *,
    what: tuple[str, ...],
    hops: int,
    ends: tuple[str, str] | None,
    pair: tuple[str, str] | None,
    scenario: str | None,
    include: tuple[str, ...],
    limit: int | None,
    flat: bool,
    size_by: str,
    gallery: Path | None,
    show: bool,
) -> int:
    """Draw a map: one HTML file that needs no other file and no connection.

    Without an argument the whole graph; with one, an entity of that name and what is around it, else the answer to
    the question. The path of the file is printed.
    """
    if sum((bool(what), bool(ends), bool(pair), scenario is not None)) > 1:
        raise click.UsageError("give one of QUESTION or ENTITY, --path, --compare, --scenario.")
    graph = session.open()
    if gallery is not None:
        return _gallery(graph, gallery)
    network = _network(session, graph, " ".join(what), ends, pair, include, hops)
    if network.truncated:
        session.say(f"only the first {len(network.claims):,} statements were read; start from an entity instead.")
    if ends:
        drawn: Map | int = _path(session, graph, network, ends)
    elif pair:
        drawn = _comparison(graph, network, pair)
    elif scenario is not None:
        drawn = _scenario(graph, network, scenario)
    elif what:
        drawn = _part(session, graph, network, " ".join(what), hops=hops, include=include)
    else:
        drawn = _whole(session, network, limit, flat, size_by)
    return drawn if isinstance(drawn, int) else _finish(session, drawn, show)


def _network(  # noqa: PLR0917 - what was typed
    session: Session,
    graph: KnowledgeGraph,
    text: str,
    ends: tuple[str, str] | None,
    pair: tuple[str, str] | None,
    include: tuple[str, ...],
    hops: int,
) -> Network:
    """Return the network to draw from: all of it, or of an endpoint the part that is asked about."""
    from kg.errors import UnknownEntityError
    from kgq.remote import network_for

    if not graph.dataset.is_remote:
        return _local_network(session, graph, pair or (text,), include, hops)
    if ends:
        return network_for(session, graph, include, ends=(graph.find(ends[0]).iri, graph.find(ends[1]).iri))
    things = [graph.find(name).iri for name in pair or ()]
    if text:
        try:
            things = [graph.find(text).iri]
        except UnknownEntityError:
            rows = graph.query(text, include=include).rows
            cells = (cell for row in rows for cell in row.cells if cell is not None)
            things = list(dict.fromkeys(cell.iri for cell in cells if cell.iri is not None))[:50]
    return network_for(session, graph, include, things=things, hops=hops)


def _local_network(
    session: Session, graph: KnowledgeGraph, names: tuple[str, ...], include: tuple[str, ...], hops: int
) -> Network:
    """Return the whole network, but of a large graph only what is near the things that are named."""
    from kg.errors import UnknownEntityError
    from kg.network import read_network

    try:
        things = [graph.find(name).iri for name in names if name]
    except UnknownEntityError:
        things = []
    near = read_network(graph.dataset, include=include, lang=session.lang, around=things, hops=hops)
    if not things or any(iri in near.entities for iri in things):
        return near
    return read_network(graph.dataset, include=include, lang=session.lang)


def _finish(session: Session, drawn: Map, show: bool) -> int:
    from kgq.output import write_file

    path = session.output or Path(f"{drawn.slug}.html")
    write_file(path, drawn.html)
    click.echo(str(path))
    if show:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())
    return 0


def _gallery(graph: KnowledgeGraph, folder: Path) -> int:
    from kg.maps import gallery

    folder.mkdir(parents=True, exist_ok=True)
    for name, drawn in gallery(graph):
        click.echo(str(drawn.save(folder / f"{name}.html")))
    return 0


def _whole(session: Session, network: Network, limit: int | None, flat: bool, size_by: str) -> Map:
    from kg.maps import draw_overview
    from kg.network import measure

    names = ", ".join(Path(source).name or source for source in session.graphs)
    title = names or "How AI data centers are built out: two business models"
    sizes = None
    if size_by != "statements":
        sizes = {found.iri: float(getattr(found, size_by)) for found in measure(network)}
    return draw_overview(network, title, limit=limit, flat=flat, sizes=sizes)


def _part(
    session: Session, graph: KnowledgeGraph, network: Network, text: str, *, hops: int, include: tuple[str, ...]
) -> Map | int:
    """Draw an entity if there is one of that name, else the answer to the question."""
    from kg.errors import UnknownEntityError
    from kg.maps import draw_answer, draw_around, draw_claims

    try:
        found = graph.find(text)
    except UnknownEntityError as unknown:
        answer = graph.query(text, include=include)
        if answer.status != "answered" or not answer.rows:
            return _refuse(session, answer)
        if any(len(text.split()) <= len(near.split()) for near in unknown.suggestions):  # meant as a name
            session.say(f"nothing is called '{text}'; drawn is the answer to: {answer.paraphrase}")
        return draw_answer(network, answer, hops=hops)
    joined = [claim for claim in network.edges if claim.predicate == found.iri]
    if joined:
        return draw_claims(network, joined, found.label, "Every statement of this relation")
    seeds = _seeds(network, found.iri)
    if not seeds:
        session.say(f"nothing is claimed of '{found.label}'. See 'kgq show' for what it is.")
        return 1
    reach = f"{hops} hop{'' if hops == 1 else 's'} around"
    return draw_around(network, seeds, found.label, reach, hops=hops)


def _seeds(network: Network, iri: str) -> list[str]:
    """Return the entity itself, or the instances of a class, or what a property joins."""
    if iri in network.entities:
        return [iri]
    instances = [entity.iri for entity in network.entities.values() if iri in entity.classes]
    joined = [
        end for claim in network.edges if claim.predicate == iri for end in (claim.subject, claim.object or "")
    ]
    return instances or list(dict.fromkeys(joined))


def _refuse(session: Session, answer: Answer) -> int:
    from kgq.answers import message

    if answer.status in ("answered", "not_stated"):
        session.say(f"not stated: {(answer.paraphrase or answer.question).rstrip('.?')}. No map was drawn.")
        return 1
    session.say(f"{message(answer)} No map was drawn.")
    for reading in answer.readings:
        session.say(f"  {reading.paraphrase}")
    return _EXIT[answer.status]


def _path(session: Session, graph: KnowledgeGraph, network: Network, ends: tuple[str, str]) -> Map | int:
    from kg.maps import draw_paths

    start, end = graph.find(ends[0]), graph.find(ends[1])
    paths = network.paths(start.iri, end.iri)
    if not paths:
        session.say(f"no path joins '{start.label}' and '{end.label}'. No map was drawn.")
        return 1
    return draw_paths(network, paths)


def _comparison(graph: KnowledgeGraph, network: Network, pair: tuple[str, str]) -> Map:
    from kg.maps import draw_comparison
    from kg.network import compare

    return draw_comparison(network, compare(network, graph.find(pair[0]).iri, graph.find(pair[1]).iri))


def _scenario(graph: KnowledgeGraph, network: Network, name: str) -> Map:
    from kg.maps import draw_scenario
    from kgq.scenarios import find_scenario

    return draw_scenario(network, find_scenario(graph, network, name))
