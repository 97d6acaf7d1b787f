"""``kgq test``: a file of questions with expected answers, run against the graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options, time_limit_option
from kgq.output import width
from kgq.text import Page, clean

if TYPE_CHECKING:
    from kg.packs.running import Outcome, Pack, PackResult

__all__ = ["pack_path", "test"]


@click.command(
    epilog=examples(
        "kgq test                                   the questions that ship with the built-in graph",
        "kgq test questions.yaml -g company.ttl     your own, against your graph",
        "kgq test questions.yaml --only Q7 --format json",
    )
    + "\n\n\b\nA pack is a list of questions:\n"
    "  - question: Who bears capex risk?\n"
    "    answers: [hyperscalers]          or boolean: true, or status: not_stated\n"
    '    evidence: ["Capex risk"]         quotes, optional\n'
    "\n\n\b\nExit codes: 0 all as expected, 1 not, 4 the pack or the graph cannot be read."
)
@click.argument("pack", required=False, type=click.Path(path_type=Path), metavar="[PACK]")
@click.option("--only", "only", multiple=True, metavar="ID", help="Ask this question only; repeatable.")
@click.option("--failing", is_flag=True, help="Show only what is not as expected.")
@time_limit_option("Give up on a question after this long.")
@session_options("table", "json", view=True, scenario=True)
def test(session: Session, *, pack: Path | None, only: tuple[str, ...], failing: bool, time_limit: float) -> int:
    """Ask the questions of a pack and say which are answered right, wrong, or not at all."""
    from kg.packs.running import PackResult, read_pack

    chosen = read_pack(pack_path(session, pack))
    if chosen.problems:
        for problem in chosen.problems:
            click.echo(str(problem), err=True)
        return 4
    chosen = _picked(chosen, only)
    outcomes = tuple(_run(session, chosen, time_limit))
    result = PackResult(chosen.name, chosen.title, outcomes)
    if session.format == "json":
        session.write_json(result.to_dict())
    else:
        session.write(_report(session, result, failing))
    return 0 if result.ok else 1


def pack_path(session: Session, given: Path | None) -> Path:
    """Return the pack to run: the one named, else the graph's own."""
    if given is not None:
        return given
    from kg.resources import ontology_folder
    from kgq.settings import project_folder

    own = project_folder() / "questions.yaml"
    if own.is_file() and (project_folder() / "kgq.toml").is_file():
        return own
    folders = [Path(name) for name in session.graphs] or [ontology_folder()]
    found = [folder / "questions.yaml" for folder in folders if (folder / "questions.yaml").is_file()]
    if len(found) != 1:
        raise click.UsageError("which questions? Name a pack: kgq test questions.yaml -g GRAPH.")
    return found[0]


def _picked(pack: Pack, only: tuple[str, ...]) -> Pack:
    from dataclasses import replace
    from difflib import get_close_matches

    known = [question.id for question in pack.questions]
    for name in only:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Its ids run from '{known[0]}' to '{known[-1]}'."
            raise click.UsageError(f"no question '{name}' in {pack.name}. {hint}")
    return replace(pack, questions=tuple(q for q in pack.questions if not only or q.id in only))


def _run(session: Session, pack: Pack, time_limit: float) -> list[Outcome]:
    from kg.evaluation import run_bounded
    from kg.packs.running import run_pack

    graph = session.open()
    return list(
        run_pack(
            pack,
            lambda text, include: run_bounded(lambda: graph.query(text, include=include), time_limit=time_limit),
        )
    )


def _report(session: Session, result: PackResult, failing: bool) -> str:
    page = Page(session.style, width())
    size = max((len(outcome.expected.id) for outcome in result.outcomes), default=0)
    for outcome in result.outcomes:
        if not (failing and outcome.verdict == "right"):
            _put(page, outcome, size)
    counts = ", ".join(f"{number} {verdict}" for verdict, number in result.counts.items())
    total = len(result.outcomes)
    page.gap()
    page.line(f"{total} question{'' if total == 1 else 's'}: {counts}.", mark=page.style.bold)
    return page.text()


def _put(page: Page, outcome: Outcome, size: int) -> None:
    mark = page.style.dim if outcome.verdict == "right" else page.style.alarm
    lead = size + 11
    question = clean(outcome.expected.question)
    page.verbatim(f"{outcome.expected.id.ljust(size)}  {outcome.verdict.ljust(7)}  {question}", mark=mark)
    details = [
        outcome.reason,
        *(f"missing: {text}" for text in outcome.missing),
        *(f"unexpected: {text}" for text in outcome.unexpected),
        *(f"not among its quotes: “{text}”" for text in outcome.missing_evidence),
    ]
    for text in details[:12] if any(details) else ():
        page.line(text, indent=lead, hang=2)
    if len(details) > 12:
        page.line(f"and {len(details) - 12} more", indent=lead)
