"""What is untidy in a graph of anybody's: things without labels or types, references to nothing, circles.

Each check looks at the graph with a few queries of its own; what it finds is listed up to a limit, the rest is
counted. Checks of a vocabulary ask only where the graph declares one: most data borrows its terms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kg.dataset import Dataset
from kg.results import Problem
from kg.terms import PREFIXES, compact, lexical
from kg.validation import Place

__all__ = ["CHECKS", "LIMIT", "Check", "look"]

LIMIT = 100
"""Problems that one check lists; what is more is counted."""

_LABEL = ("rdfs:label|skos:prefLabel|dcterms:title|<http://purl.org/dc/elements/1.1/title>"
          "|<http://xmlns.com/foaf/0.1/name>|<http://schema.org/name>|<https://schema.org/name>")  # fmt: skip
_CLASSES = "owl:Class, rdfs:Class"
_PROPERTIES = "rdf:Property, owl:ObjectProperty, owl:DatatypeProperty, owl:AnnotationProperty"
_BUILT_IN = tuple(
    [PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd", "skos", "sh", "dcterms", "prov", "vann")]
    + ["http://purl.org/dc/", "http://xmlns.com/foaf/", "http://schema.org/", "https://schema.org/"]
)
_MACHINERY = (PREFIXES["sh"], PREFIXES["owl"] + "Ontology", PREFIXES["kgq"], PREFIXES["oa"])
"""Types of things that nobody asks for by name."""
_NUMBERS = (
    "decimal", "integer", "float", "double", "int", "long", "short", "byte", "nonNegativeInteger",
    "positiveInteger", "negativeInteger", "nonPositiveInteger", "unsignedInt", "unsignedLong",
    "unsignedShort", "unsignedByte",
)  # fmt: skip
_VALUES = {
    **dict.fromkeys(_NUMBERS, _NUMBERS),
    **{name: (name,) for name in ("string", "boolean", "date", "gYear", "gYearMonth", "time")},
    "dateTime": ("dateTime", "dateTimeStamp"),
}
"""For a datatype that is a range, those whose values it may have."""
_HIERARCHIES = {
    "rdfs:subClassOf": PREFIXES["rdfs"] + "subClassOf",
    "rdfs:subPropertyOf": PREFIXES["rdfs"] + "subPropertyOf",
    "skos:broader": PREFIXES["skos"] + "broader",
}


@dataclass(frozen=True, slots=True)
class _Fault:
    node: str
    message: str
    severity: str = "warning"


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        name: a short stable name.
        remedy: what to do.
        find: yields the faults of a dataset.
    """

    name: str
    remedy: str
    find: Callable[[Dataset], Iterator[_Fault]]


def look(dataset: Dataset, check: Check, place: Place) -> list[Problem]:
    """Return what one check finds, each at its file and line where they are known."""
    found: list[Problem] = []
    further = 0
    for fault in check.find(dataset):
        if len(found) >= LIMIT:
            further += 1
            continue
        file, line = place(fault.node)
        name = compact(fault.node, dataset.prefixes)
        found.append(Problem(fault.severity, fault.message, file, line, name, check.remedy, check.name))
    if further:
        message = f"{further:,} more like the last"
        found.append(Problem("warning", message, "", None, "", check.remedy, check.name))
    return found


def _rows(dataset: Dataset, sparql: str) -> Iterator[dict[str, str]]:
    rows = dataset.engine.select(sparql, prefixes=dataset.prefixes, union=True)
    for row in rows.dicts():
        yield {name: lexical(term) for name, term in row.items()}


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1]


def _foreign(iri: str) -> bool:
    return iri.startswith(_BUILT_IN)


