"""``kgq conflicts``: where claims disagree, both quotes side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kgq.options import Session, complete_entity, examples, session_options

if TYPE_CHECKING:
    from kg.conflicts import Conflict
    from kg.results import Claim
    from kgq.text import Page

__all__ = ["conflicts", "put_conflict"]


@click.command(
    epilog=examples(
        "kgq conflicts",
        "kgq conflicts Oracle",
        "kgq conflicts --as-of 2026-04",
        "kgq conflicts --format json",
    )
    + "\n\n\b\nExit codes: 0 no claims disagree, 1 some do, 3 unknown name."
)
@click.argument("about", nargs=-1, metavar="[ENTITY]", shell_complete=complete_entity)
@session_options("text", "json", view=True, scenario=True)
def conflicts(session: Session, *, about: tuple[str, ...]) -> int:
    """List the claims that disagree, with what each of the two rests on.

    One affirms what another denies; a property that can have one value has two; a risk is borne and shifted by the
    same party; two documents give different amounts. Which one holds is for you to judge.
    """
    from kg.conflicts import find_conflicts

    graph = session.open()
    thing = graph.find(" ".join(about)).iri if about else None
    found = [c for c in find_conflicts(graph.dataset, session.lang) if thing is None or _concerns(c, thing)]
    if session.format == "json":
        session.write_json([conflict.to_dict() for conflict in found])
    else:
        session.write(_text(session, found))
    return 1 if found else 0


def _concerns(conflict: Conflict, thing: str) -> bool:
    return any(thing in (claim.subject, claim.object) for claim in (conflict.first, conflict.second))


def _text(session: Session, found: list[Conflict]) -> str:
    from kgq.output import width
    from kgq.text import Page

    if not found:
        return "No claims disagree.\n"
    sides = [claim for conflict in found for claim in (conflict.first, conflict.second)]
    titles = {c.document: c.labels[c.document] for c in sides if c.document and c.document in c.labels}
    page = Page(session.style, width(), titles)
    for conflict in found:
        put_conflict(page, conflict)
        page.gap()
    count = (
        f"{len(found)} pair{'' if len(found) == 1 else 's'} of claims disagree{'s' if len(found) == 1 else ''}."
    )
    page.line(count, mark=page.style.bold)
    return page.text()


def put_conflict(page: Page, conflict: Conflict) -> None:
    """Add two claims that disagree, each with its quotes and its document."""
    page.line(conflict.reason.capitalize(), mark=page.style.bold)
    for claim in (conflict.first, conflict.second):
        _put_side(page, claim)


def _put_side(page: Page, claim: Claim) -> None:
    from kgq.answers import claim_kind, put_quote

    name = f"{claim.identifier} " if claim.identifier else ""
    page.line(claim.text, right=f"{name}{claim_kind(claim.kind, claim.modality)}", indent=2, hang=2)
    for evidence in claim.quotes[:2]:
        put_quote(page, evidence._replace(document=""), indent=4)
    names = dict.fromkeys(page.titles.get(e.document, "") for e in claim.quotes[:2])
    said = " and in ".join(filter(None, names)) or claim.labels.get(claim.document or "", "")
    if said:
        page.line(f"in {said}", indent=4, hang=2, mark=page.style.dim)
