"""The schema of a graph too large to count: declarations as they are, usage from some things of each class.

Nothing here reads more than a few thousand things, however large the graph is; only the classes are counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import EngineError
from kg.terms import PREFIXES, Term, lexical
from kg.vocabulary.build import Parts, build_parts
from kg.vocabulary.datatypes import is_number
from kg.vocabulary.reader import LABELS, SCHEMA_NAMESPACES, SCHEMA_TYPES, FactsReader
from kg.vocabulary.survey import Ask, batches, node_of, number_of, read_declarations, read_words, value_of
from kg.vocabulary.terms import Usage
from kg.vocabulary.vocabulary import Vocabulary

__all__ = ["sample_vocabulary"]

_THINGS = 6_000
"""Things looked at altogether."""
_MOST, _LEAST = 300, 5
"""Things of one class."""
_ROWS = 50_000
"""Rows of one query at most: a thing may have very many facts."""
_FACTS = 400
"""Facts of a thing that are looked at."""
_LOOSE = 400
"""Triples taken from anywhere, for what has no class."""
_UNUSED = 200
"""Declared properties that no sampled thing has, of which some uses are looked for."""
_AT_ONCE = 20
_VALUES_TRIED = 30
_REPEATED, _FEW = 2, 20
"""Values are words of the schema (*active*, *closed*) where each occurs so often in the sample, or so few do."""
_TYPE = PREFIXES["rdf"] + "type"

_CLASSES = "SELECT ?c (COUNT(?x) AS ?n) { ?x a ?c } GROUP BY ?c"
_SOME_CLASSES = "SELECT ?c { ?x a ?c }"
_SOME = "{{ SELECT ?s {{ ?s a <{}> }} LIMIT {} }}"
_FACTS_OF = "SELECT ?s ?p ?o {{ VALUES ?s {{ {} }} ?s ?p ?o }}"
_BLANK = "SELECT ?s ?p ?o {{ {} ?s ?p ?o }}"
_BELOW = "SELECT ?b ?q ?v {{ {} ?s ?p ?b FILTER(isBlank(?b)) ?b ?q ?v }}"
_TYPES_OF = "SELECT ?s ?o {{ VALUES ?s {{ {} }} ?s a ?o }}"
_ANY = f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {_LOOSE}"
_USES = "SELECT ?s ?o {{ ?s <{}> ?o }} LIMIT 50"
_SHARED = (
    "SELECT ?o (COUNT(?s) AS ?n) {{ VALUES ?o {{ {} }} ?s <{}> ?o }} GROUP BY ?o HAVING (COUNT(?s) > 1) LIMIT 1"
)

_Triple = tuple[str, str, "str | Literal"]


def sample_vocabulary(ask: Ask, lang: str = "en") -> Vocabulary:
    """Return the vocabulary of a large graph without claims: its classes and properties, and the things looked at.

    Counts of usage are scaled from the sample to the size of the classes.

    Args:
        ask: streams the rows of a SELECT.
        lang: the language of labels, where there is a choice.
    """
    return _Sampler(ask, lang).vocabulary()


@dataclass
class _Sampler:
    """Takes the sample.

    Attributes:
        ask: streams the rows of a SELECT.
        lang: the language of labels.
    """

    ask: Ask
    lang: str
    _blank: list[_Triple] = field(default_factory=list)

    def vocabulary(self) -> Vocabulary:
        """Return what the sample shows."""
        reader = FactsReader(False, self.lang)
        read_declarations(reader, self.ask)
        sizes = self._sizes()
        things = self._things(sizes)
        triples = list(dict.fromkeys((*self._facts(things), *self._blank)))
        known = {s for s, _, _ in triples}
        others = {o for _, p, o in triples if isinstance(o, str) and p != _TYPE} - known
        types = self._types(others)
        typed = {s for s, _, _ in types}
        untyped = sorted(iri for iri in others - typed if not iri.startswith("_:"))
        further = list(dict.fromkeys(self._facts(islice(untyped, _THINGS // 10))))
        uses = self._uses(reader, {p for _, p, _ in (*triples, *further)})
        ends = {end for s, _, o in uses for end in (s, o) if isinstance(end, str)} - known - typed
        for triple in dict.fromkeys((*triples, *types, *further, *uses, *self._types(ends))):
            reader.take(*triple)
        facts = reader.facts
        schema = facts.classes | facts.properties | facts.annotations | set(sizes)
        schema |= {p for _, p, _ in triples} | {p for _, p, _ in further}
        read = known | {s for s, _, _ in further}
        read_words(reader, self.ask, sorted(schema - read))  # the words of what was read are there
        return self._scaled(reader, sizes, read)

    def _sizes(self) -> dict[str, int]:
        """Return how many things each class has; of a server that does not count them, what some things are."""
        try:
            found = {lexical(c): number_of(n) for c, n in self.ask(_CLASSES) if isinstance(c, NamedNode)}
        except EngineError:
            found = Counter(lexical(c) for (c,) in self._rows(_SOME_CLASSES) if isinstance(c, NamedNode))
        return {c: n for c, n in found.items() if c not in SCHEMA_TYPES and not c.startswith(SCHEMA_NAMESPACES)}

    def _things(self, sizes: Mapping[str, int]) -> list[str]:
        """Return some things of each class, those of large classes first, and some that have none."""
        each = max(_LEAST, min(_MOST, _THINGS // max(1, len(sizes))))
        ordered = sorted(sizes, key=lambda c: (-sizes[c], c))[: _THINGS // _LEAST]
        found: dict[str, None] = {}
        for some in batches(ordered, _AT_ONCE):
            union = " UNION ".join(_SOME.format(class_, each) for class_ in some)
            new = dict.fromkeys(node_of(s) for (s,) in self.ask(f"SELECT ?s {{ {union} }}"))
            found.update(new)
            self._take_blank(union, new)
        loose = {node_of(s): None for s, _, _ in self.ask(_ANY)}
        found.update(islice(loose.items(), _THINGS // 10))
        return list(found)

    def _facts(self, things: Iterable[str]) -> Iterator[_Triple]:
        named = [iri for iri in things if not iri.startswith("_:")]
        for some in batches(named, 100):
            seen: Counter[str] = Counter()
            for s, p, o in self._rows(_FACTS_OF.format(" ".join(f"<{iri}>" for iri in some))):
                subject = node_of(s)
                seen[subject] += 1
                if seen[subject] <= _FACTS or lexical(p) in LABELS or lexical(p) == _TYPE:
                    yield subject, lexical(p), value_of(o)

    def _take_blank(self, some: str, things: Iterable[str]) -> None:
        """Take the facts of blank nodes, which no query can name: by what finds them, or what has them."""
        if any(thing.startswith("_:") for thing in things):
            rows = self._rows(_BLANK.format(some))
            self._blank += [(node_of(s), lexical(p), value_of(o)) for s, p, o in rows if isinstance(s, BlankNode)]
        rows = self._rows(_BELOW.format(some))
        self._blank += [(node_of(s), lexical(p), value_of(o)) for s, p, o in rows]

    def _types(self, things: Iterable[str]) -> list[_Triple]:
        found: list[_Triple] = []
        for some in batches(sorted(iri for iri in things if not iri.startswith("_:"))):
            rows = self._rows(_TYPES_OF.format(" ".join(f"<{iri}>" for iri in some)))
            found += [(node_of(s), _TYPE, lexical(o)) for s, o in rows if isinstance(o, NamedNode)]
        return found

    def _uses(self, reader: FactsReader, seen: set[str]) -> list[_Triple]:
        """Return some uses of properties that are declared and that no sampled thing has."""
        facts = reader.facts
        declared = facts.properties | set(facts.domains) | set(facts.ranges)
        unseen = sorted(
            p for p in declared - seen - facts.annotations if not p.startswith(("_:", *SCHEMA_NAMESPACES))
        )
        return [
            (node_of(s), property_, value_of(o))
            for property_ in unseen[:_UNUSED]
            for s, o in self.ask(_USES.format(property_))
        ]

    def _rows(self, query: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield as many rows of a query as are wanted; one with a LIMIT is not asked for in pages."""
        return islice(self.ask(query), _ROWS)

    # ---- from the sample to the graph

    def _scaled(self, reader: FactsReader, sizes: Mapping[str, int], things: set[str]) -> Vocabulary:
        """Return the vocabulary of the sample, with the counts that the whole graph may have."""
        parts = build_parts(reader.finish())
        parts.entities = {iri: term for iri, term in parts.entities.items() if iri in things}
        seen = Vocabulary(parts)
        named, overlaps, keys = seen._named, seen.overlaps, seen._keys
        members = Counter(c for term in parts.entities.values() for c in term.types)
        total = {c: _size_of(c, sizes, seen.subclasses.get(c, [c]), term.direct, members[c])
                 for c, term in parts.classes.items()}  # fmt: skip
        scaled = Parts()
        scaled.entities = parts.entities
        scaled.classes = {c: replace(term, count=total[c]) for c, term in parts.classes.items()}
        scaled.usages = [_enlarged(usage, members, total) for usage in parts.usages]
        scaled.usages.sort(key=lambda usage: -usage.triples)
        values = self._values(reader)
        scaled.properties = {
            p: replace(term, identifying=term.identifying and not self._is_shared(p, values.get(p, ())))
            for p, term in parts.properties.items()
        }
        scaled.values = list(_usual(parts.values, reader))
        found = Vocabulary(_without_things(scaled))
        found.entities = scaled.entities
        found.__dict__.update(_named=named, overlaps=overlaps, _keys=keys)
        return found

    def _values(self, reader: FactsReader) -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for _, property_, value in reader.facts.triples:
            if isinstance(value, Literal) or not value.startswith("_:"):
                term = str(value) if isinstance(value, Literal) else f"<{value}>"
                if len(found[property_]) < _VALUES_TRIED:
                    found[property_][term] = None
        return {property_: list(values) for property_, values in found.items()}

    def _is_shared(self, property_: str, values: Iterable[str]) -> bool:
        """Tell whether some value of a property belongs to several things, in the whole graph."""
        try:
            return any(True for _ in self.ask(_SHARED.format(" ".join(values), property_)))
        except EngineError:
            return True


