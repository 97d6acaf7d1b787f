"""The schema of a graph that is too large, or too far away, to read: declarations as they are, usage as counts.

Each query asks for one kind of thing, so that a server with limits answers it; none asks for the whole graph.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import EngineError
from kg.terms import PREFIXES, Term, lexical
from kg.vocabulary.build import ClassCounts, superclasses
from kg.vocabulary.datatypes import is_date, is_number
from kg.vocabulary.reader import LABELS, SCHEMA_NAMESPACES, SCHEMA_TYPES, FactsReader, names_things
from kg.vocabulary.terms import Usage
from kg.vocabulary.usage import STRING, UsageCounts

__all__ = [
    "Ask",
    "Survey",
    "batches",
    "is_fact",
    "is_searched",
    "node_of",
    "number_of",
    "read_declarations",
    "read_words",
    "survey",
    "value_of",
]

_BATCH = 200
_DECLARED = (
    "rdfs:subClassOf", "rdfs:domain", "rdfs:range", "owl:inverseOf", "ontolex:denotes", "ontolex:sense",
    "ontolex:reference", "ontolex:canonicalForm", "ontolex:otherForm", "ontolex:lexicalForm", "ontolex:writtenRep",
    "kgq:argumentOrder",
)  # fmt: skip
_DECLARATIONS = "SELECT ?s ?o {{ ?s {} ?o }}"
_TYPED = "SELECT ?s ?o {{ VALUES ?o {{ {} }} ?s a ?o }}"
_WORDS = "SELECT ?s ?p ?o {{ VALUES ?s {{ {} }} ?s ?p ?o FILTER(?p IN ({})) }}"
_CLASSES = "SELECT ?c (COUNT(?x) AS ?n) { ?x a ?c } GROUP BY ?c"
_BELOW = "SELECT (COUNT(DISTINCT ?x) AS ?n) {{ VALUES ?c {{ {} }} ?x a ?c }}"
_PROPERTIES = "SELECT ?p (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?p"
_FAN = "SELECT (COUNT(?o) AS ?n) (COUNT(DISTINCT ?s) AS ?from) (COUNT(DISTINCT ?o) AS ?to) {{ ?s {} ?o }}"
_COUNTS = "(COUNT(?o) AS ?n) (COUNT(DISTINCT ?s) AS ?from) (COUNT(DISTINCT ?o) AS ?to)"
_LINKS = (
    "SELECT ?d ?r " + _COUNTS + " {{ ?s {} ?o FILTER(!isLiteral(?o)) OPTIONAL {{ ?s a ?d }}"
    " OPTIONAL {{ ?o a ?r }} }} GROUP BY ?d ?r"
)
_VALUES = (
    "SELECT ?d ?r " + _COUNTS + " {{ ?s {} ?o FILTER(isLiteral(?o)) OPTIONAL {{ ?s a ?d }}"
    " BIND(DATATYPE(?o) AS ?r) }} GROUP BY ?d ?r"
)
_UNTYPED = {
    False: "SELECT DISTINCT ?x {{ ?x {} ?o FILTER NOT EXISTS {{ ?x a ?t }} }}",
    True: "SELECT DISTINCT ?x {{ ?s {} ?x FILTER NOT EXISTS {{ ?x a ?t }} FILTER(!isLiteral(?x)) }}",
}
_SAME = 0.9
_COMMENTS = "rdfs:comment skos:definition skos:scopeNote <http://purl.org/dc/terms/description>"

Ask = Callable[[str], Iterator["tuple[Term | None, ...]"]]
"""Streams the rows of a SELECT."""


@dataclass
class Survey:
    """What is known of a graph without having read it.

    Attributes:
        reader: what was read, sorted; its facts are the schema's words and declarations.
        supers: all classes above each class.
        classes: how many things each class has.
        usage: how properties are used.
        sizes: triples of each property.
        naming: properties that name things.
        implied: things without a type, with the classes that domains and ranges give them.
    """

    reader: FactsReader
    supers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    classes: ClassCounts = field(default_factory=lambda: ClassCounts({}, {}, {}))
    usage: UsageCounts = field(default_factory=lambda: UsageCounts([], {}, set(), set()))
    sizes: dict[str, int] = field(default_factory=dict)
    naming: list[str] = field(default_factory=list)
    implied: dict[str, tuple[str, ...]] = field(default_factory=dict)


def survey(ask: Ask, lang: str = "en") -> Survey:
    """Survey a graph without claims.

    Args:
        ask: streams the rows of a SELECT.
        lang: the language of labels, where there is a choice.
    """
    found = Survey(FactsReader(False, lang))
    read_declarations(found.reader, ask)
    direct = {lexical(c): number_of(n) for c, n in ask(_CLASSES) if isinstance(c, NamedNode)}
    direct = {c: n for c, n in direct.items() if c not in SCHEMA_TYPES and not c.startswith(SCHEMA_NAMESPACES)}
    found.sizes = {lexical(p): number_of(n) for p, n in ask(_PROPERTIES)}
    facts = found.reader.facts
    facts.classes |= set(direct)
    facts.properties |= {p for p in found.sizes if is_fact(p)}
    read_words(found.reader, ask, sorted(facts.classes | facts.properties | facts.annotations))
    found.reader.settle()
    found.supers = superclasses(facts)
    implied = _imply(found, ask)
    below: dict[str, list[str]] = defaultdict(list)
    for class_, above in found.supers.items():
        for general in above:
            below[general].append(class_)
    every = {c: _number_of(c, direct, below.get(c, []), ask) for c in facts.classes}
    every.update(Counter(c for types in found.implied.values() for c in types))
    facts.classes |= set(implied)
    found.classes = ClassCounts(every, direct, implied)
    found.naming = sorted(p for p in facts.properties if p in found.sizes and names_things(facts, p))
    found.usage = _count_usage(found, ask)
    return found


def is_fact(property_: str) -> bool:
    """Tell whether triples of a property are facts, and not words or schema."""
    return (
        property_ not in LABELS
        and property_ != PREFIXES["rdf"] + "type"
        and not property_.startswith(SCHEMA_NAMESPACES)
    )


def read_declarations(reader: FactsReader, ask: Ask) -> None:
    """Take what a graph says of its own classes and properties, and the words of its lexicon."""
    for name in _DECLARED:
        prefix, _, local = name.partition(":")
        for s, o in ask(_DECLARATIONS.format(name)):
            reader.take(node_of(s), PREFIXES[prefix] + local, value_of(o))
    for s, o in ask(_TYPED.format(" ".join(f"<{t}>" for t in SCHEMA_TYPES))):
        reader.take(node_of(s), PREFIXES["rdf"] + "type", value_of(o))


def read_words(reader: FactsReader, ask: Ask, iris: list[str]) -> None:
    """Take the labels and comments of some terms."""
    words = ", ".join([*(f"<{p}>" for p in LABELS), *_COMMENTS.split()])
    for batch in batches([iri for iri in iris if not iri.startswith("_:")]):
        for s, p, o in ask(_WORDS.format(" ".join(f"<{iri}>" for iri in batch), words)):
            reader.take(node_of(s), lexical(p), value_of(o))


def _imply(found: Survey, ask: Ask) -> dict[str, set[tuple[str, bool]]]:
    """Give things without a type the classes that declared domains and ranges imply."""
    facts = found.reader.facts
    by: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    things: dict[str, set[str]] = defaultdict(set)
    for declared, inverse in ((facts.domains, False), (facts.ranges, True)):
        for property_, classes in declared.items():
            if property_ not in found.sizes:
                continue
            for (thing,) in ask(_UNTYPED[inverse].format(f"<{property_}>")):
                things[node_of(thing)] |= classes
            if things:
                for class_ in classes:
                    by[class_].add((property_, inverse))
    kept = {c for classes in things.values() for c in classes}
    for iri, classes in things.items():
        found.implied[iri] = tuple(sorted(classes.union(*(found.supers.get(c, ()) for c in classes))))
    return {c: ways for c, ways in by.items() if c in kept}


def _number_of(class_: str, direct: dict[str, int], below: list[str], ask: Ask) -> int:
    used = [c for c in below if direct.get(c)]
    if not used:
        return direct.get(class_, 0)
    classes = " ".join(f"<{c}>" for c in (class_, *used))
    return next((number_of(row[0]) for row in ask(_BELOW.format(classes))), 0)


def _count_usage(found: Survey, ask: Ask) -> UsageCounts:
    triples: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    datatypes: dict[str, Counter[str]] = defaultdict(Counter)
    functional, identifying = set(), set()
    for property_ in sorted(p for p in found.sizes if is_fact(p)):
        n, subjects, objects = (
            number_of(cell) for cell in next(iter(ask(_FAN.format(f"<{property_}>"))), (None,) * 3)
        )
        functional |= {property_} if 0 < n == subjects else set()
        identifying |= {property_} if 0 < n == objects else set()
        for query in (_LINKS, _VALUES):
            for d, r, *counts in _patiently(ask, query.format(f"<{property_}>")):
                range_ = lexical(r)
                if query is _VALUES:
                    range_ = STRING if range_.endswith("langString") or not range_ else range_
                    datatypes[property_][range_] += number_of(counts[0])
                known = triples[lexical(d), property_, range_]
                triples[lexical(d), property_, range_] = [
                    a + number_of(b) for a, b in zip(known, counts, strict=True)
                ]
    usages = [Usage(d, p, r, *counts) for (d, p, r), counts in _raised(dict(triples), found.supers).items()]
    return UsageCounts(sorted(usages, key=lambda u: -u.triples), datatypes, functional, identifying)


def _patiently(ask: Ask, query: str) -> list[tuple[Term | None, ...]]:
    """Return the rows of a count, none where the server gives it up: the property is then known by name alone."""
    try:
        return list(ask(query))
    except EngineError:
        return []


def _raised(
    direct: dict[tuple[str, str, str], list[int]], supers: dict[str, tuple[str, ...]]
) -> dict[tuple[str, str, str], list[int]]:
    """Add the counts of classes to those above them, unless their things are declared to be of both."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (d, p, r), counts in direct.items():
        for domain in (d, *supers.get(d, ())):
            for range_ in (r, *supers.get(r, ())):
                sums[domain, p, range_] = [a + b for a, b in zip(sums[domain, p, range_], counts, strict=True)]
    found = {}
    for key, counts in sums.items():
        own = direct.get(key, [0, 0, 0])
        rest = counts[0] - own[0]
        found[key] = own if rest and own[0] >= _SAME * rest else counts
    return found


def is_searched(property_: str, found: Survey) -> bool:
    """Tell whether the values of a property may be words of a question: texts, and numbers that identify."""
    kinds = found.usage.datatypes.get(property_, Counter())
    return any(not is_number(k) and not is_date(k) for k in kinds) or property_ in found.usage.identifying


def node_of(term: Term | None) -> str:
    """Return a node as facts have it: an IRI, or ``_:`` and the label of a blank node."""
    return f"_:{term.value}" if isinstance(term, BlankNode) else lexical(term)


def value_of(term: Term | None) -> str | Literal:
    """Return an object as facts have it."""
    return term if isinstance(term, Literal) else node_of(term)


def number_of(term: Term | None) -> int:
    """Return a count, 0 for what is none."""
    try:
        return int(float(lexical(term) or 0))
    except ValueError:
        return 0


def batches(items: Sequence[str], size: int = _BATCH) -> Iterator[Sequence[str]]:
    """Yield the items in parts that fit in a query."""
    return (items[n : n + size] for n in range(0, len(items), size))
