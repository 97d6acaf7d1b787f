"""HexTuples: a JSON array of six strings a line (ontola.io/blog/hextuples)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from kg.errors import SourceError

__all__ = ["hextuples"]

_MAX_LINE = 16 * 1024 * 1024
_LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def hextuples(stream: IO[bytes], name: str) -> Iterator[Quad]:
    """Yield the quads of a HexTuples stream.

    >>> import io
    >>> line = b'["http://e/a", "http://e/p", "http://e/b", "globalId", "", ""]'
    >>> [quad.object.value for quad in hextuples(io.BytesIO(line), "a.hext")]
    ['http://e/b']

    Raises:
        SourceError: a line is something else.
    """
    number = 0
    while line := stream.readline(_MAX_LINE + 1):
        number += 1
        if len(line) > _MAX_LINE:
            raise SourceError(f"the line is longer than {_MAX_LINE:,} bytes. Split it.", path=name, line=number)
        if line.strip():
            try:
                yield _quad(json.loads(line))
            except UnicodeDecodeError as error:
                message = f"byte 0x{line[error.start]:02X} is not UTF-8. Save the file as UTF-8."
                raise SourceError(message, path=name, line=number) from error
            except json.JSONDecodeError as error:
                message = f"not valid HexTuples: {error.msg} at column {error.colno}. Correct the line."
                raise SourceError(message, path=name, line=number) from error
            except (ValueError, RecursionError) as error:
                reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
                message = f"not valid HexTuples: {reason}. Correct the line."
                raise SourceError(message, path=name, line=number) from error


def _quad(data: object) -> Quad:
    if not isinstance(data, list) or len(data) != 6 or not all(isinstance(part, str) for part in data):
        raise ValueError('a line is ["subject", "predicate", "value", "datatype", "language", "graph"]')
    subject, predicate, value, datatype, language, graph = data
    target = _node(graph) if graph else DefaultGraph()
    return Quad(_node(subject), NamedNode(predicate), _object(value, datatype, language), target)


def _object(value: str, datatype: str, language: str) -> NamedNode | BlankNode | Literal:
    if datatype in ("globalId", "namedNode"):
        return NamedNode(value)
    if datatype in ("localId", "blankNode"):
        return BlankNode(value.removeprefix("_:"))
    if language:
        if datatype not in ("", _LANG):
            raise ValueError(f"the value has a language and the datatype '{datatype}'")
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)


def _node(name: str) -> NamedNode | BlankNode:
    return BlankNode(name[2:]) if name.startswith("_:") else NamedNode(name)
