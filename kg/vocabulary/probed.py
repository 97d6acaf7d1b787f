"""A vocabulary without an index of all names: what a question may name is looked up exactly, when it is asked.

Exact look-ups take well under a millisecond each on a graph of any size, and reading all names takes minutes. So
every stretch of a question is looked for as it is written, and in the usual spellings of names; what it finds is
known from then on. A misspelt name is not found this way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from kg.terms import PREFIXES, lexical, local_name
from kg.vocabulary.build import build_entity
from kg.vocabulary.datatypes import is_date, is_number
from kg.vocabulary.demonyms import named_after, words_for
from kg.vocabulary.index import Entry, LabelIndex
from kg.vocabulary.reader import LABELS, Facts, FactsReader, names_things
from kg.vocabulary.survey import Ask, batches, node_of, value_of
from kg.vocabulary.terms import EntityTerm
from kg.vocabulary.vocabulary import Vocabulary
from kg.vocabulary.words import STOP_WORDS, Token, cases, stems, tokenize

__all__ = ["ProbedVocabulary", "spellings"]

_LONGEST = 8
"""Words of the longest name that is looked for."""
_SHORT = 4
"""Letters of what may be an abbreviation at the end of a name (*Inc.*), written without its point."""
_SPELLINGS = 2_000
"""Spellings looked for in one question."""
_NAMESAKES = 500
_LANGUAGES = 6
_WEIGHED, _COUNTED = 10, 400
"""Namesakes whose facts are counted, and how far."""
_BASES = 10
"""Beginnings of IRIs that are tried for things without a label."""
_STRING = PREFIXES["xsd"] + "string"
_TYPE = PREFIXES["rdf"] + "type"
_VALUE = 0.15

_USED = "SELECT ?p ?o {{ VALUES ?p {{ {} }} VALUES ?o {{ {} }} FILTER EXISTS {{ ?s ?p ?o }} }}"
_PLAINLY_USED = "SELECT DISTINCT ?p ?o {{ VALUES ?p {{ {} }} VALUES ?o {{ {} }} ?s ?p ?o }}"
_SOME_NAMES = "SELECT ?o {{ ?s <{}> ?o }} LIMIT {}"
_NAMED = "SELECT ?x ?o {{ VALUES ?o {{ {} }} ?x <{}> ?o }}"
_ABOUT = "SELECT ?x ?p ?o {{ VALUES ?x {{ {} }} ?x ?p ?o FILTER(?p IN ({})) }}"
_TYPES = "SELECT ?x ?o {{ VALUES ?x {{ {} }} ?x a ?o }}"
_LINKS = "SELECT ?x {{ {{ <{}> ?p ?x }} UNION {{ ?x ?p <{}> }} }} LIMIT {}"
_THERE = "SELECT ?x {{ VALUES ?x {{ {} }} FILTER EXISTS {{ ?x ?p ?o }} }}"
_HAS = {
    False: "SELECT ?x ?p {{ VALUES ?x {{ {} }} VALUES ?p {{ {} }} FILTER EXISTS {{ ?x ?p ?o }} }}",
    True: "SELECT ?x ?p {{ VALUES ?x {{ {} }} VALUES ?p {{ {} }} FILTER EXISTS {{ ?s ?p ?x }} }}",
}


class ProbedVocabulary(Vocabulary):
    """The schema of a graph, and the things that questions have named so far.

    >>> from kg.dataset import Dataset
    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> from kg.vocabulary.sampling import sample_vocabulary
    >>> dataset = Dataset(OxigraphEngine())
    >>> ProbedVocabulary(sample_vocabulary(dataset.stream), dataset.stream).is_complete
    False

    Args:
        schema: of the same graph: its classes, properties and usage, and some things.
        ask: streams the rows of a SELECT.
        lang: the language of labels, where there is a choice.
    """

    is_complete = False

    def __init__(self, schema: Vocabulary, ask: Ask, lang: str = "en") -> None:
        self.__dict__.update(vars(schema))
        for name in ("overlaps", "_keys", "_named"):
            self.__dict__[name] = getattr(schema, name)
        self._lookup = _Lookup(schema, ask, lang)
        self.entities = _Things(schema.entities, self._lookup)  # type: ignore[assignment]
        self.index = self._names = _Heard(dict(schema.index.phrases))  # the index may get others over it
        self._heard: set[str] = set()

    def hear(self, text: str) -> None:
        """Look up what a text may name."""
        words = spellings(tokenize(text), text) - self._heard
        self._heard |= words
        if not words:
            return
        found = self._lookup.named(sorted(words)[:_SPELLINGS])
        things = [iri for iri in found.things if iri not in self.classes and iri not in self.properties]
        self.meet(things)
        phrases: dict[str, list[Entry]] = defaultdict(list)
        for iri in things:
            term = self.entities.get(iri)
            for form, cost in () if term is None else term.forms:
                phrases[" ".join(stems(form))].append(Entry("entity", iri, cost))
        for property_, value, tag in found.values:
            phrases[" ".join(stems(value))].append(Entry("value", f"{property_}\t{value}\t{tag}", _VALUE))
        for phrase, entries in phrases.items():
            if phrase:
                self._lookup.weigh([entry.key for entry in entries if entry.kind == "entity"])
                self._names.add(phrase, entries)

    def naming(self, text: str, most: int = 2_000) -> list[str]:
        """Return the IRIs of what has a stretch of a text for its name."""
        ways = {text, text.lower()} if text.isupper() else {text}
        every = sorted(spelling for way in ways for spelling in spellings(tokenize(way), way))
        return list(self._lookup.named(every[:_SPELLINGS]).things)[:most]

    def meet(self, iris: Iterable[str]) -> None:
        """Look up the names of many things at once."""
        self._lookup.meet(iri for iri in iris if iri not in self.classes and iri not in self.properties)


class _Heard(LabelIndex):
    """The words of the schema, and the names heard so far, which are found as they are written and not otherwise.

    A slip of the pen, or a part of a name, may mean any of the names that were never looked up.
    """

    def __init__(self, phrases: dict[str, list[Entry]]) -> None:
        super().__init__(phrases)
        self._schema = LabelIndex(dict(phrases))

    def near(self, word: str, limit: int = 3, *, loose: bool = False) -> list[str]:
        """Return words of the schema that a misspelt word may stand for, nearest first."""
        return self._schema.near(word, limit, loose=loose)

    def words(self) -> dict[str, list[str]]:
        """Return every single word of the schema and the phrases it occurs in."""
        return self._schema.words()


@dataclass
class _Found:
    """What some spellings are.

    Attributes:
        things: IRIs of what has such a name.
        values: (property, text, datatype or @language) of what is such a value.
    """

    things: dict[str, None] = field(default_factory=dict)
    values: list[tuple[str, str, str]] = field(default_factory=list)


class _Lookup:
    """Asks the graph for names, and keeps what it said."""

    def __init__(self, schema: Vocabulary, ask: Ask, lang: str) -> None:
        self._ask = ask
        self._lang = lang
        self._schema = schema
        labelled = Facts()
        for iri, term in schema.properties.items():
            labelled.labels[iri] = [(term.label, "label")]
        self._naming = [p for p in schema.properties if schema.properties[p].is_data and names_things(labelled, p)]
        self._texts = [
            p
            for p, term in schema.properties.items()
            if term.is_data and (term.identifying or not (is_number(term.datatype) or is_date(term.datatype)))
        ]
        self._bases = _bases(schema.entities.values())
        self._nouns = {stems(text) for term in schema.classes.values() for text, _ in term.forms}
        self.terms: dict[str, EntityTerm | None] = {}

    def named(self, texts: Sequence[str]) -> _Found:
        """Return what has one of some texts for a name, or a value."""
        found = _Found()
        naming = {*LABELS, *self._naming}
        properties = " ".join(f"<{p}>" for p in sorted(naming.union(self._texts)))
        hits: dict[str, list[Literal]] = defaultdict(list)
        for some in batches([str(literal) for literal in self._literals(texts)], 400):
            for p, o in self._ask(self._used.format(properties, " ".join(some))):
                if isinstance(o, Literal):
                    hits[lexical(p)].append(o)
        for property_, literals in hits.items():
            if property_ in naming:
                text = " ".join(map(str, literals))
                rows = islice(self._ask(_NAMED.format(text, property_)), _NAMESAKES)
                found.things.update((x.value, None) for x, _ in rows if isinstance(x, NamedNode))
            else:
                tags = ((o.value, f"@{o.language}" if o.language else o.datatype.value) for o in literals)
                found.values += [(property_, value, tag) for value, tag in tags]
        found.things.update(dict.fromkeys(self._called(texts)))
        return found

    def _called(self, texts: Sequence[str]) -> Iterator[str]:
        """Yield the IRIs that end as some texts do, where things have no other name."""
        names = sorted({form for text in texts for form in _local_names(text)}) if self._bases else []
        iris = [iri for base in self._bases for name in names if _is_iri(iri := base + name)]
        for some in batches(iris, 400):
            for (x,) in self._ask(_THERE.format(" ".join(f"<{iri}>" for iri in some))):
                yield lexical(x)

    @cached_property
    def _names(self) -> list[tuple[str, Literal]]:
        """Some names, each with the property that gives it."""
        found = []
        for property_ in (*LABELS, *self._naming):
            rows = self._ask(_SOME_NAMES.format(property_, _COUNTED))
            found += [(property_, o) for (o,) in rows if isinstance(o, Literal)]
        return found

    @cached_property
    def _used(self) -> str:
        """The query for the literals that are in use; not every server looks at the values within EXISTS."""
        for property_, name in self._names[:1]:
            among = f"<{property_}> <{_TYPE}>", f'"no such text"@en {name} "no such text"'
            if all(o != name for _, o in self._ask(_USED.format(*among))):
                return _PLAINLY_USED
        return _USED

    @cached_property
    def _tags(self) -> list[str]:
        """The languages that names may be in, those asked for and English first."""
        seen = Counter(name.language for _, name in self._names if name.language)
        tags = [self._lang, "en", *(tag for tag, _ in seen.most_common())]
        return list(dict.fromkeys(tags))[:_LANGUAGES]

    def _literals(self, texts: Sequence[str]) -> Iterator[Literal]:
        for text in texts:
            yield Literal(text)
            for tag in self._tags:
                yield Literal(text, language=tag)
            if text.isdecimal():
                yield Literal(int(text))

    def weigh(self, namesakes: Sequence[str]) -> None:
        """Count the facts of things of one name, as far as that tells which of them is meant."""
        if not 1 < len(namesakes) <= _WEIGHED:
            return
        for iri in namesakes:
            term = self.terms.get(iri)
            if term is not None and not term.links:
                links = sum(1 for _ in self._ask(_LINKS.format(iri, iri, _COUNTED)))
                self.terms[iri] = replace(term, links=links)

    def meet(self, iris: Iterable[str]) -> None:
        """Read the names and classes of some things."""
        new = [iri for iri in dict.fromkeys(iris) if iri not in self.terms]
        for some in batches([iri for iri in new if _is_iri(iri)]):
            self._meet(some)
        self.terms.update((iri, None) for iri in new if iri not in self.terms)

    def _meet(self, iris: Sequence[str]) -> None:
        reader = FactsReader(False, self._lang)
        known = " ".join(f"<{iri}>" for iri in iris)
        types: dict[str, set[str]] = defaultdict(set)
        for x, o in self._ask(_TYPES.format(known)):
            if lexical(o) in self._schema.classes:
                types[node_of(x)].add(lexical(o))
        naming = {*LABELS, *self._naming}
        for x, p, o in self._ask(_ABOUT.format(known, ", ".join(f"<{p}>" for p in sorted(naming)))):
            kind = lexical(p) if lexical(p) in LABELS else PREFIXES["rdfs"] + "label"
            reader.take(node_of(x), kind, value_of(o))
        reader.settle()
        self._imply(types, [iri for iri in iris if iri not in types])
        for iri in iris:
            if iri in types or iri in reader.facts.labels:
                classes = types.get(iri, set())
                above = (self._schema.classes[c].supers for c in classes)
                every = tuple(sorted(classes.union(*above)))
                self.terms[iri] = build_entity(reader.facts, iri, every, 0, self._nouns)

    def _imply(self, types: dict[str, set[str]], untyped: Sequence[str]) -> None:
        """Give things without a type the classes that declared domains and ranges imply."""
        if not untyped:
            return
        things = " ".join(f"<{iri}>" for iri in untyped)
        by: dict[tuple[str, bool], set[str]] = defaultdict(set)
        for class_, term in self._schema.classes.items():
            for way in term.implied:
                by[way].add(class_)
        for inverse in (False, True):
            ways = {property_ for property_, backwards in by if backwards == inverse}
            if ways:
                some = " ".join(f"<{p}>" for p in sorted(ways))
                for x, p in self._ask(_HAS[inverse].format(things, some)):
                    types[node_of(x)] |= by[lexical(p), inverse]


class _Things(Mapping[str, EntityTerm]):
    """The things of a graph by IRI, looked up one by one; those of the sample are all that can be listed."""

    def __init__(self, sample: Mapping[str, EntityTerm], lookup: _Lookup) -> None:
        self._sample = sample
        self._lookup = lookup

    def __getitem__(self, iri: str) -> EntityTerm:
        found = self._lookup.terms.get(iri) or self._sample.get(iri)
        if found is None:
            self._lookup.meet([iri])
            found = self._lookup.terms[iri]
        if found is None:
            raise KeyError(iri)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._sample)

    def __len__(self) -> int:
        return len(self._sample)


def spellings(tokens: Sequence[Token], text: str) -> set[str]:
    """Return the stretches of a question as names are spelt: as written, in capitals, in small letters, in one.

    And the names that its adjectives are made from.

    >>> sorted(spellings(tokenize("red rivers"), "red rivers"))[:6]
    ['RED', 'RIVER', 'RIVERS', 'Red', 'Red River', 'Red Rivers']
    """
    found: set[str] = set()
    for start, first in enumerate(tokens):
        for end in range(start, min(start + _LONGEST, len(tokens))):
            stretch = tokens[start : end + 1]
            if not (first.is_word and stretch[-1].is_word) and text[first.start : stretch[-1].end] != first.text:
                continue
            if all(not t.is_word or t.lower in STOP_WORDS for t in stretch):
                continue
            written = text[first.start : stretch[-1].end]
            found |= cases(written).union(named_after(written), *map(cases, words_for(written)))
            last = stretch[-1].text
            short = len(stretch) > 1 and last.isalpha() and len(last) <= _SHORT
            if short or text[stretch[-1].end :].startswith("."):
                found |= {f"{case}." for case in cases(written)}
            if stretch[-1].lower not in STOP_WORDS and written.endswith("s") and len(written) > 3:
                found |= cases(_one(written))
    return found


def _bases(things: Iterable[EntityTerm]) -> list[str]:
    """Return what the IRIs of things without a label begin with, the most frequent first."""
    nameless = (term.iri for term in things if not term.named and term.forms and not term.iri.startswith("_:"))
    found = Counter(iri.removesuffix(local_name(iri)) for iri in nameless)
    return [base for base, _ in found.most_common(_BASES) if base]


def _local_names(text: str) -> set[str]:
    """Return a name as the end of an IRI has it.

    >>> sorted(_local_names("mark tremblay"))
    ['MarkTremblay', 'mark%20tremblay', 'mark-tremblay', 'mark_tremblay', 'marktremblay']
    """
    words = text.split()
    if len(words) == 1:
        return {quote(text)}
    camel = "".join(word[:1].upper() + word[1:] for word in words)
    return {quote(name) for name in (camel, *(joint.join(words) for joint in ("_", "-", "", " ")))}


def _one(text: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if text.endswith(ending):
            return text[: -len(ending)] + instead
    return text if text.endswith("ss") else text[:-1]


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return not text.startswith("_:")
