"""Many questions in one run: a line in, an answer object a line out, in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import KgError, SourceError
from kg.results import Answer

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kgq.options import Session

__all__ = ["answer_batch"]


def answer_batch(
    session: Session, source: str, *, include: tuple[str, ...], time_limit: float, llm: bool = True
) -> int:
    """Answer every line of a file, or of standard input for ``-``; return the exit code.

    A line is a question, or ``{"id": …, "question": …}``; blank lines are skipped, and the id is the line number
    unless one is given. Answers are written one a line, each flushed as soon as it is known. A line that fails
    becomes an answer with status ``error``; the rest goes on.
    """
    if session.format not in ("table", "json", "jsonl"):
        raise click.UsageError(
            f"--format {session.format} does not fit --batch, which writes JSON, one answer a line."
        )
    lines = _lines(source)
    graph = session.open()
    failed = False
    written: list[str] = []
    for number, line in lines:
        answer = _answer(graph, number, line, include, time_limit)
        if llm and answer.status in ("ambiguous", "not_understood"):
            from kgq.assistance import assisted

            answer = assisted(session, graph, answer, include)
        failed = failed or answer.status == "error"
        text = answer.to_json() + "\n"
        if session.output is None:
            session.write(text)
        else:
            written.append(text)
    if session.output is not None:
        session.write("".join(written))
    return 4 if failed else 0


def _lines(source: str) -> Iterator[tuple[int, bytes]]:
    if source == "-":
        return _numbered(sys.stdin.buffer)
    try:
        data = Path(source).read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}. Check the path.", path=source) from error
    return _numbered(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"))


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _answer(
    graph: KnowledgeGraph, number: int, line: bytes, include: tuple[str, ...], time_limit: float
) -> Answer:

    from kg.evaluation import run_bounded

    name, question = str(number), line.decode("utf-8", errors="replace").strip()
    try:
        name, question = _parse(name, line)
        answer = run_bounded(lambda: graph.query(question, include=include), time_limit=time_limit)
        return answer._replace(id=name)
    except (KgError, ValueError, RecursionError, MemoryError) as error:
        code = type(error).__name__.removesuffix("Error").lower() if isinstance(error, KgError) else "line"
        return Answer(question, "error", id=name, error={"code": code, "message": str(error)})


def _parse(name: str, line: bytes) -> tuple[str, str]:
    """Return the id and the question of a line.

    Raises:
        ValueError: not UTF-8, or a JSON object without a question.
    """
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"line {name} is not UTF-8 at byte {error.start}. Save the file as UTF-8.") from error
    if not text.startswith("{"):
        return name, text
    try:
        data: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {name} is not valid JSON: {error.msg}. Correct it.") from error
    if not isinstance(data.get("question"), str) or not data["question"].strip():
        raise ValueError(f'line {name} has no question. Write {{"id": …, "question": …}}.')
    given = data.get("id")
    return name if given is None else str(given), data["question"]
