"""What can be asked of a graph with claims: relations, things, kinds, and the words for each. Frozen, plain data.

The schema of such a graph lies in its claims, so it is read apart from the triples: which property is
below which, what a property may join, which wording puts a claim into English, which names come from
common knowledge only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from kg.vocabulary.phrases import Rows, WrittenPhrases, phrases_text
from kg.vocabulary.words import stem, tokenize

__all__ = ["PREPOSITIONS", "ClaimTerms", "Kind", "Relation", "Thing", "Word", "key_words", "spelled", "stem_of"]

PREPOSITIONS = frozenset((
    "of", "in", "on", "by", "to", "for", "from", "with", "at", "through", "into", "as", "over", "via", "onto",
    "behind", "between", "about", "against", "under", "upon", "than", "alongside", "within", "using", "without",
    "across", "after", "before",
))  # fmt: skip
"""Those that a relation may take; they may stand apart from its other words."""

_NONE: Mapping[str, Any] = {}
_ARTICLES = frozenset(("a", "an", "the"))
_BRITISH = {
    "centre": "center", "centres": "centers", "programme": "program", "programmes": "programs", "labour": "labor",
    "colour": "color", "favour": "favor", "behaviour": "behavior", "neighbour": "neighbor", "practise": "practice",
    "practised": "practiced", "practises": "practices", "practising": "practicing", "licence": "license",
    "defence": "defense", "offence": "offense", "datacenter": "data center", "datacenters": "data centers",
    "datacentre": "data center", "datacentres": "data centers", "analogue": "analog", "analogues": "analogs",
    "catalogue": "catalog", "cheque": "check", "modelled": "modeled", "modelling": "modeling",
    "labelled": "labeled", "cancelled": "canceled", "fulfil": "fulfill", "ageing": "aging", "grey": "gray",
}  # fmt: skip
_BASES = {
    "doing": "do", "does": "do", "done": "do", "going": "go", "goes": "go", "used": "use", "using": "use",
    "uses": "use",
    "has": "have", "had": "have", "having": "have",
}  # fmt: skip
_ISE = (
    "ise", "ised", "ises", "ising", "isation", "isations", "yse", "ysed", "yses", "ysing",
)  # fmt: skip


def spelled(word: str) -> str:
    """Return a lower-case word in the American spelling; both sides of a comparison pass through it.

    >>> spelled("financialised"), spelled("centre"), spelled("rise")
    ('financialized', 'center', 'rise')
    """
    known = _BRITISH.get(word)
    if known is not None:
        return known
    if len(word) > 6:
        for ending in _ISE:
            if word.endswith(ending):
                return word[: -len(ending)] + ending.replace("s", "z", 1)
    return word


def stem_of(word: str) -> str:
    """Return the stem of a lower-case word; the few that the general rules miss are listed.

    >>> stem_of("doing") == stem_of("does") == stem_of("do")
    True
    """
    return stem(_BASES.get(word, word))


def key_words(text: str) -> tuple[str, ...]:
    """Return the stems by which a phrase is found: no articles but one at the end, no marks, one spelling.

    >>> key_words("the Data Centres") == key_words("data center")
    True
    >>> key_words("Scenario A")
    ('scenario', 'a')
    """
    found: list[str] = []
    tokens = [t for t in tokenize(text) if t.is_word or t.lower == "'s"]
    for i, token in enumerate(tokens):
        if token.lower not in _ARTICLES or (i and i == len(tokens) - 1):
            found.extend(stem_of(word) for word in spelled(token.lower).split())
    return tuple(found)


class Word(NamedTuple):
    """What a phrase may stand for.

    Attributes:
        cat: ``thing``, ``kind``, ``verb``, ``noun``, ``passive`` (*risk shifted*), ``adjective``, ``wording``,
            ``qualifier``, ``link`` (a relation between claims), ``claims`` (a class of claims), ``voice``,
            ``value``, or ``things`` (any of several, as *those* in a conversation).
        key: the IRI; of a wording or value its text; of things their IRIs, with spaces between.
        inverse: read from the object to the subject.
        prep: the preposition it takes; it stands apart from the phrase.
        be: it follows a form of *be*.
        cost: how weak the evidence is.
    """

    cat: str
    key: str
    inverse: bool = False
    prep: str = ""
    be: bool = False
    cost: float = 0.0


class Relation(NamedTuple):
    """A property that claims use as their predicate, or could.

    Attributes:
        below: itself and all properties below it.
        above: all properties above it.
        domains, ranges: classes, one of which is enough; the datatype for a property with values.
        datatype: of its values, '' between things.
        placement: it puts things into groups that may exclude each other.
        copular: its sentence says that the subject *is* the object.
        patterns: singular, plural, negative singular, negative plural sentence.
        stand_in: its subject is commonly named for its object.
    """

    iri: str
    label: str
    below: tuple[str, ...]
    above: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    datatype: str = ""
    symmetric: bool = False
    placement: bool = False
    copular: bool = False
    patterns: tuple[str, str, str, str] = ("", "", "", "")
    stand_in: bool = False


class Thing(NamedTuple):
    """An entity: its label, classes with all above them, number, and the names no document uses."""

    iri: str
    label: str
    kinds: tuple[str, ...] = ()
    plural: bool = False
    background: bool = False
    borrowed: tuple[str, ...] = ()


class Kind(NamedTuple):
    """A class with all classes below it, itself first, all above it, and how many things are of it."""

    iri: str
    label: str
    below: tuple[str, ...]
    above: tuple[str, ...] = ()
    size: int = 0


class ClaimTerms:
    """Everything that questions about claims can name.

    Args:
        relations, things, kinds: by IRI.
        qualifiers, links, voices: labels by IRI; a link relates claims to claims.
        claim_classes: the properties whose claims belong to a class of claims.
        excludes: things that share no member, in both orders.
        scenarios: the phrases that name each scenario.
        phrases: words by phrase; see :func:`key_words`.
    """

    def __init__(
        self,
        relations: Mapping[str, Relation] = _NONE,
        things: Mapping[str, Thing] = _NONE,
        kinds: Mapping[str, Kind] = _NONE,
        *,
        qualifiers: Mapping[str, str] = _NONE,
        links: Mapping[str, str] = _NONE,
        voices: Mapping[str, str] = _NONE,
        claim_classes: Mapping[str, tuple[str, ...]] = _NONE,
        excludes: tuple[tuple[str, str], ...] = (),
        scenarios: Mapping[str, tuple[str, ...]] = _NONE,
        phrases: Mapping[str, Rows] = _NONE,
    ) -> None:
        self.relations = relations
        self.things = things
        self.kinds = kinds
        self.qualifiers = qualifiers
        self.links = links
        self.voices = voices
        self.claim_classes = claim_classes
        self.excludes = excludes
        self.scenarios = scenarios
        self.phrases = phrases

    def with_phrases(self, phrases: Mapping[str, Rows]) -> ClaimTerms:
        """Return the same terms under other phrases.

        >>> ClaimTerms(scenarios={"e:a": ()}).with_phrases({"now": [Word("thing", "e:a")]}).scenarios
        {'e:a': ('now',)}
        """
        scenarios = {
            iri: tuple(phrase for phrase, rows in phrases.items() if any(row[1] == iri for row in rows))
            for iri in self.scenarios
        }
        return ClaimTerms(
            self.relations, self.things, self.kinds, qualifiers=self.qualifiers, links=self.links,
            voices=self.voices, claim_classes=self.claim_classes, excludes=self.excludes, scenarios=scenarios,
            phrases=phrases,
        )  # fmt: skip

    @cached_property
    def scenario_names(self) -> list[tuple[tuple[str, ...], str]]:
        """The phrases that name scenarios, the longest first, each with the scenario."""
        found = [(tuple(phrase.split()), iri) for iri, names in self.scenarios.items() for phrase in names]
        return sorted(found, key=lambda n: (-len(n[0]), n))

    @cached_property
    def voice_names(self) -> dict[str, tuple[str, ...]]:
        """The names of each voice, with those of what it wrote (*AI reply* for *reply*), the longest first."""
        labels = {thing.label.lower() for thing in self.things.values()}
        found = {}
        for iri, label in self.voices.items():
            name = " ".join(w for w in label.lower().split() if w not in _ARTICLES)
            last = name.rpartition(" ")[2]
            longer = {n for n in labels if n != last and n.rpartition(" ")[2] == last}
            found[iri] = tuple(sorted({name, *longer}, key=lambda n: (-len(n), n)))
        return found

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The stems that a misspelt word may be meant for."""
        return frozenset(w for phrase in self.phrases for w in phrase.split() if len(w) > 3)

    @cached_property
    def _longest(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for phrase in self.phrases:
            first, _, _ = phrase.partition(" ")
            found[first] = max(found.get(first, 0), phrase.count(" ") + 1)
        return found

    def longest(self, stem_: str) -> int:
        """Return how many words the longest phrase has that begins with a stem."""
        if isinstance(self.phrases, WrittenPhrases):
            return self.phrases.longest(stem_)
        return self._longest.get(stem_, 0)

    def words(self, phrase: str) -> Iterator[Word]:
        """Yield what a phrase of stems stands for."""
        for row in self.phrases.get(phrase, ()):
            yield Word(*row)

    def label(self, iri: str) -> str:
        """Return the label of any term, or the IRI itself."""
        term = self.things.get(iri) or self.relations.get(iri) or self.kinds.get(iri)
        if term is not None:
            return term.label
        return self.qualifiers.get(iri) or self.links.get(iri) or self.voices.get(iri) or iri

    def below(self, properties: Iterable[str]) -> tuple[str, ...]:
        """Return properties with all those below them."""
        found: dict[str, None] = {}
        for iri in properties:
            relation = self.relations.get(iri)
            found.update(dict.fromkeys(relation.below if relation else (iri,)))
        return tuple(found)

    def to_data(self) -> dict[str, Any]:
        """Return the terms as JSON-ready data."""
        return {**self._own_data(), "phrases": dict(self.phrases.items())}

    def _own_data(self) -> dict[str, Any]:
        return {
            "relations": list(self.relations.values()),
            "things": list(self.things.values()),
            "kinds": list(self.kinds.values()),
            "qualifiers": dict(self.qualifiers),
            "links": dict(self.links),
            "voices": dict(self.voices),
            "claim_classes": dict(self.claim_classes),
            "excludes": self.excludes,
            "scenarios": dict(self.scenarios),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ClaimTerms:
        """Return the terms that :meth:`to_data` wrote."""
        return cls(
            {r[0]: Relation(r[0], r[1], *map(_frozen, r[2:])) for r in data["relations"]},
            {t[0]: Thing(t[0], t[1], *map(_frozen, t[2:])) for t in data["things"]},
            {k[0]: Kind(k[0], k[1], *map(_frozen, k[2:])) for k in data["kinds"]},
            qualifiers=data["qualifiers"],
            links=data["links"],
            voices=data["voices"],
            claim_classes={iri: tuple(found) for iri, found in data["claim_classes"].items()},
            excludes=tuple((a, b) for a, b in data["excludes"]),
            scenarios={iri: tuple(names) for iri, names in data["scenarios"].items()},
            phrases=data["phrases"],
        )

    def to_files(self) -> dict[str, str]:
        """Return the terms as texts by the name of a file; a question reads a few lines of the phrases."""
        own = json.dumps(self._own_data(), ensure_ascii=False, indent=0, sort_keys=True)
        return {"terms.json": own + "\n", "phrases.json": phrases_text(self.phrases)}

    @classmethod
    def from_folder(cls, folder: Path) -> ClaimTerms | None:
        """Return the terms that lie in a folder as :meth:`to_files` gave them, None if there are none."""
        if not (folder / "terms.json").is_file():
            return None
        own = json.loads((folder / "terms.json").read_bytes())
        text = (folder / "phrases.json").read_text(encoding="utf-8")
        return cls.from_data({**own, "phrases": WrittenPhrases(text)})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
