"""``kgq compare``: two things side by side, with quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kgq.kinds import include_option
from kgq.options import Session, complete_entity, examples, session_options

if TYPE_CHECKING:
    from kg.network import Comparison, Difference, Network
    from kgq.text import Page

__all__ = ["compare"]


@click.command(
    epilog=examples(
        'kgq compare "Meta Platforms" CoreWeave',
        "kgq compare hyperscalers merchants --include stated",
        "kgq compare AWS Oracle --format json",
    )
    + "\n\n\b\nExit codes: 0 compared, 3 unknown name."
)
@click.argument("first", metavar="A", shell_complete=complete_entity)
@click.argument("second", metavar="B", shell_complete=complete_entity)
@include_option("Kinds of claims to compare")
@session_options("text", "json", view=True, scenario=True)
def compare(session: Session, *, first: str, second: str, include: tuple[str, ...]) -> int:
    """Show what is said of both, and what of A or of B alone, each with a quote.

    What is said of one alone is not denied of the other: the graph does not say.
    """
    from kg.network import compare as compare_entities
    from kgq.remote import network_for

    graph = session.open()
    one, other = graph.find(first), graph.find(second)
    network = network_for(session, graph, include, things=(one.iri, other.iri))
    found = compare_entities(network, one.iri, other.iri)
    if session.format == "json":
        session.write_json(found.to_dict())
    else:
        session.write(_text(session, network, found))
    return 0


def _text(session: Session, network: Network, found: Comparison) -> str:
    from kgq.output import width
    from kgq.text import Page

    page = Page(session.style, width())
    names = network.label(found.first), network.label(found.second)
    _put_group(page, f"Said of both {names[0]} and {names[1]}", [r for r in found.rows if r.side == "both"])
    _put_group(page, f"Said of {names[0]} alone", [r for r in found.rows if r.side == "first"])
    _put_group(page, f"Said of {names[1]} alone", [r for r in found.rows if r.side == "second"])
    if found.between:
        page.gap()
        page.line(f"Between the two ({len(found.between)})", mark=page.style.bold)
        for claim in found.between:
            page.line(claim.text, right=claim.kind, indent=2, hang=2)
    return page.text() or f"Nothing is said of {names[0]} or of {names[1]}.\n"


def _put_group(page: Page, title: str, rows: Sequence[Difference]) -> None:
    from kgq.answers import claim_kind, put_quote

    if not rows:
        return
    page.gap()
    page.line(f"{title} ({len(rows)})", mark=page.style.bold)
    for row in rows:
        for claims in (row.first, row.second):
            for claim in claims[:1]:
                page.line(claim.text, right=claim_kind(claim.kind, claim.modality), indent=2, hang=2)
                for evidence in claim.quotes[: 1 if claim.evidence else 2]:
                    put_quote(page, evidence, indent=4)
