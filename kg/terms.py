"""RDF terms: between pyoxigraph, rdflib and JSON; between IRIs and short names. Pure functions.

The library's own currency is pyoxigraph's terms: small, hashable, and quick to make. The two other
worlds are converted here and nowhere else, and a term that cannot be converted is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

if TYPE_CHECKING:
    from rdflib.term import Node

__all__ = ["PREFIXES", "Term", "compact", "expand", "from_rdflib", "lexical", "local_name", "to_json", "to_rdflib"]

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
"""What a cell of a result can hold."""

PREFIXES: Mapping[str, str] = {
    "kgq": "https://w3id.org/kgq/core#",
    "aii": "https://w3id.org/kgq/aii#",
    "id": "https://w3id.org/kgq/id/",
    "doc": "https://w3id.org/kgq/doc/",
    "rule": "https://w3id.org/kgq/rule/",
    "lex": "https://w3id.org/kgq/lexicon#",
    "graph": "https://w3id.org/kgq/graph/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "ontolex": "http://www.w3.org/ns/lemon/ontolex#",
    "lexinfo": "http://www.lexinfo.net/ontology/3.0/lexinfo#",
    "sh": "http://www.w3.org/ns/shacl#",
    "vann": "http://purl.org/vocab/vann/",
}
"""Short names that kgq's own graphs use, in the order they are written."""

_LOCAL = re.compile(r"[\w][\w.-]*\Z")


def expand(name: str, prefixes: Mapping[str, str] = PREFIXES) -> str | None:
    """Return the IRI that a CURIE or ``<iri>`` stands for, or None if it is neither.

    >>> expand("kgq:Claim")
    'https://w3id.org/kgq/core#Claim'
    >>> expand("<http://example.com/a>")
    'http://example.com/a'
    >>> expand("CoreWeave") is None
    True
    """
    if name.startswith("<") and name.endswith(">"):
        return name[1:-1]
    if re.match(r"(https?|urn|file):", name):
        return name
    prefix, colon, rest = name.partition(":")
    if colon and prefix in prefixes and " " not in rest:
        return prefixes[prefix] + rest
    return None


def compact(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return the shortest name of an IRI: a CURIE where a prefix fits, else ``<iri>``.

    >>> compact("https://w3id.org/kgq/core#Claim")
    'kgq:Claim'
    >>> compact("http://example.com/a", {"": "http://example.com/"})
    ':a'
    >>> compact("http://example.com/a b")
    '<http://example.com/a b>'
    """
    best, length = "", 0
    for prefix, base in prefixes.items():
        if iri.startswith(base) and len(base) > length and _LOCAL.match(iri[len(base) :]):
            best, length = prefix, len(base)
    return f"{best}:{iri[length:]}" if length else f"<{iri}>"


def local_name(iri: str) -> str:
    """Return what follows the last ``#``, ``/`` or ``:`` of an IRI.

    >>> local_name("https://w3id.org/kgq/core#Claim")
    'Claim'
    """
    return re.split(r"[#/:]", iri.rstrip("#/"))[-1]


def lexical(term: Term | None) -> str:
    """Return a term as text: the IRI, the lexical form, ``_:b`` for a blank node, '' for nothing.

    >>> lexical(Literal("12", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")))
    '12'
    """
    if term is None:
        return ""
    if isinstance(term, (NamedNode, Literal)):
        return term.value
    return str(term)


def to_json(term: Term) -> dict[str, Any]:
    """Return a term in the form of the W3C SPARQL 1.1 results JSON format.

    >>> to_json(NamedNode("http://example.com/a"))
    {'type': 'uri', 'value': 'http://example.com/a'}
    """
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Literal):
        found: dict[str, Any] = {"type": "literal", "value": term.value}
        if term.language:
            found["xml:lang"] = term.language
        elif term.datatype.value != PREFIXES["xsd"] + "string":
            found["datatype"] = term.datatype.value
        return found
    if isinstance(term, Triple):
        return {
            "type": "triple",
            "value": {
                "subject": to_json(term.subject),
                "predicate": to_json(term.predicate),
                "object": to_json(term.object),
            },
        }
    raise ValueError(f"not an RDF term: {term!r}")


def to_rdflib(term: Term) -> Node:
    """Return the rdflib term equal to a pyoxigraph term.

    >>> to_rdflib(NamedNode("http://example.com/a"))
    rdflib.term.URIRef('http://example.com/a')
    """
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        if term.datatype.value == PREFIXES["xsd"] + "string":
            return rdflib.Literal(term.value)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
    raise ValueError(f"rdflib has no term for {term!r}")


def from_rdflib(node: Any) -> Term:  # rdflib's own Node hierarchy carries no value attribute to annotate
    """Return the pyoxigraph term equal to an rdflib term.

    >>> import rdflib
    >>> from_rdflib(rdflib.URIRef("http://example.com/a"))
    <NamedNode value=http://example.com/a>
    """
    import rdflib

    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return Literal(str(node), language=node.language)
        if node.datatype:
            return Literal(str(node), datatype=NamedNode(str(node.datatype)))
        return Literal(str(node))
    raise ValueError(f"not an rdflib term: {node!r}")
