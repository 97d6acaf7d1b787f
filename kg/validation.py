"""Whether a graph keeps the contract: SHACL shapes, and hygiene queries that shapes express badly.

Every problem says in plain English what is wrong and what to do, and stands at the line of the source
where that is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.dataset import Dataset
from kg.resources import ontology_folder
from kg.results import Problem
from kg.terms import PREFIXES, compact, local_name

if TYPE_CHECKING:
    import rdflib

__all__ = ["HYGIENE", "HygieneQuery", "Place", "hygiene", "shacl", "validate"]

Place = Callable[[str], tuple[str, int | None]]
"""Gives the file and line an IRI comes from, ('', None) where they are not known."""

_SHAPES = PREFIXES["graph"] + "shapes"
_EVIDENCE = re.compile(r"/evidence/(\d+-\d+)\Z")
_UNSHAPED = frozenset({_SHAPES, PREFIXES["graph"] + "lexicon", PREFIXES["graph"] + "alignments"})
_SEVERITIES = {"Violation": "error", "Warning": "warning", "Info": "info"}


@dataclass(frozen=True, slots=True)
class HygieneQuery:
    """One check: a SELECT whose rows are faults, with a message that uses its variables.

    Attributes:
        name: a short stable name.
        severity: ``error`` or ``warning``.
        message: with ``{variable}`` for each variable; ``{node}`` is what the fault is about.
        remedy: what to do.
        sparql: selects ``?node`` and perhaps more.
    """

    name: str
    severity: str
    message: str
    remedy: str
    sparql: str


_DECLARED = "?type IN (owl:Class, owl:ObjectProperty, owl:DatatypeProperty)"

HYGIENE = (
    HygieneQuery(
        "undefined-term",
        "warning",
        "{node} is declared without a label or without a definition",
        "give every class and property an rdfs:label and a skos:definition",
        f"""SELECT DISTINCT ?node {{
              ?node a ?type . FILTER ({_DECLARED})
              FILTER (ISIRI(?node) && !STRSTARTS(STR(?node), "https://w3id.org/kgq/"))
              FILTER NOT EXISTS {{ ?node rdfs:label ?label ; skos:definition ?definition }}
            }}""",
    ),
    HygieneQuery(
        "label-clash",
        "error",
        "{node} and {other} have the same label '{label}'",
        "give each term a label of its own",
        f"""SELECT (MIN(?term) AS ?node) (MAX(?term) AS ?other) ?label {{
              ?term a ?type ; rdfs:label ?written . FILTER ({_DECLARED})
              BIND (LCASE(STR(?written)) AS ?label)
            }} GROUP BY ?label HAVING (COUNT(DISTINCT ?term) > 1)""",
    ),
    HygieneQuery(
        "several-labels",
        "error",
        "{node} has {count} labels in one language",
        "keep one rdfs:label; write the others as skos:altLabel",
        """SELECT ?node (COUNT(DISTINCT ?label) AS ?count) {
             ?node rdfs:label ?label . FILTER (ISIRI(?node))
           } GROUP BY ?node (LANG(?label)) HAVING (COUNT(DISTINCT ?label) > 1)""",
    ),
    HygieneQuery(
        "undeclared-parent",
        "error",
        "{node} is below {parent}, which is not declared",
        "correct the name, or declare it",
        """SELECT DISTINCT ?node ?parent {
             ?node rdfs:subClassOf|rdfs:subPropertyOf ?parent .
             FILTER (STRSTARTS(STR(?parent), "https://w3id.org/kgq/")) FILTER NOT EXISTS { ?parent a ?type }
           }""",
    ),
    HygieneQuery(
        "cycle",
        "error",
        "{node} is above itself in the hierarchy",
        "remove one of the steps of the circle",
        """SELECT DISTINCT ?node { { ?node rdfs:subClassOf+ ?node } UNION { ?node rdfs:subPropertyOf+ ?node } }""",
    ),
    HygieneQuery(
        "dangling-reference",
        "error",
        "{node} refers to {missing}, of which nothing is said",
        "correct the reference, or declare what it names",
        """SELECT DISTINCT ?node ?missing {
             ?node kgq:claimSubject|kgq:claimObject|kgq:inScenario|kgq:inDocument|kgq:statedBy|kgq:hasEvidence
                   |prov:wasDerivedFrom|kgq:byRule|ontolex:canonicalForm|ontolex:otherForm ?missing .
             FILTER NOT EXISTS { ?missing ?any ?thing }
           }""",
    ),
    HygieneQuery(
        "dangling-word",
        "error",
        "the word {node} denotes {missing}, which is not declared",
        "correct the name, or declare it",
        """SELECT DISTINCT ?node ?missing {
             ?node ontolex:denotes ?missing . FILTER NOT EXISTS { ?missing rdfs:label ?label }
           }""",
    ),
    HygieneQuery(
        "missing-pattern",
        "error",
        "the pattern '{pattern}' of {node} lacks {missing}",
        "write {{s}} for the subject and {{o}} for the object",
        """SELECT DISTINCT ?node ?pattern ?missing {
             ?node kgq:singularPattern|kgq:pluralPattern|kgq:negativeSingularPattern|kgq:negativePluralPattern
                   ?pattern .
             VALUES ?missing { "{s}" "{o}" } FILTER (!CONTAINS(STR(?pattern), ?missing))
           }""",
    ),
    HygieneQuery(
        "two-headings",
        "error",
        "{node} stands under two headings: '{first}' and '{second}'",
        "give the passage the same heading in every row",
        """SELECT ?node ?first ?second {
             ?node kgq:sectionHeading ?first , ?second . FILTER (STR(?first) < STR(?second))
           }""",
    ),
    HygieneQuery(
        "unused-entity",
        "warning",
        "no claim speaks of {node}",
        "remove the entity, or add the claim that mentions it",
        """SELECT DISTINCT ?node {
             GRAPH graph:entities { ?node rdfs:label ?label }
             FILTER NOT EXISTS { ?claim kgq:claimSubject|kgq:claimObject|kgq:inScenario ?node }
             FILTER NOT EXISTS { ?claim ?qualifier ?node . ?qualifier rdfs:subPropertyOf+ kgq:qualifier }
           }""",
    ),
)
"""The checks, in the spirit of FIBO's hygiene tests and of OOPS!."""


