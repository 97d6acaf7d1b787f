"""``kgq query``: a question in English, or a query in SPARQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kgq.kinds import include_option
from kgq.options import Session, examples, read_text, session_options

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from kg.knowledge_graph import KnowledgeGraph
    from kg.results import Answer, Rows

__all__ = ["query"]

_ENGLISH = ("table", "json", "jsonl", "csv", "tsv", "md")
_SELECT = ("table", "json", "csv", "tsv", "xml", "md")
_ASK = ("table", "json", "csv", "tsv", "xml")
_GRAPH = {"turtle": "turtle", "ntriples": "ntriples", "rdfxml": "rdfxml", "jsonld": "jsonld",
          "table": "turtle", "json": "jsonld"}  # fmt: skip
_FORMATS = ("table", "json", "jsonl", "csv", "tsv", "md", "xml", "turtle", "ntriples", "jsonld", "rdfxml")
_EXIT = {"answered": 0, "not_stated": 1, "ambiguous": 3, "not_understood": 3, "error": 4}


@click.command(
    epilog=examples(
        'kgq query "who bears capex risk"',
        'kgq query --explain "does Oracle shift risk to lenders?"',
        'kgq query --include stated,inferred,background "who designs Trainium"',
        'kgq query --format json "what do merchants buy"',
        'kgq query "SELECT ?who { ?claim kgq:claimSubject ?who }" --format csv',
        "kgq query @question.rq",
        "kgq query --batch questions.txt > answers.jsonl",
    )
    + "\n\n\b\nExit codes: 0 answered, 1 not stated or no, 2 usage or SPARQL syntax,"
    "\n3 ambiguous or not understood, 4 cannot (data, engine, limit)."
)
@click.argument("text", nargs=-1, metavar="QUESTION | SPARQL | @FILE | -")
@click.option("--sparql", "language", flag_value="sparql", help="Take the text as SPARQL, whatever it looks like.")
@click.option("--english", "language", flag_value="english", help="Take the text as English.")
@include_option("Kinds of claims an answer may rest on")
@click.option(
    "--explain", is_flag=True, help="How each word was understood, the SPARQL, and the proof to the quotes."
)
@click.option("--batch", metavar="FILE|-", help="A question a line; writes an answer object a line.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    envvar="KGQ_TIME_LIMIT",
    metavar="SECONDS",
    help="Give up after this long.",
)
@click.option(
    "--row-limit",
    type=click.IntRange(min=1),
    envvar="KGQ_ROW_LIMIT",
    metavar="N",
    help="Of SPARQL results, rows at most.",
)
@session_options(*_FORMATS)  # fmt: skip
def query(
    session: Session,
    *,
    text: tuple[str, ...],
    language: str | None,
    include: tuple[str, ...],
    explain: bool,
    batch: str | None,
    time_limit: float,
    row_limit: int | None,
) -> int:
    """Ask the graph a question in English, or query it in SPARQL.

    What parses as SPARQL is SPARQL. Its prefixes need no declaration, and it can neither change the graph nor
    read files nor open connections. @FILE takes the text from a file, - from standard input.
    """
    if batch is not None:
        if text:
            raise click.UsageError("--batch takes its questions from a file. Leave out the question.")
        from kgq.batch import answer_batch

        return answer_batch(session, batch, include=include, time_limit=time_limit)
    question = _question(text)
    if _is_sparql(question, language):
        return _sparql(session, question, time_limit, row_limit)
    return _english(session, question, include, explain, time_limit)


def _question(words: tuple[str, ...]) -> str:
    text = " ".join(words)
    if text == "-" or (len(words) == 1 and text.startswith("@")):
        text = read_text("-" if text == "-" else text[1:])
    if not text.strip():
        raise click.UsageError("nothing to ask. Give a question, SPARQL, @FILE or -.")
    return text


def _is_sparql(text: str, language: str | None) -> bool:
    from kg.sparql_text import looks_like_sparql

    return language == "sparql" or (language is None and looks_like_sparql(text))


def _check_format(session: Session, allowed: tuple[str, ...], what: str) -> None:
    if session.format not in allowed:
        raise click.UsageError(f"--format {session.format} does not fit {what}. Use {', '.join(allowed)}.")


def _english(session: Session, question: str, include: tuple[str, ...], explain: bool, time_limit: float) -> int:
    from kg.evaluation import run_bounded

    _check_format(session, _ENGLISH, "a question in English")
    graph = session.open()
    answer = run_bounded(lambda: graph.query(question, include=include), time_limit=time_limit)
    _write_answer(session, answer, explain)
    if answer.status == "answered" and answer.boolean is False:
        return 1
    return _EXIT[answer.status]


def _write_answer(session: Session, answer: Answer, explain: bool) -> None:
    from kgq.answers import answer_text, explanation_text, message
    from kgq.output import note, width

    if session.format in ("json", "jsonl"):
        session.write(answer.to_json(2 if session.format == "json" else None) + "\n")
        return
    problem = message(answer)
    if session.format == "table":
        text = "" if problem else answer_text(answer, session.style, width())
        if explain:
            text += ("\n" if text else "") + explanation_text(answer, session.style, width())
        if text:
            session.write(text)
    else:
        from kgq.tables import answer_table

        session.write(answer_table(answer, session.format))
        if answer.status == "not_stated":
            session.say(f"not stated: {answer.paraphrase or answer.question}")
    if problem:
        note(problem)
        for n, reading in enumerate(answer.readings, 1):
            note(f"  {n}. {reading.paraphrase}")


def _sparql(session: Session, text: str, time_limit: float, row_limit: int | None) -> int:
    from kg.results import Rows

    graph = session.open()
    asked = None if row_limit is None else row_limit + 1
    found = graph.evaluate(text, time_limit=time_limit, limit=asked)
    if isinstance(found, bool):
        return _write_boolean(session, found)
    cut = row_limit is not None and len(found) > row_limit
    if isinstance(found, Rows):
        rows = Rows(found.variables, found.rows[:row_limit])
        _write_solutions(session, rows, graph)
    else:
        _write_graph(session, found[:row_limit], graph)
    if cut:
        from kgq.output import note

        note(f"stopped after {row_limit} rows. Raise --row-limit for the rest.")
    return 4 if cut else 0


def _write_boolean(session: Session, value: bool) -> int:
    from kg.result_formats import boolean_text

    _check_format(session, _ASK, "an ASK query")
    session.write(boolean_text(value, session.format))
    return 0 if value else 1


def _write_solutions(session: Session, rows: Rows, graph: KnowledgeGraph) -> None:
    import sys

    _check_format(session, _SELECT, "a SELECT query")
    if session.format in ("table", "md"):
        from kgq.output import width
        from kgq.tables import solutions_table

        room = width() if session.output is None and sys.stdout.isatty() else None
        session.write(solutions_table(rows, graph.dataset.prefixes, session.format, session.style, room))
    else:
        from kg.result_formats import result_text

        session.write(result_text(rows, session.format))


def _write_graph(session: Session, triples: list[Triple], graph: KnowledgeGraph) -> None:
    from kg.exporting import triples_text

    _check_format(session, tuple(_GRAPH), "a CONSTRUCT or DESCRIBE query")
    session.write(triples_text(triples, _GRAPH[session.format], graph.dataset.prefixes))
