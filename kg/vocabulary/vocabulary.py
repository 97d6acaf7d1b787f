"""The vocabulary of a graph: everything a question can mention, and how the data connects it."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from kg.vocabulary.datatypes import is_date, is_number
from kg.vocabulary.words import STOP_WORDS, stems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.dataset import Dataset
    from kg.vocabulary.build import Parts
    from kg.vocabulary.claim_terms import ClaimTerms
    from kg.vocabulary.index import Entry, LabelIndex
    from kg.vocabulary.schema import Schema
    from kg.vocabulary.terms import ClassTerm, EntityTerm, PropertyTerm, Usage

__all__ = ["Vocabulary"]

_FORMS = 50
"""Words that begin with one looked for."""
_KEY_WORDS = frozenset(stems("number id identifier code key reference name"))


class Vocabulary:
    """Classes, properties and entities with their words, and the usage of properties in the data.

    >>> from kg.dataset import Dataset
    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> Vocabulary.from_dataset(Dataset(OxigraphEngine())).classes
    {}

    Attributes:
        classes, properties, entities: terms by IRI.
        schema: which property connects which classes, and the paths between them.
        index: from words to terms.
        has_claims: whether the usage was counted over claims.
        claim_terms: what can be asked about the claims, on a graph with claims.
    """

    classes: dict[str, ClassTerm]
    properties: dict[str, PropertyTerm]
    entities: dict[str, EntityTerm]
    usages: list[Usage]
    schema: Schema
    index: LabelIndex
    has_claims: bool
    claim_terms: ClaimTerms | None = None
    is_complete = True
    """Whether every name is at hand, and a misspelt one can be found."""

    def __init__(
        self, parts: Parts, phrases: dict[str, list[Entry]] | None = None, *, has_claims: bool = False
    ) -> None:
        self.classes = parts.classes
        self.properties = parts.properties
        self.entities = parts.entities
        self.usages = parts.usages
        self.has_claims = has_claims
        from kg.vocabulary.index import LabelIndex
        from kg.vocabulary.schema import Schema

        self.schema = Schema(self.classes, self.properties, self.usages)
        self.index = LabelIndex(_phrases(parts) if phrases is None else phrases)

    @classmethod
    def from_dataset(cls, dataset: Dataset, *, lang: str = "en") -> Vocabulary:
        """Read the vocabulary of a dataset in one pass.

        Args:
            dataset: plain RDF or claims.
            lang: language of the labels to prefer; English ones always count.
        """
        from kg.vocabulary.build import build_parts
        from kg.vocabulary.reader import read_facts

        found = cls(build_parts(read_facts(dataset, lang)), has_claims=dataset.has_claims)
        if dataset.has_claims:
            from kg.vocabulary.claim_reader import read_claim_terms

            found.claim_terms = read_claim_terms(dataset, lang)
        return found

    @cached_property
    def overlaps(self) -> frozenset[tuple[str, str]]:
        """Pairs of classes that share an instance, in both orders."""
        return frozenset(
            (a, b) for types in {e.types for e in self.entities.values()} for a in types for b in types
        )

    @cached_property
    def subclasses(self) -> dict[str, list[str]]:
        """The subclasses of each class, itself first."""
        found = {iri: [iri] for iri in self.classes}
        for iri, term in self.classes.items():
            for above in term.supers:
                if above in found:
                    found[above].append(iri)
        return found

    @cached_property
    def _keys(self) -> dict[str, str]:
        nameless: Counter[str] = Counter()
        things: Counter[str] = Counter()
        for entity in self.entities.values():
            things.update(entity.types)
            if not entity.named:
                nameless.update(entity.types)
        found: dict[str, list[tuple[tuple[int, ...], str]]] = defaultdict(list)
        numbers = Counter(u.domain for u in self.usages if is_number(u.range))
        for usage in self.usages:
            term, owner = self.properties.get(usage.property), self.classes.get(usage.domain)
            if term is None or owner is None or not term.is_data or not term.functional:
                continue
            if usage.subjects < things[usage.domain]:
                continue
            words, name = set(stems(term.label)), set(stems(owner.label))
            named = 2 * nameless[usage.domain] < things[usage.domain]
            key = bool(words & _KEY_WORDS) and not is_date(term.datatype)
            only = is_number(term.datatype) and numbers[usage.domain] == 1
            if named and not (key and term.identifying and self._said(usage.domain, term.iri)):
                continue
            if not named and not (key or name <= words or only):
                continue
            rank = (not name <= words, not (words & _KEY_WORDS), not term.identifying, len(words))
            found[usage.domain].append((tuple(map(int, rank)), term.iri))
        return {class_: min(options)[1] for class_, options in found.items()}

    def _said(self, class_: str, property_: str) -> bool:
        """Whether the labels of a class's instances only say the property's value (*Policy 4711*)."""
        seen = 0
        for entity in self.entities.values():
            if class_ in entity.types:
                words = stems(entity.label)
                if not any(
                    e.key.startswith(f"{property_}\t") for w in words for e in self.index.phrases.get(w, ())
                ):
                    return False
                seen += 1
                if seen >= 20:
                    break
        return seen > 0

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(t for e in self.entities.values() if e.named for t in e.types)

    def has_names(self, class_: str) -> bool:
        """Whether instances of a class carry labels."""
        return class_ in self._named

    @cached_property
    def _blank(self) -> frozenset[str]:
        return frozenset(t for e in self.entities.values() if e.iri.startswith("_:") for t in e.types or ("",))

    def is_blank(self, class_: str) -> bool:
        """Whether instances of a class ('' for none) are blank nodes: what they are is what is said of them."""
        return class_ in self._blank

    def key_of(self, classes: tuple[str, ...]) -> str:
        """Return the property that tells the instances of a class apart, '' where their labels do."""
        return next((self._keys[c] for c in classes if c in self._keys), "")

    def hear(self, text: str) -> None:
        """Look up what a text may name, where the names are not all at hand."""

    def meet(self, iris: Iterable[str]) -> None:
        """Look up the names of many things at once, where they are not all at hand."""

    def naming(self, text: str, most: int = 2_000) -> list[str]:
        """Return the IRIs of what has the words of a text in its names, or any of them where nothing has all.

        >>> from kg.dataset import Dataset
        >>> from kg.engines.oxigraph import OxigraphEngine
        >>> Vocabulary.from_dataset(Dataset(OxigraphEngine())).naming("red rivers")
        []

        Args:
            text: words; each may begin a word of a name, or be a misspelling of one.
            most: names at most.
        """
        known = self.index.words()
        found: list[set[str]] = []
        for word in stems(text):
            forms = self.index.words_beginning(word, _FORMS) or self.index.near(word)
            found.append({phrase for form in forms for phrase in known.get(form, ())})
        phrases = set[str]().union(*found)
        both = phrases.intersection(*found)
        chosen = sorted(both or phrases, key=lambda phrase: (len(phrase), phrase))[:most]
        entries = (entry for phrase in chosen for entry in self.index.phrases.get(phrase, ()))
        return list(dict.fromkeys(entry.key for entry in entries if entry.kind != "value"))

    def label(self, iri: str) -> str:
        """Return the label of any term, or the IRI itself."""
        term = self.classes.get(iri) or self.properties.get(iri) or self.entities.get(iri)
        return term.label if term else iri


def _phrases(parts: Parts) -> dict[str, list[Entry]]:
    from kg.vocabulary.index import Entry

    best: dict[str, dict[tuple[str, str, bool], float]] = defaultdict(dict)

    def add(text: str, kind: str, key: str, cost: float, inverse: bool = False) -> None:
        phrase = " ".join(stems(text))
        if phrase and cost < best[phrase].get((kind, key, inverse), 9.0):
            best[phrase][kind, key, inverse] = cost

    for iri, term in parts.classes.items():
        for text, cost in term.forms:
            add(text, "class", iri, cost)
    for iri, prop in parts.properties.items():
        for text, cost, inverse in prop.forms:
            if cost < 0.3 or text.lower() not in STOP_WORDS:
                add(text, "property", iri, cost, inverse)
    for iri, entity in parts.entities.items():
        for text, cost in entity.forms:
            add(text, "entity", iri, cost)
    for property_, text, tag in parts.values:
        if is_number(tag) and not parts.properties[property_].identifying:
            continue
        add(text, "value", f"{property_}\t{text}\t{tag}", 0.15)
    return {
        phrase: [Entry(kind, key, round(cost, 3), inverse) for (kind, key, inverse), cost in sorted(found.items())]
        for phrase, found in best.items()
    }
