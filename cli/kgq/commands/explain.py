"""``kgq explain``: why a claim is believed."""

from __future__ import annotations

import click

from kgq.options import Session, examples, session_options

__all__ = ["explain"]


@click.command(epilog=examples("kgq explain F090", "kgq explain doc:8a0f5a5cf5c8/claim/F050 --format json"))
@click.argument("claim")
@session_options("text", "json", view=True, scenario=True)
def explain(session: Session, *, claim: str) -> int:
    """Show a claim with its qualifiers and what it rests on: quotes, or a rule and its premises down to quotes.

    CLAIM is an identifier such as F090, a CURIE or an IRI.
    """
    from kgq.listings import explained_text
    from kgq.output import width

    found = session.open().explain(claim)
    if session.format == "json":
        session.write_json(found.to_dict())
    else:
        session.write(explained_text(found, session.style, width()))
    return 0
