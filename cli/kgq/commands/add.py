"""``kgq add``: a document, kept with its hash and its text."""

from __future__ import annotations

from pathlib import Path

import click

from kgq.options import Session, examples, session_options
from kgq.projects import publish, the_project, with_option

__all__ = ["add"]


@click.command(
    epilog=examples(
        "kgq add report.pdf",
        'kgq add letter.txt --title "The Compute Letter No. 7" --issued 2026-05-11',
        "kgq add report-v2.pdf --as report     a new version: its quotes are found again, or each is named",
    )
    + "\n\n\b\nExit codes: 0 added, 1 quotes of an earlier version broke (nothing was changed), 4 cannot."
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--as", "name", default="", metavar="NAME", help="What the document is called here.")
@click.option("--title", default="", metavar="TEXT", help="Its title; by default what the file says, or its name.")
@click.option("--issued", default="", metavar="DATE", help="When it was issued (2026, 2026-05, 2026-05-11).")
@click.option("--creator", default="", metavar="TEXT", help="Who wrote it.")
@click.option("--force", is_flag=True, help="Take a new version although quotes break; their rows are set aside.")
@with_option
@session_options("text", "json")
def add(
    session: Session,
    *,
    file: Path,
    name: str,
    title: str,
    issued: str,
    creator: str,
    force: bool,
    base: tuple[str, ...],
) -> int:
    """Keep a document in the folder 'documents': the original, its text, and what is known of it.

    Text, Markdown, HTML, PDF and DOCX are read. Nothing enters the graph by itself: see kgq suggest.
    """
    from kg.corpus.adding import add_document

    project = the_project(base)
    about = {"title": title, "issued": issued, "creator": creator}
    added = add_document(project, file, name=name, about={k: v for k, v in about.items() if v}, force=force)
    if session.format == "json":
        broken = [{"claim": b.claim, "quote": b.quote, "line": b.line, "reason": b.reason} for b in added.broken]
        session.write_json(
            {"document": added.folder.name, "folder": str(added.folder), "state": added.state,
             "moved": added.moved, "broken": broken, "sha256": added.extracted.sha256}
        )  # fmt: skip
    else:
        session.write(f"{added.folder}\n")
    for lost in added.broken:
        place = f"{added.folder / 'claims.csv'}:{lost.line}"
        words = " ".join(lost.quote.split())
        click.echo(f"{place}: error: the quote of {lost.claim} {lost.reason}: “{words}”", err=True)
    if added.broken and not force:
        session.say("nothing was changed. Correct these quotes, or take the new text with --force.")
        return 1
    count = len(added.extracted.pages)
    pages = f", {count} page{'s' if count > 1 else ''}" if count else ""
    moved = f"; {added.moved} quotes anchored again" if added.moved else ""
    size = f"{len(added.extracted.text):,} characters"
    gone = (
        f"; {len(added.broken)} row{'s' if len(added.broken) > 1 else ''} moved to broken.csv"
        if added.broken
        else ""
    )
    session.say(f"{added.state}: {size}{pages}{moved}{gone}. Next: kgq suggest {added.folder.name}")
    has_claims = added.state == "changed" and (added.folder / "claims.csv").is_file()
    return 0 if not (has_claims or gone) or publish(session, project) else 4
