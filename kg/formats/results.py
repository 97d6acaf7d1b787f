"""Writes SPARQL results in the four formats of the W3C: JSON, XML, CSV and TSV."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.results import Rows
from kg.terms import PREFIXES, Term, lexical

__all__ = ["RESULT_FORMATS", "boolean_text", "result_text"]

RESULT_FORMATS = ("json", "xml", "csv", "tsv")
"""The formats by name."""

_NAMESPACE = "http://www.w3.org/2005/sparql-results#"
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SHORT = {
    PREFIXES["xsd"] + "integer": re.compile(r"[+-]?\d+\Z"),
    PREFIXES["xsd"] + "decimal": re.compile(r"[+-]?\d*\.\d+\Z"),
    PREFIXES["xsd"] + "boolean": re.compile(r"(true|false)\Z"),
}


def result_text(rows: Rows, format: str) -> str:  # noqa: A002 - what everybody calls it
    r"""Return the solutions of a SELECT in one of :data:`RESULT_FORMATS`.

    >>> result_text(Rows(("x",), ((Literal("a,b"),),)), "csv")
    'x\r\n"a,b"\r\n'
    """
    if format == "json":
        return json.dumps(rows.to_dict(), ensure_ascii=False, separators=(",", ":")) + "\n"
    if format == "xml":
        return "".join(_xml(rows))
    if format == "csv":
        lines = [rows.variables, *(tuple(map(lexical, row)) for row in rows)]
        return "".join(",".join(map(_csv, line)) + "\r\n" for line in lines)
    if format == "tsv":
        head = "\t".join(f"?{name}" for name in rows.variables)
        return "".join(line + "\n" for line in [head, *("\t".join(map(_tsv, row)) for row in rows)])
    raise ValueError(f"no result format '{format}'; there are {', '.join(RESULT_FORMATS)}.")


def boolean_text(value: bool, format: str) -> str:  # noqa: A002 - what everybody calls it
    r"""Return the result of an ASK; CSV and TSV have no form for it, so there it is the bare word.

    >>> boolean_text(True, "json")
    '{"head":{},"boolean":true}\n'
    """
    word = "true" if value else "false"
    if format == "json":
        return f'{{"head":{{}},"boolean":{word}}}\n'
    if format == "xml":
        return f'<?xml version="1.0"?>\n<sparql xmlns="{_NAMESPACE}"><head/><boolean>{word}</boolean></sparql>\n'
    return word + "\n"


def _csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\r\n]', text) else text


def _tsv(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, Literal):
        short = _SHORT.get(term.datatype.value)
        if short is not None and short.match(term.value):
            return term.value
    if isinstance(term, Triple):
        return f"<<( {' '.join(map(_tsv, (term.subject, term.predicate, term.object)))} )>>"
    return str(term)


def _xml(rows: Rows) -> Iterator[str]:
    yield f'<?xml version="1.0"?>\n<sparql xmlns="{_NAMESPACE}"><head>'
    yield "".join(f'<variable name="{name}"/>' for name in rows.variables)
    yield "</head><results>\n"
    for row in rows.dicts():
        cells = (f'<binding name="{name}">{_xml_term(term)}</binding>' for name, term in row.items())
        yield f"<result>{''.join(cells)}</result>\n"
    yield "</results></sparql>\n"


def _xml_term(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f"<uri>{_escaped(term.value)}</uri>"
    if isinstance(term, BlankNode):
        return f"<bnode>{_escaped(term.value)}</bnode>"
    if isinstance(term, Triple):
        parts: Iterable[tuple[str, Term]] = (
            ("subject", term.subject),
            ("predicate", term.predicate),
            ("object", term.object),
        )
        return f"<triple>{''.join(f'<{name}>{_xml_term(part)}</{name}>' for name, part in parts)}</triple>"
    if term.language:
        return f'<literal xml:lang="{term.language}">{_escaped(term.value)}</literal>'
    if term.datatype.value == PREFIXES["xsd"] + "string":
        return f"<literal>{_escaped(term.value)}</literal>"
    return f'<literal datatype="{_escaped(term.datatype.value)}">{_escaped(term.value)}</literal>'


def _escaped(text: str) -> str:
    """Escape for XML; characters that XML cannot hold become U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text).translate(_XML)