def validate(dataset: Dataset, *, place: Place | None = None, shapes: Path | None = None) -> list[Problem]:
    """Return everything wrong with a graph: hygiene first, then the shapes.

    Args:
        dataset: the graph, inferences included.
        place: where an IRI comes from, to say file and line.
        shapes: a file of SHACL shapes; by default the graph's own, else those that ship with kgq.
    """
    where = place or _nowhere
    return _sorted([*hygiene(dataset, place=where), *shacl(dataset, place=where, shapes=shapes)])


def hygiene(dataset: Dataset, *, place: Place | None = None) -> list[Problem]:
    """Return what the hygiene queries find."""
    where = place or _nowhere
    found: list[Problem] = []
    for query in HYGIENE:
        rows = dataset.engine.select(query.sparql, prefixes=dataset.prefixes, union=True)
        for solution in rows.dicts():
            node = solution["node"]
            words = {name: _shown(term, dataset) for name, term in solution.items()}
            file, line = where(node.value) if isinstance(node, NamedNode) else ("", None)
            message = _fill(query.message, words)
            remedy = query.remedy.replace("{{", "{").replace("}}", "}")
            found.append(Problem(query.severity, message, file, line, words["node"], remedy, query.name))
    return _sorted(found)


def shacl(
    dataset: Dataset, *, place: Place | None = None, shapes: Path | rdflib.Graph | None = None
) -> list[Problem]:
    """Return what the SHACL shapes find; the source is pyshacl (SHACL Core and SHACL-SPARQL).

    Args:
        dataset: the graph.
        place: where an IRI comes from.
        shapes: a file of shapes or the shapes themselves; by default the graph's own, else those of kgq.
    """
    import pyshacl
    import rdflib
    from rdflib.namespace import RDF, SH

    where = place or _nowhere
    _, report, _ = pyshacl.validate(
        _data_graph(dataset),
        shacl_graph=_shapes_graph(dataset, shapes),
        advanced=False,
        inference="none",
        do_owl_imports=False,
        meta_shacl=False,
    )
    found: list[Problem] = []
    if not isinstance(report, rdflib.Graph):
        return [Problem("error", "the shapes could not be applied", rule="shacl", remedy=str(report))]
    for result in report.subjects(RDF.type, SH.ValidationResult):
        across = report.value(result, SH.sourceConstraintComponent) == SH.SPARQLConstraintComponent
        node = report.value(result, SH.value if across else SH.focusNode)
        shape = report.value(result, SH.sourceShape)
        message = str(report.value(result, SH.resultMessage) or "does not conform to the shapes")
        severity = _SEVERITIES.get(local_name(str(report.value(result, SH.resultSeverity))), "error")
        file, line = where(str(node))
        path = report.value(result, SH.resultPath)
        if isinstance(shapes, rdflib.Graph) and isinstance(path, rdflib.URIRef):
            message = f"{compact(str(path), dataset.prefixes)}: {message}. Correct the data, or the shape"
        rule = local_name(str(shape)) if isinstance(shape, rdflib.URIRef) else "shacl"
        problem = _shacl_problem(str(node), message, severity, rule, dataset)
        found.append(problem._replace(file=file, line=line))
    return _sorted(found)


