"""``kgq network``: who is central, who brokers, what hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kgq.kinds import include_option
from kgq.options import Session, examples, session_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.network import Measure

__all__ = ["network"]

_SORTS = ("statements", "outgoing", "incoming", "neighbours", "broker", "label")


@click.command(
    epilog=examples(
        "kgq network",
        "kgq network --sort broker --limit 10",
        "kgq network --format json",
        "kgq -g people.ttl network --format csv -o measures.csv",
    )
)
@click.option(
    "--sort", type=click.Choice(_SORTS), default="statements", show_default=True, help="Order of the rows."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Rows at most; all in JSON, CSV and TSV.")
@include_option("Kinds of claims that count")
@session_options("table", "json", "csv", "tsv", "md", view=True, scenario=True)
def network(session: Session, *, sort: str, limit: int | None, include: tuple[str, ...]) -> int:
    """Measure the network: one row an entity.

    statements: claims it takes part in; broker: share of the shortest ways between others that pass through it;
    community: the group it hangs together with, named by its best connected member; cut point: whether the network
    falls apart without it. Claims that deny and claims of a scenario join nothing.
    """
    from kg.network import measure
    from kgq.remote import network_for

    read = network_for(session, session.open(), include)
    if read.truncated:
        session.say(f"measured on a sample of {len(read.claims):,} statements, not on the whole graph.")
    found = measure(read)
    if sort == "label":
        found.sort(key=lambda row: (row.label.casefold(), row.iri))
    else:
        found.sort(key=lambda row: -float(getattr(row, sort)))
    shown = found[: limit or (20 if session.format in ("table", "md") else len(found))]
    if session.format == "json":
        session.write_json({"entities": len(found), "measures": [row.to_dict() for row in shown]})
    else:
        session.write(_table(session, shown))
    if len(shown) < len(found):
        session.say(f"{len(shown)} of {len(found)} entities shown; --limit {len(found)} shows all.")
    return 0


def _table(session: Session, rows: Sequence[Measure]) -> str:
    from kgq.output import width
    from kgq.tables import aligned, separated

    head = ["entity", "class", "statements", "out", "in", "neighbours", "broker", "community", "cut point"]
    cells = [
        [
            row.label,
            ", ".join(row.classes),
            str(row.statements),
            str(row.outgoing),
            str(row.incoming),
            str(row.neighbours),
            f"{row.broker:.4f}",
            row.community,
            "yes" if row.cut_point else "",
        ]
        for row in rows
    ]
    if session.format != "table":
        return separated(session.format, head, cells)
    narrow = [[line[n] for n in (0, 1, 2, 5, 6, 7, 8)] for line in [head, *cells]]
    narrow[0] = ["entity", "class", "claims", "joined", "broker", "community", "cut"]
    return aligned(narrow[0], narrow[1:], session.style, width() if session.output is None else None)
