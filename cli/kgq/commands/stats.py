"""``kgq stats``: what the graph holds, counted."""

from __future__ import annotations

import click

from kgq.options import Session, examples, session_options

__all__ = ["stats"]


@click.command(epilog=examples("kgq stats", "kgq -g my-data.ttl stats --format json"))
@session_options("text", "json", view=True, scenario=True)
def stats(session: Session) -> int:
    """Count triples, things by class, and claims by kind, modality, scenario, document and rule."""
    from kgq.listings import statistics_text
    from kgq.output import width

    data = session.open().stats()
    if session.format == "json":
        session.write_json(data)
    else:
        session.write(statistics_text(data, session.style, width()))
    return 0