def _size_of(class_: str, sizes: Mapping[str, int], below: Iterable[str], direct: bool, seen: int) -> int:
    own = sizes.get(class_, 0)
    return max(seen, own if direct and own else sum(sizes.get(c, 0) for c in {class_, *below}))


def _enlarged(usage: Usage, members: Mapping[str, int], total: Mapping[str, int]) -> Usage:
    factor = total.get(usage.domain, 1) / max(1, members.get(usage.domain, 1))
    objects = max(usage.objects, round(usage.objects * factor))
    if usage.range in total:
        objects = min(objects, max(usage.objects, total[usage.range]))
    return replace(
        usage,
        triples=max(usage.triples, round(usage.triples * factor)),
        subjects=max(usage.subjects, round(usage.subjects * factor)),
        objects=objects,
    )


def _usual(values: Iterable[tuple[str, str, str]], reader: FactsReader) -> Iterator[tuple[str, str, str]]:
    """Yield the texts of properties that say the same few again and again."""
    uses: Counter[str] = Counter(p for _, p, value in reader.facts.triples if isinstance(value, Literal))
    texts = list(values)
    different: Counter[str] = Counter(property_ for property_, _, _ in texts)
    for property_, text, tag in texts:
        usual = different[property_] <= max(_FEW, uses[property_] / _REPEATED)
        if usual and not is_number(tag):
            yield property_, text, tag


def _without_things(parts: Parts) -> Parts:
    """Return the parts whose words are those of the schema alone: names of things are looked up."""
    found = Parts()
    found.classes, found.properties = parts.classes, parts.properties
    found.usages, found.values = parts.usages, parts.values
    return found
