"""Plug-ins of each kind: references in RIS are read, graphs written for Cytoscape, medians answered."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from typing import IO

from pyoxigraph import Literal, NamedNode, Triple

from kg import Answer, AnswerRow, Cell, KnowledgeGraph

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_REFERENCE = NamedNode("http://purl.org/dc/terms/BibliographicResource")
_TERMS = {"TI": "title", "AU": "creator", "PY": "issued", "PB": "publisher"}


def read_references(stream: IO[bytes], name: str) -> Iterator[Triple]:
    """Read bibliographic references in RIS: lines like ``TI  - Title``, each reference ended by ``ER  -``."""
    number = 1
    for line in stream:
        tag, _, value = line.decode("utf-8").strip().partition("  - ")
        subject = NamedNode(f"urn:ris:{name.rsplit('/', 1)[-1].removesuffix('.ris')}:{number}".replace(" ", "-"))
        if tag == "TY":
            yield Triple(subject, _TYPE, _REFERENCE)
        elif tag in _TERMS:
            yield Triple(subject, NamedNode(f"http://purl.org/dc/terms/{_TERMS[tag]}"), Literal(value))
        elif tag.startswith("ER"):
            number += 1


def write_cytoscape(graph: KnowledgeGraph) -> str:
    """Write what is linked to what in the JSON of Cytoscape."""
    query = "SELECT DISTINCT ?s ?p ?o { ?s ?p ?o FILTER(isIRI(?s) && isIRI(?o)) } ORDER BY ?s ?p ?o"
    links = [[str(term)[1:-1] for term in row] for row in graph.select(query)]
    nodes = [{"data": {"id": term}} for term in sorted({term for s, _, o in links for term in (s, o)})]
    edges = [{"data": {"source": s, "target": o, "label": p}} for s, p, o in links]
    return json.dumps({"elements": {"nodes": nodes, "edges": edges}}, indent=1) + "\n"


def median(answer: Answer) -> Answer | None:
    """Return the median of the numbers in the first column, supported by all rows; None if it holds others."""
    try:
        numbers = [float(row.cells[0].value) for row in answer.rows if row.cells[0] is not None]
    except ValueError:
        return None
    triples = tuple(triple for row in answer.rows for triple in row.triples)
    cell = Cell(f"{statistics.median(numbers):g}", datatype="http://www.w3.org/2001/XMLSchema#decimal")
    return answer._replace(columns=("median",), rows=(AnswerRow((cell,), triples=triples),))
