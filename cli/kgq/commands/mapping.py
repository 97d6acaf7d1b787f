"""``kgq mapping``: a first draft of how a table becomes triples."""

from __future__ import annotations

from pathlib import Path

import click

from kgq.options import Session, examples, session_options

__all__ = ["mapping"]


@click.command(
    epilog=examples(
        "kgq mapping contracts.csv -o contracts.yaml",
        "kgq mapping contracts.parquet --namespace https://example.com/id/",
        'kgq -g contracts.yaml query "…"                      once it is corrected',
    )
)
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--from", "form", type=click.Choice(("csv", "tsv", "xlsx", "parquet")),
              help="What the table is, where its name does not say.")  # fmt: skip
@click.option("--namespace", metavar="IRI", default="http://example.org/", show_default=True,
              help="What new names begin with.")  # fmt: skip
@session_options("yaml")
def mapping(session: Session, *, table: Path, form: str | None, namespace: str) -> int:
    """Draft a mapping for TABLE (CSV, TSV, Excel, Parquet) from its header and its first rows.

    The draft is YAML in the words of YARRRML and works as it is. It takes the first column that never repeats for
    the key, and guesses datatypes; change names and types to what the columns mean.
    """
    from kg.reading.drafting import draft_mapping

    session.write(draft_mapping(table, form=form, namespace=namespace))
    return 0
