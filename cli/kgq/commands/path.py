"""``kgq path``: how two things are joined, a quote on each hop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kgq.kinds import include_option
from kgq.options import Session, complete_entity, examples, session_options

if TYPE_CHECKING:
    from kg.network import Hop, Network, Path
    from kgq.text import Page

__all__ = ["path"]


@click.command(
    epilog=examples(
        "kgq path Apple lenders",
        'kgq path "Amazon Web Services" "capex risk" --directed',
        "kgq path CoreWeave Trainium --limit 1 --format json",
    )
    + "\n\n\b\nExit codes: 0 there is a path, 1 there is none, 3 unknown name."
)
@click.argument("start", metavar="A", shell_complete=complete_entity)
@click.argument("end", metavar="B", shell_complete=complete_entity)
@click.option("--directed", is_flag=True, help="Take each claim from its subject to its object only.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=3, show_default=True, metavar="N", help="Paths at most."
)
@include_option("Kinds of claims that may be walked")
@session_options("text", "json", view=True, scenario=True)
def path(session: Session, *, start: str, end: str, directed: bool, limit: int, include: tuple[str, ...]) -> int:
    """Show the shortest ways from A to B, with the claims of every hop and their quotes.

    Claims that deny and claims of a scenario join nothing. A hop against the direction of its claim is marked ←.
    """
    from kgq.remote import network_for

    graph = session.open()
    first, last = graph.find(start), graph.find(end)
    network = network_for(session, graph, include, ends=(first.iri, last.iri))
    found = network.paths(first.iri, last.iri, directed=directed, limit=limit)
    if session.format == "json":
        session.write_json({"from": first.iri, "to": last.iri, "paths": [way.to_dict() for way in found]})
    elif found:
        session.write(_text(session, network, found))
    if not found:
        way = " along the direction of claims" if directed else ""
        session.say(f"no path joins '{first.label}' and '{last.label}'{way}.")
    return 0 if found else 1


def _text(session: Session, network: Network, found: Sequence[Path]) -> str:
    from kgq.output import width
    from kgq.text import Page

    page = Page(session.style, width())
    for way in found:
        page.gap()
        arrows = [
            f" {'→' if any(c.subject == hop.start for c in hop.claims) else '←'} {network.label(hop.end)}"
            for hop in way.hops
        ]
        page.line(network.label(way.entities[0]) + "".join(arrows), mark=session.style.bold, hang=2)
        for hop in way.hops:
            _put_hop(page, hop)
    return page.text()


def _put_hop(page: Page, hop: Hop) -> None:
    """Add the best claim of a hop with its quote or proof, and say how many more there are."""
    from kgq.answers import claim_kind, put_proof, put_quote

    claim = hop.claims[0]
    more = f" (+{len(hop.claims) - 1} more)" if len(hop.claims) > 1 else ""
    page.line(
        claim.text + more,
        right=claim_kind(claim.kind, claim.modality),
        indent=2,
        hang=2,
        right_mark=lambda text: page.style.kind(claim.kind, text),
    )
    for evidence in claim.evidence[:1]:
        put_quote(page, evidence, indent=4)
    put_proof(page, claim.because, indent=4)
