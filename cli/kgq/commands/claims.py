"""``kgq claims``: the claims that match some filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kgq.options import Session, complete_entity, examples, session_options

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.results import Claim

__all__ = ["claims"]

_KINDS = ("stated", "inferred", "background")
_CSV = ("id", "text", "kind", "polarity", "modality", "scenario", "qualifiers", "quote", "heading", "iri")


@click.command(
    epilog=examples(
        "kgq claims --subject Oracle",
        'kgq claims --predicate "bears risk" --kind inferred',
        'kgq claims --scenario "Scenario A"',
        "kgq claims --modality historical --format csv",
    )
    + "\n\n\b\nExit codes: 0 found, 1 no claim matches."
)
@click.argument("about", nargs=-1, metavar="[ENTITY]", shell_complete=complete_entity)
@click.option("--subject", metavar="NAME", help="What the claim is about.")
@click.option("--predicate", metavar="NAME", help="The property.")
@click.option("--object", "object_", metavar="NAME", help="What it relates its subject to.")
@click.option("--kind", type=click.Choice(_KINDS, case_sensitive=False), help="How the claim is known.")
@click.option("--polarity", type=click.Choice(("positive", "negative")), help="Whether it affirms or denies.")
@click.option("--modality", metavar="NAME", help="asserted, hypothetical, historical, analogy …")
@click.option("--scenario", metavar="NAME", help="The scenario it is confined to.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Claims at most.")
@session_options("text", "json", "jsonl", "csv", "tsv", "md", view=True)
def claims(
    session: Session,
    *,
    about: tuple[str, ...],
    subject: str | None,
    predicate: str | None,
    object_: str | None,
    kind: str | None,
    polarity: str | None,
    modality: str | None,
    scenario: str | None,
    limit: int | None,
) -> int:
    """List claims that match every filter given; ENTITY stands for subject or object.

    Names are labels, aliases, CURIEs, IRIs, or their last part. What several claims say alike stands once, the
    best grounded claim for all.
    """
    from kg.claims import group_claims

    graph = session.open()
    found = graph.claims(
        subject=subject,
        predicate=predicate,
        object=object_,
        kind=kind,
        polarity=polarity,
        modality=_known_modality(graph, modality),
        scenario=scenario,
        mentioning=" ".join(about) or None,
    )
    groups = group_claims(found)[:limit]
    _write(session, groups)
    if not groups:
        session.say("no claim matches. 'kgq show NAME' tells what there is about a thing.")
    return 0 if groups else 1


def _known_modality(graph: KnowledgeGraph, modality: str | None) -> str | None:
    """Return a modality that the graph uses, or refuse it with the nearest one."""
    if modality is None:
        return None
    from kg.terms import local_name

    known = {
        local_name(iri) for iri in graph.dataset.select("SELECT DISTINCT ?m { ?c kgq:modality ?m }").column("m")
    }
    if modality.lower() not in known:
        raise click.UsageError(f"no claim has the modality '{modality}'; there are {', '.join(sorted(known))}.")
    return modality.lower()


def _write(session: Session, groups: list[tuple[Claim, ...]]) -> None:
    if session.format == "json":
        session.write_json([[claim.to_dict() for claim in group] for group in groups])
    elif session.format == "jsonl":
        import json

        lines = (json.dumps(claim.to_dict(), ensure_ascii=False) for group in groups for claim in group)
        session.write("".join(f"{line}\n" for line in lines))
    elif session.format == "text":
        from kgq.listings import claims_text
        from kgq.output import width

        session.write(claims_text(groups, session.style, width()))
    else:
        from kgq.tables import separated

        session.write(separated(session.format, _CSV, [_cells(group[0]) for group in groups]))


def _cells(claim: Claim) -> list[str]:
    return [
        claim.identifier or "",
        claim.text,
        claim.kind,
        claim.polarity,
        claim.modality,
        claim.labels.get(claim.scenario or "", ""),
        "; ".join(f"{name}={words}" for name, every in claim.qualifiers.items() for words in every),
        " | ".join(evidence.quote for evidence in claim.quotes),
        " | ".join(evidence.heading for evidence in claim.quotes),
        claim.iri,
    ]
