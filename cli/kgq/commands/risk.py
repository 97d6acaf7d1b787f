"""``kgq risk``: who is left holding which risk, by which way, a quote on each hop."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgq.options import Session, complete_entity, examples, session_options

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.results import Claim
    from kg.risk import Holding, RiskPicture
    from kgq.text import Page

__all__ = ["risk"]


@click.command(
    epilog=examples(
        "kgq risk",
        'kgq risk "capex risk"',
        "kgq risk Oracle --format json",
        "kgq risk --map risk.html",
        "kgq risk --scenario debt-dries-up",
    )
    + "\n\n\b\nExit codes: 0 shown, 1 no claim allocates a risk, 3 unknown name."
)
@click.argument("about", nargs=-1, metavar="[PARTY | KIND]", shell_complete=complete_entity)
@click.option("--map", "map_", type=click.Path(path_type=Path), metavar="FILE", help="Draw it, too, as HTML.")
@session_options("text", "json", "csv", view=True, scenario=True)
def risk(session: Session, *, about: tuple[str, ...], map_: Path | None) -> int:
    """Follow every risk from where it arises to who is left with it.

    A kind of risk that the documents do not name stays unnamed, and nobody is said to bear a risk that was only
    shifted to them.
    """
    from kg.risk import follow_risk

    graph = session.open()
    picture = follow_risk(graph.dataset, session.lang)
    if about:
        picture = picture.about(graph.find(" ".join(about)).iri)
    if session.format == "json":
        session.write_json(picture.to_dict())
    elif session.format == "csv":
        session.write(_csv(picture))
    else:
        session.write(_text(session, picture))
    if map_ is not None and picture.holdings:
        _draw(session, graph, picture, map_)
    return 0 if picture.holdings or picture.denied else 1


def _draw(session: Session, graph: KnowledgeGraph, picture: RiskPicture, path: Path) -> None:
    from kg.maps import draw_claims
    from kg.network import read_network
    from kgq.output import write_file

    claims = {claim.iri: claim for holding in picture.holdings for claim in holding.claims}
    network = read_network(graph.dataset, lang=session.lang)
    page = draw_claims(network, claims.values(), "Who is left with which risk").html
    write_file(path, page)
    session.say(f"wrote {path}.")


def _csv(picture: RiskPicture) -> str:
    from kg.risk import mechanisms
    from kgq.tables import separated

    header = ("risk", "holder", "way", "mechanisms", "borne", "kind", "claims", "quotes")
    rows = []
    for holding in picture.holdings:
        lead = holding.claims[-1]
        way = [picture.labels[holding.hops[0].subject]] if holding.hops else []
        way += [picture.labels.get(hop.object or "", "") for hop in holding.hops]
        rows.append(
            [
                picture.labels.get(holding.risk or "", ""),
                picture.labels.get(holding.holder, ""),
                " > ".join(way),
                "; ".join(word for hop in holding.hops for word in mechanisms(hop)),
                "yes" if holding.borne else "",
                lead.kind,
                " ".join(claim.identifier or claim.iri for claim in holding.claims),
                " | ".join(dict.fromkeys(e.quote for claim in holding.claims for e in claim.quotes)),
            ]
        )
    return separated("csv", header, rows)


def _text(session: Session, picture: RiskPicture) -> str:
    from kgq.output import width
    from kgq.text import Page

    page = Page(session.style, width())
    unnamed = "a risk whose kind is not stated"
    for name, group in groupby(picture.holdings, key=lambda h: (bool(h.hops), picture.labels.get(h.risk or ""))):
        page.line((name[1] or unnamed).capitalize(), mark=page.style.bold)
        _put_holdings(page, picture, list(group))
        page.gap()
    if picture.denied:
        page.line("Denied", mark=page.style.bold)
        for claim in picture.denied:
            _put_claim(page, claim)
    return page.text() or "No claim allocates a risk.\n"


def _put_holdings(page: Page, picture: RiskPicture, holdings: list[Holding]) -> None:
    """Show what is stated with its quotes, and what follows from it in one line."""
    inferred = [h for h in holdings if h.claims[-1].kind == "inferred"]
    for holding in holdings:
        if holding not in inferred:
            for claim in holding.claims:
                _put_claim(page, claim)
    for endpoint, group in groupby(sorted(inferred, key=_end), key=_end):
        parties = [_party(picture, holding) for holding in group]
        where = f" → {picture.labels[endpoint]}" if endpoint else ""
        page.line(f"likewise {', '.join(parties)}{where}", right="inferred", indent=2, hang=2)
    ends = sorted({picture.labels[h.holder] for h in holdings if h.hops and h.borne is None})
    if ends:
        told = f"left with {' and '.join(ends)}: no claim says that they bear it, or that they pass it on."
        page.line(told, indent=2, hang=2, mark=page.style.dim)


def _end(holding: Holding) -> str:
    return holding.holder if holding.hops else ""


def _party(picture: RiskPicture, holding: Holding) -> str:
    lead = holding.claims[0]
    degree = "; ".join(word for name, words in lead.qualifiers.items() if name != "mechanism" for word in words)
    return picture.labels[lead.subject] + (f" ({degree})" if degree else "")


def _put_claim(page: Page, claim: Claim) -> None:
    from kgq.answers import claim_kind, put_quote

    name = f"{claim.identifier} " if claim.identifier else ""
    page.line(claim.text, right=f"{name}{claim_kind(claim.kind, claim.modality)}", indent=2, hang=2)
    for evidence in claim.quotes[:2]:
        put_quote(page, evidence, indent=4)