def _unlabelled(dataset: Dataset) -> Iterator[_Fault]:
    """Find things without a label; where no thing of a type has one, that is said once."""
    sparql = f"""SELECT DISTINCT ?node ?type {{ ?node a ?type . FILTER (ISIRI(?node))
                   FILTER NOT EXISTS {{ ?node {_LABEL} ?label }} }}"""
    nodes: dict[str, set[str]] = defaultdict(set)
    for row in _rows(dataset, sparql):
        if not _foreign(row["node"]) and not row["type"].startswith(_MACHINERY):
            nodes[row["type"]].add(row["node"])
    named = {
        row["type"]
        for row in _rows(dataset, f"SELECT DISTINCT ?type {{ ?node a ?type ; {_LABEL} ?label }}")
    } if nodes else set()  # fmt: skip
    seen: set[str] = set()
    for kind in sorted(nodes):
        name = compact(kind, dataset.prefixes)
        if kind not in named and len(nodes[kind]) > 1:
            message = f"none of the {len(nodes[kind]):,} things of type {name} has a label"
            yield _Fault(min(nodes[kind]), message)
            seen |= nodes[kind]
            continue
        for node in sorted(nodes[kind] - seen):
            seen.add(node)
            yield _Fault(node, f"{compact(node, dataset.prefixes)}, of type {name}, has no label")


def _clashes(dataset: Dataset) -> Iterator[_Fault]:
    """Find two things of one type that people cannot tell apart."""
    sparql = f"""SELECT ?type ?label (COUNT(DISTINCT ?node) AS ?count)
                   (MIN(?node) AS ?first) (MAX(?node) AS ?last) {{
                   ?node a ?type ; {_LABEL} ?label . FILTER (ISIRI(?node))
                 }} GROUP BY ?type ?label HAVING (COUNT(DISTINCT ?node) > 1)"""
    for row in sorted(_rows(dataset, sparql), key=lambda row: (row["type"], row["label"])):
        first, last = compact(row["first"], dataset.prefixes), compact(row["last"], dataset.prefixes)
        both = (
            f"{first} and {last}" if row["count"] == "2" else f"{first}, {last} and {int(row['count']) - 2} more"
        )
        name = compact(row["type"], dataset.prefixes)
        yield _Fault(row["first"], f"{both}, of type {name}, have the same label '{row['label'][:80]}'")


def _undeclared(dataset: Dataset) -> Iterator[_Fault]:
    """Find predicates and classes that are used and not declared, in namespaces that declare some."""
    for kinds, used, what in (
        (_PROPERTIES, "SELECT DISTINCT ?term { ?node ?term ?value }", "the predicate"),
        (_CLASSES, "SELECT DISTINCT ?term { ?node a ?term FILTER (ISIRI(?term)) }", "the class"),
    ):
        sparql = f"SELECT DISTINCT ?term {{ ?term a ?kind FILTER (?kind IN ({kinds})) FILTER (ISIRI(?term)) }}"
        declared = {row["term"] for row in _rows(dataset, sparql)}
        own = {_namespace(term) for term in declared}
        for term in sorted(row["term"] for row in _rows(dataset, used)):
            if term not in declared and _namespace(term) in own and not _foreign(term):
                yield _Fault(term, f"{what} {compact(term, dataset.prefixes)} is used and not declared")


def _dangling(dataset: Dataset) -> Iterator[_Fault]:
    """Find references into a namespace of the graph's own, to something of which nothing is said."""
    subjects = Counter(_namespace(row["node"]) for row in _rows(dataset, "SELECT DISTINCT ?node { ?node ?p ?o }"))
    sparql = """SELECT ?missing (MIN(?node) AS ?from) (COUNT(*) AS ?count) {
                  ?node ?p ?missing . FILTER (ISIRI(?missing)) FILTER NOT EXISTS { ?missing ?q ?thing }
                } GROUP BY ?missing"""
    for row in sorted(_rows(dataset, sparql), key=lambda row: row["missing"]):
        missing = row["missing"]
        if subjects[_namespace(missing)] and not _foreign(missing):
            name, origin = compact(missing, dataset.prefixes), compact(row["from"], dataset.prefixes)
            more = f" and {int(row['count']) - 1} more" if int(row["count"]) > 1 else ""
            yield _Fault(missing, f"{origin}{more} refers to {name}, of which nothing is said")


