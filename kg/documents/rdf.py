"""RDF files read into quads, blank nodes named for good, errors with file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from kg.documents.spelling import did_you_mean
from kg.documents.text import read_bytes
from kg.results import Problem
from kg.syntaxes import RDF_SUFFIXES, RDF_SYNTAXES

__all__ = ["RDF_FORMATS", "RdfSource", "read_rdf", "skolemize"]

RDF_FORMATS: dict[str, RdfFormat] = {
    suffix: parser for suffix, name in RDF_SUFFIXES.items() if (parser := RDF_SYNTAXES[name]) is not None
}
"""The format of a file by the end of its name."""

GENID = "https://w3id.org/kgq/.well-known/genid/"
"""Where blank nodes get their names (RDF 1.1 Concepts, section 3.5)."""

_MAX_BLANK = 10_000
_MAX_TERMS = 1_000
_PLACE = re.compile(r"^Parser error (at line \d+.*?|between.*?): ")


@dataclass(frozen=True, slots=True)
class RdfSource:
    """What an RDF file holds.

    Attributes:
        file: the path, as the user named it.
        quads: its quads, without blank nodes.
        prefixes: the short names it declares.
        text: the file as text, to find the line a term stands on; empty for formats without lines.
    """

    file: str
    quads: tuple[Quad, ...]
    prefixes: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def line_of(self, iri: str) -> int | None:
        """Return the line on which a term is described: where it begins one, else where it first occurs."""
        names = [re.escape(f"<{iri}>")]
        for prefix, base in self.prefixes.items():
            if iri.startswith(base):
                names.append(re.escape(f"{prefix}:{iri[len(base) :]}") + r"(?![\w-])")
        either = "|".join(names)
        found = re.search(rf"^(?:{either})", self.text, re.MULTILINE) or re.search(either, self.text)
        return self.text.count("\n", 0, found.start()) + 1 if found else None


def read_rdf(path: Path, *, graph: str | None = None) -> tuple[RdfSource | None, list[Problem]]:
    """Read an RDF file, or say why not.

    Args:
        path: the file; its ending decides the format.
        graph: IRI of the named graph that triples of the default graph are put into.
    """
    name = str(path)
    form = RDF_FORMATS.get(path.suffix.lower())
    if form is None:
        remedy = did_you_mean(path.suffix, RDF_FORMATS, f"use one of {', '.join(RDF_FORMATS)}")
        return None, [Problem("error", "not a format of RDF", name, None, path.suffix, remedy, "not-readable")]
    data, problems = read_bytes(path)
    if data is None:
        return None, problems
    base = None if form in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS) else f"https://w3id.org/kgq/file/{_slug(path)}"
    parser = pyoxigraph.parse(data, format=form, base_iri=base)
    try:
        if data.count(b"<<(") > _MAX_TERMS:  # nested by the thousand, they would end the process
            raise ValueError(f"more than {_MAX_TERMS:,} triples inside triples")
        quads = list(parser)
        prefixes = dict(parser.prefixes)
    except SyntaxError as error:
        reason = _PLACE.sub("", " ".join((error.msg or "").split()))
        remedy = f"correct it; the file is read as {form.name}"
        return None, [Problem("error", f"syntax: {reason}", name, error.lineno, "", remedy, "syntax")]
    except ValueError as error:
        return None, [Problem("error", f"syntax: {error}", name, None, "", "correct it", "syntax")]
    try:
        named = skolemize(quads, _slug(path))
    except ValueError as error:
        return None, [Problem("error", str(error), name, None, "", "give them IRIs", "blank-nodes")]
    target = DefaultGraph() if graph is None else NamedNode(graph)
    placed = (_place(quad, target) for quad in named)
    return RdfSource(name, tuple(placed), prefixes, data.decode("utf-8", "replace")), []


def skolemize(quads: Iterable[Quad], scope: str) -> list[Quad]:
    """Give every blank node an IRI that depends on the content alone, so that two runs agree.

    Labels come from RDF Dataset Canonicalization (RDFC-1.0); ``scope`` keeps files apart.

    Raises:
        ValueError: there are more than 10,000 blank nodes, or one stands inside a quoted triple.
    """
    found = list(quads)
    blank: set[BlankNode] = set()
    for quad in found:
        if isinstance(quad.object, Triple):
            raise ValueError("triples inside triples (RDF 1.2) are not claims in kgq; write claim nodes")
        terms = (quad.subject, quad.object, quad.graph_name)
        blank.update(term for term in terms if isinstance(term, BlankNode))
    if not blank:
        return found
    if len(blank) > _MAX_BLANK:
        raise ValueError(f"{len(blank)} blank nodes are too many to name")
    dataset = pyoxigraph.Dataset(found)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    mark = hashlib.sha256(scope.encode()).hexdigest()[:8]

    def name(term: object) -> object:
        return NamedNode(f"{GENID}{mark}-{term.value}") if isinstance(term, BlankNode) else term

    return [
        Quad(name(q.subject), q.predicate, name(q.object), name(q.graph_name))  # type: ignore[arg-type]
        for q in dataset
    ]


def _place(quad: Quad, target: NamedNode | DefaultGraph) -> Quad:
    if not isinstance(quad.graph_name, DefaultGraph):
        return quad
    return Quad(quad.subject, quad.predicate, quad.object, target)


def _slug(path: Path) -> str:
    return re.sub(r"[^\w.-]+", "-", path.name)
