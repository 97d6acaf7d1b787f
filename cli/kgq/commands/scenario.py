"""``kgq scenario``: what-if scenarios, kept as files, and what they change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgq.options import Session, examples, session_options
from kgq.output import note, write_file
from kgq.viewing import scenario_folder, scenario_path, under_scenario

if TYPE_CHECKING:
    from kg.views.difference import Changed
    from kg.views.scenario import Supposed
    from kg.views.scenario_file import Change, ScenarioFile

__all__ = ["scenario"]


@click.group(
    invoke_without_command=True,
    epilog=examples(
        'kgq scenario new debt-dries-up --title "Debt dries up"',
        'kgq scenario retract debt-dries-up F101 --why "no lender renews"',
        'kgq scenario retract debt-dries-up --subject merchants --predicate "shifts risk to" --object lenders',
        'kgq scenario assert debt-dries-up merchants "bears risk" "capex risk" --why "nobody else is left"',
        'kgq query --scenario debt-dries-up "who bears capex risk"',
        "kgq scenario diff debt-dries-up",
    )
    + "\n\nScenarios are files in the folder 'scenarios' here, a claim a line: edit them as you like.",
)
@click.pass_context
def scenario(ctx: click.Context, /) -> None:
    """Take claims away, take others for granted, and see which answers change.

    Nothing is written to the graph. The scenarios that a document describes are listed too, and can be asked and
    compared like your own.
    """
    settings = dict(ctx.default_map or {})  # what the settings say of this command, they say of those below it
    ctx.default_map = dict.fromkeys(scenario.commands, settings)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@scenario.command("list")
@session_options("text", "json")
def list_scenarios(session: Session) -> int:
    """List your scenarios, and those that documents describe."""
    from kg.views.scenario import document_scenarios
    from kg.views.scenario_file import read_scenario

    own = [read_scenario(path) for path in sorted(scenario_folder().glob("*.yaml"))]
    described = document_scenarios(session.open())
    if session.format == "json":
        rows = [{"name": s.name, "title": s.title, "path": s.path, "iri": None} for s in own]
        rows += [{"name": label, "title": label, "path": None, "iri": iri} for iri, label in described.items()]
        session.write_json(rows)
        return 0
    lines = [f"{s.name}  {s.title}  {len(s.retractions)} retracted, {len(s.assertions)} assumed" for s in own]
    lines += [f"{label}  described by a document" for label in sorted(described.values())]
    session.write("".join(f"{line}\n" for line in lines))
    return 0


@scenario.command()
@click.argument("name")
@click.option("--title", metavar="TEXT", help="What it says of itself.")
@click.option("--note", "note_", metavar="TEXT", default="", help="Why it is worth asking.")
@session_options("text")
def new(session: Session, *, name: str, title: str | None, note_: str) -> int:
    """Begin a scenario. One that exists is not overwritten."""
    from kg.views.scenario_file import ScenarioFile

    path = scenario_path(name)
    if path.exists():
        raise click.UsageError(f"{path} exists. Add to it with 'kgq scenario retract' and 'kgq scenario assert'.")
    _save(ScenarioFile(path.stem, title or name, note_, path=str(path)), path)
    session.say(f"wrote {path}.")
    return 0


@scenario.command()
@click.argument("name")
@click.argument("claims", nargs=-1, metavar="[CLAIM]...")
@click.option("--subject", default="", metavar="NAME", help="Every claim about this …")
@click.option("--predicate", default="", metavar="NAME", help="… that says this …")
@click.option("--object", "object_", default="", metavar="NAME", help="… of this.")
@click.option("--why", default="", metavar="TEXT", help="The reason, for the reader.")
@session_options("text")
def retract(
    session: Session, *, name: str, claims: tuple[str, ...], subject: str, predicate: str, object_: str, why: str
) -> int:
    """Take claims away: by identifier (F101), or every claim that says something."""
    from kg.views.scenario_file import Change

    changes = [Change(claim=claim, why=why) for claim in claims]
    if subject or predicate or object_:
        changes.append(Change(subject=subject, predicate=predicate, object=object_, why=why))
    if not changes:
        raise click.UsageError("which claims? Give identifiers, or --subject, --predicate, --object.")
    return _add(session, name, retract=changes)


@scenario.command("assert")
@click.argument("name")
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option("--value", is_flag=True, help="OBJECT is a number, date or text, not a thing.")
@click.option("--negative", is_flag=True, help="That it is not so.")
@click.option("--why", default="", metavar="TEXT", help="The reason, for the reader.")
@session_options("text")
def assert_(
    session: Session,
    *,
    name: str,
    subject: str,
    predicate: str,
    object_: str,
    value: bool,
    negative: bool,
    why: str,
) -> int:
    """Take a claim for granted. It needs no quote, and is shown as assumed wherever it counts."""
    from kg.views.scenario_file import Change

    change = Change(
        subject=subject,
        predicate=predicate,
        object="" if value else object_,
        value=object_ if value else "",
        polarity="negative" if negative else "positive",
        why=why,
    )
    return _add(session, name, assert_=[change])


def _add(session: Session, name: str, **changes: list[Change]) -> int:
    """Add changes to a file after trying them on the graph: what names nothing is not written."""
    from kg.views.scenario import suppose
    from kg.views.scenario_file import read_scenario

    path = scenario_path(name)
    if not path.is_file():
        raise click.UsageError(f"no scenario '{name}' here. Begin it: kgq scenario new {path.stem}")
    before = read_scenario(path)
    after = before.adding(**changes)
    supposed = suppose(session.open(), after)
    _save(after, path)
    session.say(f"{path}: {_counts(supposed)}.")
    return 0


def _save(what: ScenarioFile, path: Path) -> None:
    from kg.views.scenario_file import scenario_text

    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, scenario_text(what))


def _counts(supposed: Supposed) -> str:
    fallen = len(supposed.fallen)
    parts = [
        f"{len(supposed.retracted)} retracted",
        "1 conclusion falls" if fallen == 1 else f"{fallen} conclusions fall",
    ]
    return ", ".join([*parts, f"{len(supposed.assumed)} assumed"])


@scenario.command()
@click.argument("name")
@session_options("text", "json")
def show(session: Session, *, name: str) -> int:
    """Show what a scenario takes away, what falls with it, and what it takes for granted."""
    from kg.claims import ClaimReader
    from kgq.listings import claims_text
    from kgq.output import width

    graph = session.open()
    supposed = under_scenario(graph, name)
    before, after = ClaimReader(graph.dataset, session.lang), ClaimReader(supposed.graph.dataset, session.lang)
    groups = {
        "Retracted": before.many(sorted(supposed.retracted)),
        "Falls with that": before.many(sorted(supposed.fallen)),
        "Assumed": after.many(sorted(supposed.assumed)),
    }
    if session.format == "json":
        keys = ("retracted", "fallen", "assumed")
        session.write_json(
            {key: [c.to_dict() for c in claims] for key, claims in zip(keys, groups.values(), strict=True)}
        )
        return 0
    style = session.style
    text = "\n".join(
        style.bold(f"{title} ({len(claims)})") + "\n" + claims_text([(c,) for c in claims], style, width())
        for title, claims in groups.items()
        if claims
    )
    session.write(text or "the scenario changes nothing.\n")
    return 0


@scenario.command()
@click.argument("name")
@click.argument("pack", required=False, type=click.Path(path_type=Path), metavar="[PACK]")
@session_options("text", "json")
def diff(session: Session, *, name: str, pack: Path | None) -> int:
    """Ask a pack of questions before and after, and show which answers change, and through which claims.

    Without PACK the questions that ship with the graph are asked. Exit code 1 if any answer changes.
    """
    from kg.packs.running import read_pack
    from kg.views.difference import compare_answers
    from kgq.commands.test import pack_path

    questions = read_pack(pack_path(session, pack))
    for problem in questions.problems:
        note(str(problem))
    if questions.problems:
        return 4
    graph = session.open()
    supposed = under_scenario(graph, name)
    asked = [(q.id, q.question, q.include) for q in questions.questions]
    found = list(
        compare_answers(
            asked,
            lambda text, include: graph.query(text, include=include),
            lambda text, include: supposed.graph.query(text, include=include),
            supposed,
        )
    )
    if session.format == "json":
        session.write_json({"scenario": name, "asked": len(asked), "changed": [c.to_dict() for c in found]})
    else:
        session.write(_difference_text(session, supposed, found, len(asked), graph))
    return 1 if found else 0


def _difference_text(session: Session, supposed: Supposed, found: list[Changed], asked: int, graph: Any) -> str:
    from kg.claims import ClaimReader
    from kgq.output import width
    from kgq.text import Page

    page = Page(session.style, width())
    through = {iri for changed in found for row in changed.rows for iri in row.through}
    readers = (ClaimReader(graph.dataset, session.lang), ClaimReader(supposed.graph.dataset, session.lang))
    words = {claim.iri: claim for reader in readers for claim in reader.many(sorted(through))}
    for changed in found:
        _put_changed(page, changed, words)
        page.gap()
    page.line(f"{len(found)} of {asked} answers change: {_counts(supposed)}.", mark=page.style.bold)
    return page.text()


def _put_changed(page: Any, changed: Changed, words: dict[str, Any]) -> None:
    from kgq.answers import claim_kind

    told = " → ".join(dict.fromkeys((_status(changed.before), _status(changed.after))))
    page.line(changed.question, right=told if "→" in told else "", mark=page.style.bold)
    for change in changed.rows:
        cells = " · ".join("–" if cell is None else cell.value for cell in change.row.cells)
        kind = claim_kind(change.row.kind, change.row.modality, None, change.row.polarity)
        page.line(f"{'+' if change.gained else '-'} {cells}", right=kind, indent=2, hang=2)
        for iri in change.through:
            claim = words.get(iri)
            if claim is not None and claim.kind != "inferred":
                name = f"{claim.identifier}: " if claim.identifier else "assumed: "
                page.line(name + claim.text, indent=6, hang=2, mark=page.style.dim)


def _status(answer: Any) -> str:
    if answer.disputed:
        return "disputed"
    if answer.status == "answered" and answer.boolean is not None:
        return "yes" if answer.boolean else "no"
    return str(answer.status).replace("_", " ")
