"""The network in the formats other tools read: GraphML, GEXF, DOT, Mermaid, Cypher, and a table of edges.

Every claim is one edge: parallel edges and directions are kept. An edge carries the relation, the sentence, the
kind, polarity, modality, scenario, qualifiers, and the first quote with its heading and position.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

from kg.network.edge_data import EDGE_DATA, edge_data
from kg.network.model import Network
from kg.network.xml_formats import gexf, graphml
from kg.results import Claim

__all__ = ["NETWORK_FORMATS", "export_network", "network_text"]

_Parts: TypeAlias = Iterable[Network]


def export_network(network: Network, format: str) -> str:  # noqa: A002 - the word of the command line
    r"""Return the network as text in one of :data:`NETWORK_FORMATS`.

    >>> export_network(Network((), {}), "dot")
    'digraph {\n  rankdir=LR;\n  node [shape=box];\n}\n'

    Args:
        network: what to write.
        format: ``graphml``, ``gexf``, ``dot``, ``mermaid``, ``cypher`` or ``edges`` (tab separated).

    Raises:
        ValueError: the format is none of these.
    """
    return "".join(network_text([network], [network], format))


def network_text(things: _Parts, statements: _Parts, format: str) -> Iterator[str]:  # noqa: A002 - as above
    r"""Yield a network that lies in parts as text in one of :data:`NETWORK_FORMATS`.

    >>> "".join(network_text([], [], "mermaid"))
    'flowchart LR\n'

    Args:
        things: networks with all the entities, each in one of them; they are read first.
        statements: networks with all the claims, and the labels of what these mention.
        format: as :func:`export_network` takes it.

    Raises:
        ValueError: the format is none of these.
    """
    if format not in _WRITERS:
        raise ValueError(f"'{format}' is no network format; it is one of {', '.join(NETWORK_FORMATS)}")
    return _WRITERS[format](things, statements)


def _dot(things: _Parts, statements: _Parts) -> Iterator[str]:
    yield "digraph {\n  rankdir=LR;\n  node [shape=box];\n"
    names: dict[str, str] = {}
    for part in things:
        for iri, entity in part.entities.items():
            yield f"  {_numbered(names, iri)} [label={_quoted(entity.label)}];\n"
    styles = {"stated": "solid", "inferred": "dashed", "background": "dotted"}
    for part in statements:
        for c in part.edges:
            yield (
                f"  {names[c.subject]} -> {names[c.object or '']} [label={_quoted(_relation(part, c))}, "
                f"style={styles[c.kind]}, tooltip={_quoted(c.text)}];\n"
            )
    yield "}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\r\n]+", "\\\\n", escaped) + '"'


def _mermaid(things: _Parts, statements: _Parts) -> Iterator[str]:
    yield "flowchart LR\n"
    names: dict[str, str] = {}
    for part in things:
        for iri, entity in part.entities.items():
            yield f'  {_numbered(names, iri)}["{_entity_codes(entity.label)}"]\n'
    for part in statements:
        for c in part.edges:
            arrow = f'{_ARROWS[c.kind]}|"{_entity_codes(_relation(part, c))}"|'
            yield f"  {names[c.subject]} {arrow} {names[c.object or '']}\n"


def _numbered(names: dict[str, str], iri: str) -> str:
    names[iri] = f"n{len(names)}"
    return names[iri]


def _entity_codes(text: str) -> str:
    """Return text with every character that Mermaid or HTML could read as markup written as ``#code;``."""
    return re.sub(r"[^\w .,:/+–—-]", lambda match: f"#{ord(match[0])};", " ".join(text.split()))


def _cypher(things: _Parts, statements: _Parts) -> Iterator[str]:
    """Yield statements that build the network and can be run again; properties are data, never names."""
    for part in things:
        for iri, entity in part.entities.items():
            classes = ", ".join(_cypher_text(part.label(c)) for c in entity.classes)
            named = f"{{iri: {_cypher_text(iri)}}}) SET n.label = {_cypher_text(entity.label)}"
            yield f"MERGE (n:Entity {named}, n.classes = [{classes}];\n"
    for part in statements:
        for claim in part.edges:
            about = {"predicate": claim.predicate, **edge_data(part, claim)}
            sets = ", ".join(f"r.{name} = {_cypher_text(text)}" for name, text in about.items() if text)
            ends = (_cypher_text(claim.subject), _cypher_text(claim.object or ""))
            yield (
                f"MATCH (a:Entity {{iri: {ends[0]}}}), (b:Entity {{iri: {ends[1]}}}) "
                f"MERGE (a)-[r:CLAIM {{iri: {_cypher_text(claim.iri)}}}]->(b) SET {sets};\n"
            )


def _cypher_text(text: str) -> str:
    """Return a Cypher string: JSON escapes are Cypher's, but for the solidus and characters beyond U+FFFF."""
    return json.dumps(text, ensure_ascii=False)


def _edges(_: _Parts, statements: _Parts) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, delimiter="\t", lineterminator="\n")
    head = ("subject", "object", *EDGE_DATA, "subject_iri", "predicate_iri", "object_iri", "claim")
    for row in chain([head], (_cells(part, c) for part in statements for c in part.edges)):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(line.truncate(0))


def _cells(network: Network, c: Claim) -> Iterator[str]:
    ends = (network.label(c.subject), network.label(c.object))
    iris = (c.subject, c.predicate, c.object or "", c.iri)
    return (" ".join(cell.split()) for cell in (*ends, *edge_data(network, c).values(), *iris))


def _relation(network: Network, claim: Claim) -> str:
    relation = network.label(claim.predicate)
    notes = [f"in {network.label(claim.scenario)}"] if claim.scenario else []
    notes += [words for many in claim.qualifiers.values() for words in many]
    denied = f"not: {relation}" if claim.polarity == "negative" else relation
    return f"{denied} ({'; '.join(notes)})" if notes else denied


_ARROWS = {"stated": "-->", "inferred": "-.->", "background": "-.->"}

_WRITERS: Mapping[str, Callable[[_Parts, _Parts], Iterator[str]]] = {
    "graphml": graphml,
    "gexf": gexf,
    "dot": _dot,
    "mermaid": _mermaid,
    "cypher": _cypher,
    "edges": _edges,
}

NETWORK_FORMATS = tuple(_WRITERS)
"""The formats of :func:`export_network`."""
