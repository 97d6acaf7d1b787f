"""``kgq show``: everything the graph says about one thing."""

from __future__ import annotations

import click

from kgq.options import Session, complete_entity, examples, session_options

__all__ = ["show"]

_CLAIMS = {f"https://w3id.org/kgq/core#{kind}Claim" for kind in ("Stated", "Inferred", "Background")}


@click.command(
    epilog=examples(
        "kgq show CoreWeave",
        "kgq show id:capex-risk",
        'kgq show "Scenario A" --format json',
        "kgq -g people.ttl show ex:alice",
    )
)
@click.argument("entity", nargs=-1, required=True, shell_complete=complete_entity)
@session_options("text", "json", view=True, scenario=True)
def show(session: Session, *, entity: tuple[str, ...]) -> int:
    """Show a thing: its names, its class, the claims about it and those that mention it.

    ENTITY is a label, an alias, a CURIE, an IRI, or the last part of one. Classes and properties are things too.
    """
    from kgq.listings import entity_text
    from kgq.output import width

    found = session.open().show(" ".join(entity))
    if session.format == "json":
        session.write_json(found.to_dict())
    else:
        session.write(entity_text(found, session.style, width()))
        if any(kind.iri in _CLAIMS for kind in found.types):
            session.say(f"this is a claim. Its proof and quotes: kgq explain {' '.join(entity)}")
    return 0
