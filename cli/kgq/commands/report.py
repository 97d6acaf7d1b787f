"""``kgq report``: the answers to a pack of questions as one page, with quotes, conflicts and pictures."""

from __future__ import annotations

from pathlib import Path

import click

from kgq.options import Session, examples, session_options
from kgq.output import note

__all__ = ["report"]


@click.command(
    epilog=examples(
        "kgq report questions.yaml -o report.html",
        'kgq report --ask "who bears capex risk" --ask "to whom do merchants shift risk" -o risk.html',
        "kgq report questions.yaml --format md -o report.md",
        "kgq report questions.yaml --scenario debt-dries-up -o what-if.html",
    )
    + "\n\n\b\nExit codes: 0 written, 4 the pack or the graph cannot be read."
)
@click.argument("pack", required=False, type=click.Path(path_type=Path), metavar="[PACK]")
@click.option("--ask", "asked", multiple=True, metavar="QUESTION", help="A question; repeatable, without PACK.")
@click.option("--title", metavar="TEXT", help="What the report is called; by default the pack's title.")
@click.option("--no-pictures", is_flag=True, help="Draw nothing.")
@session_options("html", "md", view=True, scenario=True)
def report(
    session: Session, *, pack: Path | None, asked: tuple[str, ...], title: str | None, no_pictures: bool
) -> int:
    """Ask the questions of a pack and write what the graph says, and does not say, as one self-contained page.

    The form follows the name of the file: .html or .md.
    """
    from kg.report.content import make_report
    from kg.report.page import html_page, markdown_page

    if bool(asked) == bool(pack):
        raise click.UsageError("give a PACK of questions, or questions with --ask.")
    questions: list[tuple[str, tuple[str, ...]]] = [(text, ("stated", "inferred")) for text in asked]
    told = ""
    if pack is not None:
        from kg.packs.running import read_pack

        read = read_pack(pack)
        for problem in read.problems:
            note(str(problem))
        if read.problems:
            return 4
        questions, told = [(q.question, q.include) for q in read.questions], read.title
    found = make_report(session.open(), questions, title or told or "Report", pictures=not no_pictures)
    markdown = session.format == "md" or (session.output is not None and session.output.suffix == ".md")
    session.write(markdown_page(found) if markdown else html_page(found))
    if session.output is not None:
        session.say(f"wrote {session.output}: {found.answered} of {len(questions)} questions answered.")
    return 0