def _shacl_problem(node: str, message: str, severity: str, shape: str, dataset: Dataset) -> Problem:
    """Word one validation result; the message's second sentence, where there is one, is the remedy."""
    name = _label(node, dataset)
    told, _, remedy = message.replace(node, name).replace("{?value}", name).partition(". ")
    if name not in told:
        told = f"{name}: {told}"
    remedy = remedy.strip().rstrip(".")
    return Problem(severity, told.rstrip("."), "", None, name, remedy[:1].lower() + remedy[1:], shape)


def _data_graph(dataset: Dataset) -> rdflib.Graph:
    """Return the union of the graphs that shapes speak of, as one rdflib graph."""
    import rdflib

    from kg.terms import to_rdflib

    graph = rdflib.Graph()
    for quad in dataset.engine.quads():
        if not isinstance(quad.graph_name, NamedNode) or quad.graph_name.value not in _UNSHAPED:
            graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return graph


def _shapes_graph(dataset: Dataset, shapes: Path | rdflib.Graph | None) -> rdflib.Graph:
    import rdflib

    if isinstance(shapes, rdflib.Graph):
        return shapes

    from kg.terms import to_rdflib

    graph = rdflib.Graph()
    if shapes is None:
        for quad in dataset.engine.quads(graph=NamedNode(_SHAPES)):
            graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    if not len(graph):
        graph.parse(shapes or ontology_folder() / "shapes.ttl", format="turtle")
    return graph


def _label(iri: str, dataset: Dataset) -> str:
    """Return what people call a node: the claim's id, a label, or a short name."""
    rows = (
        dataset.engine.select(
            "SELECT ?node ?id { ?node dcterms:identifier ?id }",
            prefixes=dataset.prefixes,
            union=True,
            bindings={"node": NamedNode(iri)},
            limit=1,
        )
        if iri.startswith("http")
        else ()
    )
    for _, identifier in rows:
        if isinstance(identifier, Literal):
            return f"claim {identifier.value}"
    span = _EVIDENCE.search(iri)
    return (
        f"the quote at {span[1]} of {compact(span.string[: span.start()])}"
        if span
        else compact(iri, dataset.prefixes)
    )


def _shown(term: object, dataset: Dataset) -> str:
    if isinstance(term, NamedNode):
        return _label(term.value, dataset)
    return term.value if isinstance(term, Literal) else str(term)


def _fill(pattern: str, words: dict[str, str]) -> str:
    filled = pattern
    for name, value in words.items():
        filled = filled.replace("{" + name + "}", value)
    return filled


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    """Order by file and line, each problem once."""
    unique: Iterator[Problem] = iter(dict.fromkeys(problems))
    return sorted(unique, key=lambda p: (p.file, p.line or 0, p.severity, p.message))


def _nowhere(_: str) -> tuple[str, int | None]:
    return "", None
