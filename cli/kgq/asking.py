"""Asks the graph what was typed, in English or SPARQL, and prints what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kgq.errors import UsageError
from kgq.session import Session

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from kg.formats.written import Export
    from kg.knowledge_graph import KnowledgeGraph
    from kg.results import Answer, Rows

__all__ = ["FORMATS", "INCLUDED", "TIME_LIMIT", "ask", "say_looked_up", "write_answer"]

FORMATS = (
    "table", "json", "jsonl", "csv", "tsv", "parquet", "xlsx", "md", "xml", "turtle", "ntriples",
    "jsonld", "rdfxml",
)  # fmt: skip
"""The forms of output, the default first."""

INCLUDED = ("stated", "inferred")
"""The kinds of claims an answer rests on unless told otherwise."""

TIME_LIMIT = 30.0
"""Seconds until a question is given up."""

_ENGLISH = ("table", "json", "jsonl", "csv", "tsv", "parquet", "xlsx", "md")
_SELECT = ("table", "json", "csv", "tsv", "parquet", "xlsx", "xml", "md")
_BINARY = ("parquet", "xlsx")
_ASK = ("table", "json", "csv", "tsv", "xml")
_GRAPH = {
    "table": "turtle",
    "json": "jsonld",
    "turtle": "turtle",
    "ntriples": "ntriples",
    "rdfxml": "rdfxml",
    "jsonld": "jsonld",
}
_EXIT = {"answered": 0, "not_stated": 1, "ambiguous": 3, "not_understood": 3, "error": 4}


def ask(
    session: Session,
    text: str,
    *,
    language: str | None = None,
    include: Sequence[str] = INCLUDED,
    explain: bool = False,
    interactive: bool = False,
    llm: bool = True,
    time_limit: float = TIME_LIMIT,
    row_limit: int | None = None,
    union: bool | None = None,
) -> int:
    """Answer a text and return the exit code.

    Args:
        session: the graph, and where and how to write.
        text: a question, or SPARQL.
        language: ``english`` or ``sparql``; None to tell by the text.
        include: kinds of claims an answer may rest on.
        explain: whether to show how the question was understood, its SPARQL and the proofs.
        interactive: whether to ask back, once, what is not understood.
        llm: whether a language model that is set up may help.
        time_limit: seconds.
        row_limit: of SPARQL results, rows at most.
        union: of SPARQL, whether the default graph is the union of all graphs; None lets the data decide.

    Raises:
        UsageError: the form of output does not fit.
        kg.errors.KgError: the graph cannot be opened, or the text cannot be evaluated.
    """
    if _is_sparql(text, language):
        return _sparql(session, text, time_limit, row_limit, union)
    return _english(
        session, text, include, explain=explain, interactive=interactive, llm=llm, time_limit=time_limit
    )


def _is_sparql(text: str, language: str | None) -> bool:
    from kg.sparql_text import looks_like_sparql

    return language == "sparql" or (language is None and looks_like_sparql(text))


def _check_format(session: Session, allowed: tuple[str, ...], what: str) -> None:
    if session.format not in allowed:
        raise UsageError(f"--format {session.format} does not fit {what}. Use {', '.join(allowed)}.")
    if session.format in _BINARY and session.output is None:
        import sys

        if sys.stdout.isatty():
            raise UsageError(f"{session.format} is not for a terminal. Name a file with -o.")


def _english(
    session: Session,
    question: str,
    include: Sequence[str],
    *,
    explain: bool,
    interactive: bool,
    llm: bool,
    time_limit: float,
) -> int:
    from kg.evaluation import run_bounded

    _check_format(session, _ENGLISH, "a question in English")
    graph = _open_for_questions(session)
    if session.graphs:
        run_bounded(lambda: graph.vocabulary)  # read once and kept, which may take longer than a question may
    answer = run_bounded(lambda: graph.query(question, include=include), time_limit=time_limit)
    if interactive and answer.status in ("ambiguous", "not_understood"):
        from kgq.dialogue import settle

        answer = settle(session, graph, answer, graph.asker(include=include))
    if llm and answer.status in ("ambiguous", "not_understood"):
        from kgq.assistance import assisted

        answer = assisted(session, graph, answer, include)
    write_answer(session, answer, explain, _titles(graph, answer))
    if answer.status in ("not_understood", "not_stated") and not graph.vocabulary.is_complete:
        say_looked_up(session)
    if answer.status == "answered" and answer.boolean is False:
        return 1
    return _EXIT[answer.status]


def say_looked_up(session: Session) -> None:
    """Say how names were found in a graph of which not all are at hand."""
    from kg.results import AS_WRITTEN

    session.say(f"{AS_WRITTEN}. 'kgq vocabulary --index' reads all names once, and then finds misspelt ones.")


def _open_for_questions(session: Session) -> KnowledgeGraph:
    """Open the graph; meanwhile, for that is native code, import what answers questions about the built-in one."""
    if session.graphs:
        return session.open()
    import threading

    import kg.knowledge_graph  # noqa: F401 - imported here, so that the two threads import different modules

    importing = threading.Thread(target=_import_questions, daemon=True)
    importing.start()
    graph = session.open()
    importing.join()
    return graph


def _import_questions() -> None:
    import kg.questions.claims.ask
    import kg.questions.claims.forms
    import kg.vocabulary.written  # noqa: F401


def _titles(graph: KnowledgeGraph, answer: Answer) -> dict[str, str]:
    """Return what the documents are called that an answer quotes, where it quotes several."""
    from kg.results import leaves
    from kg.terms import lexical

    rows = (*answer.rows, *answer.related)
    quoted = {e.document for row in rows for e in (*row.evidence, *leaves(row.because))}
    quoted |= {e.document for row in rows for claim in row.disputed_by for e in claim.evidence}
    if len(quoted) < 2:
        return {}
    values = " ".join(f"<{iri}>" for iri in sorted(quoted))
    found = graph.dataset.select(f"SELECT ?d ?title {{ VALUES ?d {{ {values} }} ?d dcterms:title ?title }}")
    return {lexical(document): lexical(title) for document, title in found if document and title}


def write_answer(
    session: Session, answer: Answer, explain: bool = False, titles: Mapping[str, str] | None = None
) -> None:
    """Write an answer in the form asked for; why there is none goes to standard error.

    Args:
        session: where and how to write.
        answer: what to write.
        explain: whether to add how the question was understood, its SPARQL and the proofs.
        titles: what documents are called, to be said with each quote.
    """
    from kgq.answers import answer_text, explanation_text, message
    from kgq.output import note, width

    if session.format in ("json", "jsonl"):
        session.write(answer.to_json(2 if session.format == "json" else None) + "\n")
        return
    problem = message(answer)
    if session.format == "table":
        text = "" if problem else answer_text(answer, session.style, width(), titles)
        if explain:
            text += ("\n" if text else "") + explanation_text(answer, session.style, width(), titles)
        if text:
            session.write(text)
    else:
        if session.format in _BINARY:
            from kg.formats.tables import table_bytes
            from kgq.tables import answer_cells

            head, body = answer_cells(answer)
            _write_binary(session, table_bytes(head, body, session.format))
        else:
            from kgq.tables import answer_table

            session.write(answer_table(answer, session.format))
        if answer.status == "not_stated":
            session.say(f"not stated: {answer.paraphrase or answer.question}")
    if problem:
        note(problem)
        for n, reading in enumerate(answer.readings, 1):
            note(f"  {n}. {reading.paraphrase}")


def _sparql(
    session: Session, text: str, time_limit: float, row_limit: int | None, union: bool | None = None
) -> int:
    from kg.results import Rows

    graph = session.open()
    if union is not None:
        graph.dataset.union = union
    if graph.dataset.is_remote and row_limit is None:
        from kgq.remote import copy_results

        if copy_results(session, graph, text):
            return 0
    if row_limit is None:
        from kg.evaluation import serialize

        written = serialize(graph.dataset, text, session.format, time_limit=time_limit)
        if written is not None:
            session.write(written)
            return 0
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
    from kg.formats.results import boolean_text

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
    elif session.format in _BINARY:
        from kg.formats.tables import rows_table

        _write_binary(session, rows_table(rows, session.format))
    else:
        from kg.formats.results import result_text

        session.write(result_text(rows, session.format))


def _write_binary(session: Session, written: Export) -> None:
    session.write(written.data)
    for loss in written.losses:
        session.say(f"{session.format}: {loss}")


def _write_graph(session: Session, triples: list[Triple], graph: KnowledgeGraph) -> None:
    from kg.formats.graphs import triples_text

    _check_format(session, tuple(_GRAPH), "a CONSTRUCT or DESCRIBE query")
    session.write(triples_text(triples, _GRAPH[session.format], graph.dataset.prefixes))
