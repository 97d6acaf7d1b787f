"""The network in the formats other tools read: GraphML, GEXF, DOT, Mermaid, Cypher, and a table of edges.

Every claim is one edge: parallel edges and directions are kept. An edge carries the relation, the sentence, the
kind, polarity, modality, scenario, qualifiers, and the first quote with its heading and position.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kg.network.model import Network
from kg.results import Claim

if TYPE_CHECKING:
    import networkx

__all__ = ["NETWORK_FORMATS", "export_network"]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    if format not in _WRITERS:
        raise ValueError(f"'{format}' is no network format; it is one of {', '.join(NETWORK_FORMATS)}")
    return _WRITERS[format](network)


def _attributes(network: Network, claim: Claim) -> dict[str, str]:
    """Return what every edge carries, as text; empty where there is nothing to say."""
    quote = claim.quotes[0] if claim.quotes else None
    return {
        "relation": network.label(claim.predicate),
        "text": claim.text,
        "kind": claim.kind,
        "polarity": claim.polarity,
        "modality": claim.modality,
        "scenario": network.label(claim.scenario),
        "qualifiers": "; ".join(f"{name}={words}" for name, many in claim.qualifiers.items() for words in many),
        "quote": quote.quote if quote else "",
        "heading": quote.heading if quote else "",
        "position": f"{quote.start}-{quote.end}" if quote else "",
    }


def _plain(network: Network) -> networkx.MultiDiGraph[str]:
    """Return the network with text attributes only, fit for XML."""
    import networkx

    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for iri, entity in network.entities.items():
        classes = ", ".join(network.label(c) for c in entity.classes)
        graph.add_node(_xml(iri), label=_xml(entity.label), classes=_xml(classes))
    for claim in network.edges:
        about = {name: _xml(text) for name, text in _attributes(network, claim).items()}
        graph.add_edge(
            _xml(claim.subject), _xml(claim.object or ""), key=_xml(claim.iri), label=about["relation"], **about
        )
    return graph


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _graphml(network: Network) -> str:
    import networkx

    return "\n".join(networkx.generate_graphml(_plain(network), named_key_ids=True)) + "\n"


def _gexf(network: Network) -> str:
    import networkx

    text = "\n".join(networkx.generate_gexf(_plain(network), version="1.2draft"))
    return re.sub(r' lastmodifieddate="[^"]*"', "", text) + "\n"


def _dot(network: Network) -> str:
    names = _numbered(network)
    lines = ["digraph {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f"  {names[iri]} [label={_quoted(entity.label)}];" for iri, entity in network.entities.items()]
    styles = {"stated": "solid", "inferred": "dashed", "background": "dotted"}
    lines += [
        f"  {names[c.subject]} -> {names[c.object or '']} [label={_quoted(_relation(network, c))}, "
        f"style={styles[c.kind]}, tooltip={_quoted(c.text)}];"
        for c in network.edges
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\r\n]+", "\\\\n", escaped) + '"'


def _mermaid(network: Network) -> str:
    names = _numbered(network)
    lines = ["flowchart LR"]
    lines += [f'  {names[iri]}["{_entity_codes(entity.label)}"]' for iri, entity in network.entities.items()]
    lines += [
        f'  {names[c.subject]} {_ARROWS[c.kind]}|"{_entity_codes(_relation(network, c))}"| {names[c.object or ""]}'
        for c in network.edges
    ]
    return "\n".join(lines) + "\n"


def _entity_codes(text: str) -> str:
    """Return text with every character that Mermaid or HTML could read as markup written as ``#code;``."""
    return re.sub(r"[^\w .,:/+–—-]", lambda match: f"#{ord(match[0])};", " ".join(text.split()))


def _cypher(network: Network) -> str:
    """Return statements that build the network and can be run again; properties are data, never names."""
    lines = [
        f"MERGE (n:Entity {{iri: {_cypher_text(iri)}}}) SET n.label = {_cypher_text(entity.label)}, "
        f"n.classes = [{', '.join(_cypher_text(network.label(c)) for c in entity.classes)}];"
        for iri, entity in network.entities.items()
    ]
    for claim in network.edges:
        about = {"predicate": claim.predicate, **_attributes(network, claim)}
        sets = ", ".join(f"r.{name} = {_cypher_text(text)}" for name, text in about.items() if text)
        ends = (_cypher_text(claim.subject), _cypher_text(claim.object or ""))
        lines.append(
            f"MATCH (a:Entity {{iri: {ends[0]}}}), (b:Entity {{iri: {ends[1]}}}) "
            f"MERGE (a)-[r:CLAIM {{iri: {_cypher_text(claim.iri)}}}]->(b) SET {sets};"
        )
    return "\n".join(lines) + "\n" if lines else ""


def _cypher_text(text: str) -> str:
    """Return a Cypher string: JSON escapes are Cypher's, but for the solidus and characters beyond U+FFFF."""
    return json.dumps(text, ensure_ascii=False)


def _edges(network: Network) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    head = [
        "subject",
        "object",
        *_attributes(network, _NOTHING),
        "subject_iri",
        "predicate_iri",
        "object_iri",
        "claim",
    ]
    writer.writerow(head)
    for c in network.edges:
        ends = [network.label(c.subject), network.label(c.object)]
        iris = [c.subject, c.predicate, c.object or "", c.iri]
        writer.writerow(" ".join(cell.split()) for cell in (*ends, *_attributes(network, c).values(), *iris))
    return out.getvalue()


def _relation(network: Network, claim: Claim) -> str:
    relation = network.label(claim.predicate)
    notes = [f"in {network.label(claim.scenario)}"] if claim.scenario else []
    notes += [words for many in claim.qualifiers.values() for words in many]
    denied = f"not: {relation}" if claim.polarity == "negative" else relation
    return f"{denied} ({'; '.join(notes)})" if notes else denied


def _numbered(network: Network) -> dict[str, str]:
    return {iri: f"n{index}" for index, iri in enumerate(network.entities)}


_ARROWS = {"stated": "-->", "inferred": "-.->", "background": "-.->"}
_NOTHING = Claim("", "", "", None, None, "", "stated")

_WRITERS: Mapping[str, Callable[[Network], str]] = {
    "graphml": _graphml,
    "gexf": _gexf,
    "dot": _dot,
    "mermaid": _mermaid,
    "cypher": _cypher,
    "edges": _edges,
}

NETWORK_FORMATS = tuple(_WRITERS)
"""The formats of :func:`export_network`."""
