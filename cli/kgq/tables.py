"""Rows as tables: aligned for people, CSV, TSV and Markdown for programs and papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode

from kg.results import Answer, AnswerRow, Rows
from kg.terms import Term, compact, lexical
from kgq.output import Style
from kgq.text import clean, columns, fitted

__all__ = ["answer_cells", "answer_table", "separated", "solutions_table"]

_SUPPORT = ("kind", "polarity", "modality", "scenario", "qualifiers", "quote", "heading", "claims")


def solutions_table(rows: Rows, prefixes: Mapping[str, str], form: str, style: Style, width: int | None) -> str:
    """Return the solutions of a SELECT as an aligned table, or in Markdown.

    Args:
        rows: the solutions.
        prefixes: to shorten IRIs with.
        form: ``table`` or ``md``.
        style: marks for a terminal.
        width: columns of the terminal, to which cells are cut; None not to cut.
    """
    cells = [[_shown(term, prefixes) for term in row] for row in rows]
    if form == "md":
        return separated("md", rows.variables, cells)
    return aligned(rows.variables, cells, style, width)


def answer_table(answer: Answer, form: str) -> str:
    """Return the rows of an answer in CSV, TSV or Markdown, each with what supports it."""
    head, body = answer_cells(answer)
    return separated(form, head, body)


def answer_cells(answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Return the header and the cells of an answer's rows, each with what supports it."""
    head = [*(answer.columns or (("answer",) if answer.boolean is not None else ())), *_SUPPORT]
    verdict = [] if answer.columns or answer.boolean is None else ["yes" if answer.boolean else "no"]
    body = [[*(verdict or _values(row)), *_support(row)] for row in answer.rows]
    if verdict and not body:
        body = [[*verdict, *("" for _ in _SUPPORT)]]
    return head, body


def separated(form: str, head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Return a table in ``csv`` (RFC 4180), ``tsv`` or ``md``."""
    lines = [head, *body]
    if form == "csv":
        return "".join(",".join(map(_csv, line)) + "\r\n" for line in lines)
    if form == "tsv":
        return "".join("\t".join(_tsv(cell) for cell in line) + "\n" for line in lines)
    rule = ["---" for _ in head]
    return "".join(f"| {' | '.join(map(_md, line))} |\n" for line in [head, rule, *body])


def aligned(head: Sequence[str], body: Sequence[Sequence[str]], style: Style, width: int | None) -> str:
    """Return a table whose columns are as wide as their widest cell, cut evenly where the line is too short."""
    cells = [[clean(cell) for cell in line] for line in body]
    sizes = [max([columns(name), *(columns(line[n]) for line in cells)]) for n, name in enumerate(head)]
    if width is not None:
        sizes = fitted(sizes, width - 2 * (len(sizes) - 1))
    lines = ["  ".join(style.bold(_padded(name, size)) for name, size in zip(head, sizes, strict=True)).rstrip()]
    lines += [
        "  ".join(_padded(cell, size) for cell, size in zip(line, sizes, strict=True)).rstrip() for line in cells
    ]
    return "".join(f"{line}\n" for line in lines)


def _padded(text: str, size: int) -> str:
    if columns(text) > size:
        while text and columns(text) > size - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (size - columns(text))


def _values(row: AnswerRow) -> list[str]:
    return ["" if cell is None else cell.value for cell in row.cells]


def _support(row: AnswerRow) -> list[str]:
    qualifiers = "; ".join(f"{name}={words}" for name, every in row.qualifiers.items() for words in every)
    return [
        row.kind,
        row.polarity,
        row.modality,
        row.scenario or "",
        qualifiers,
        " | ".join(evidence.quote for evidence in row.evidence),
        " | ".join(evidence.heading for evidence in row.evidence),
        " ".join(row.claims),
    ]


def _shown(term: Term | None, prefixes: Mapping[str, str]) -> str:
    if isinstance(term, NamedNode):
        return compact(term.value, prefixes)
    return lexical(term)


def _csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in '",\r\n') else text


def _tsv(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _md(text: str) -> str:
    return clean(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
