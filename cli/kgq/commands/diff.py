"""``kgq diff``: what sets two graphs apart, in facts or in answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options

if TYPE_CHECKING:
    from kg.packs.changes import AnswerChange

__all__ = ["diff"]


@click.command(
    epilog=examples(
        "kgq diff v1.trig v2.trig                        facts, one a line, sorted",
        "kgq diff v1.trig v2.trig --format patch         an RDF Patch that leads from A to B",
        "kgq diff v1.trig v2.trig --pack questions.yaml  questions that are answered differently",
    )
    + "\n\n\b\nExit codes: 0 the same, 1 they differ, 4 one of them cannot be read."
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--pack", type=click.Path(path_type=Path), metavar="FILE",
              help="Compare the answers to these questions, not the facts.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=600.0, show_default=True,
              envvar="KGQ_TIME_LIMIT", metavar="SECONDS", help="Give up after this long.")  # fmt: skip
@session_options("text", "json", "patch")
def diff(session: Session, *, a: str, b: str, pack: Path | None, time_limit: float) -> int:
    """Compare two graphs: files, folders, stores, whatever -g takes.

    Facts are compared with their named graphs, blank nodes by what is said about them. Lines that begin with "-"
    are in A alone, those with "+" in B alone. What ships with the built-in graph is compared by naming its file.
    """
    if pack is not None:
        if session.format == "patch":
            raise click.UsageError("--format patch is for facts. Leave out --pack, or use text or json.")
        return _answers(session, a, b, pack, time_limit)
    from kg.diff import diff_facts
    from kg.evaluation import run_bounded
    from kg.knowledge_graph import open_graph

    before, after = (open_graph(name).dataset.engine for name in (a, b))
    found = run_bounded(lambda: diff_facts(before.quads(), after.quads()), time_limit=time_limit)
    if session.format == "json":
        session.write_json(found.to_dict())
    else:
        lines = found.patch() if session.format == "patch" else found.lines()
        session.write("".join(f"{line}\n" for line in lines))
    if found.blank and session.format == "patch":
        session.say(f"{found.blank} lines name blank nodes, whose labels mean nothing in another store.")
    if session.format == "text":
        told = "the same" if found.same else f"{len(found.removed)} removed, {len(found.added)} added"
        session.say(f"{told}.")
    return 0 if found.same else 1


def _answers(session: Session, a: str, b: str, path: Path, time_limit: float) -> int:
    from kg.evaluation import run_bounded
    from kg.knowledge_graph import KnowledgeGraph, open_graph
    from kg.packs.changes import diff_answers
    from kg.packs.running import Ask, read_pack

    pack = read_pack(path)
    if pack.problems:
        for problem in pack.problems:
            click.echo(str(problem), err=True)
        return 4

    def asker(graph: KnowledgeGraph) -> Ask:
        return lambda text, include: run_bounded(lambda: graph.query(text, include=include), time_limit=time_limit)

    changes = list(diff_answers(pack, asker(open_graph(a)), asker(open_graph(b))))
    if session.format == "json":
        session.write_json({"same": not changes, "changes": [change.to_dict() for change in changes]})
    else:
        session.write("".join(_told(change) for change in changes))
        session.say(f"{len(changes)} of {len(pack.questions)} questions are answered differently.")
    return 1 if changes else 0


def _told(change: AnswerChange) -> str:
    lines = [f"{change.id}  {change.question}"]
    old, new = _verdict(change.before.status, change.before.boolean), _verdict(
        change.after.status, change.after.boolean)  # fmt: skip
    if old != new:
        lines += [f"  - {old}", f"  + {new}"]
    lines += [f"  - {row}" for row in change.lost] + [f"  + {row}" for row in change.new]
    return "".join(f"{line}\n" for line in lines)


def _verdict(status: str, boolean: bool | None) -> str:
    return status.replace("_", " ") if boolean is None else "yes" if boolean else "no"