def _ranges(dataset: Dataset) -> Iterator[_Fault]:
    """Find values of another datatype than the range of their property, any number being as good as another."""
    ranges: dict[str, set[str]] = defaultdict(set)
    for row in _rows(dataset, "SELECT DISTINCT ?term ?range { ?term rdfs:range ?range FILTER (ISIRI(?range)) }"):
        ranges[row["term"]].add(row["range"].removeprefix(PREFIXES["xsd"]))
    for term, wanted in sorted(ranges.items()):
        if len(wanted) == 1 and wanted <= _VALUES.keys():
            yield from _out_of_range(dataset, term, min(wanted))


def _out_of_range(dataset: Dataset, term: str, wanted: str) -> Iterator[_Fault]:
    allowed = ", ".join([f"xsd:{name}" for name in _VALUES[wanted]] + ["rdf:langString"] * (wanted == "string"))
    sparql = f"""SELECT DISTINCT ?node ?value ?type {{ ?node <{term}> ?value . BIND (DATATYPE(?value) AS ?type)
                   FILTER (ISIRI(?node)) FILTER (!ISLITERAL(?value) || ?type NOT IN ({allowed})) }}"""
    for row in sorted(_rows(dataset, sparql), key=lambda row: (row["node"], row["value"])):
        node, name = (compact(iri, dataset.prefixes) for iri in (row["node"], term))
        if "type" in row:
            value, what = f"'{row['value'][:80]}'", compact(row["type"], PREFIXES)
        else:
            value, what = compact(row["value"], dataset.prefixes), "no literal"
        message = f"{value}, as {name} of {node}, is {what}, and its range is xsd:{wanted}"
        yield _Fault(row["node"], message)


def _cycles(dataset: Dataset) -> Iterator[_Fault]:
    import networkx

    for name, predicate in _HIERARCHIES.items():
        rows = dataset.engine.select(
            f"SELECT ?low ?high {{ ?low <{predicate}> ?high FILTER (ISIRI(?low) && ISIRI(?high)) }}", union=True
        )
        graph = networkx.DiGraph((lexical(low), lexical(high)) for low, high in rows)
        for circle in sorted(map(sorted, networkx.strongly_connected_components(graph))):
            if len(circle) > 1:
                shown = ", ".join(compact(node, dataset.prefixes) for node in circle[:5])
                more = f" and {len(circle) - 5} more" if len(circle) > 5 else ""
                yield _Fault(circle[0], f"{shown}{more} are above each other by {name}", "error")


def _untyped(dataset: Dataset) -> Iterator[_Fault]:
    """Find subjects without a type, in graphs that use types."""
    typed = dataset.engine.ask("ASK { ?node a ?type }", union=True)
    sparql = """SELECT DISTINCT ?node { ?node ?p ?o . FILTER (ISIRI(?node))
                  FILTER NOT EXISTS { ?node a ?type } FILTER NOT EXISTS { ?x ?node ?y } }"""
    for row in sorted(_rows(dataset, sparql), key=lambda row: row["node"]) if typed else ():
        if not _foreign(row["node"]):
            yield _Fault(row["node"], f"{compact(row['node'], dataset.prefixes)} has no type")


CHECKS: tuple[Check, ...] = (
    Check("cycle", "remove one of the steps of the circle", _cycles),
    Check("undeclared-term", "declare it, or correct the name", _undeclared),
    Check("dangling-reference", "correct the reference, or describe what it names", _dangling),
    Check("range", "correct the value, or the range of the property", _ranges),
    Check("label-clash", "tell them apart by their labels, or merge them", _clashes),
    Check("unlabelled", "give it an rdfs:label, by which people can ask for it", _unlabelled),
    Check("untyped", "say with rdf:type what it is", _untyped),
)
"""The checks, those whose faults weigh most first."""
