"""``kgq search``: names and quotes by their words."""

from __future__ import annotations

import click

from kgq.options import Session, examples, session_options

__all__ = ["search"]


@click.command(
    epilog=examples("kgq search corewave", 'kgq search "capex risk"', "kgq search contracts --format json")
    + "\n\n\b\nExit codes: 0 found, 1 nothing found."
)
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N",
              help="Names at most, and quotes at most.")  # fmt: skip
@session_options("text", "json", "jsonl", view=True, scenario=True)
def search(session: Session, *, text: tuple[str, ...], limit: int) -> int:
    """Find names and quotes that hold every word of TEXT; a misspelt word finds the nearest ones.

    Of a large graph whose names were not read yet, names are found as they are written.
    """
    from kgq.listings import hits_text
    from kgq.output import width

    wanted = " ".join(text)
    graph = session.open()
    hits = graph.search(wanted, limit=limit)
    if session.format == "json":
        session.write_json([hit.to_dict() for hit in hits])
    elif session.format == "jsonl":
        import json

        session.write("".join(json.dumps(hit.to_dict(), ensure_ascii=False) + "\n" for hit in hits))
    elif hits:
        session.write(hits_text(hits, session.style, width()))
    if not hits:
        session.say(f"nothing holds '{wanted}'. Try fewer words, or a part of one.")
    if graph.names.are_many and not graph.vocabulary.is_complete:
        from kgq.asking import say_looked_up

        say_looked_up(session)
    return 0 if hits else 1
