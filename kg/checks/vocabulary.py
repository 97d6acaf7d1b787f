"""What stands in the way of asking: terms without words, words that several terms share, words read as grammar.

A lexicon author's report. Where structure decides between the terms of a word the remark is only information;
where nothing could decide, it is an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.results import Problem
from kg.terms import PREFIXES, compact, local_name
from kg.vocabulary import EntityTerm, Vocabulary
from kg.vocabulary.build import TELLING
from kg.vocabulary.words import STOP_WORDS, split_name, stems, tokenize

__all__ = ["check_vocabulary"]

_OPAQUE = re.compile(r"[a-zA-Z]{0,3}[-_]?\d+|[0-9a-fA-F-]{16,}|.*\d{5,}.*")
_GIVEN = 0.1
"""Words up to this cost are labels, aliases or lexical entries; dearer ones kgq made up itself."""
_RANK = {"error": 0, "warning": 1, "info": 2}
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Word:
    """One word or phrase that somebody gave to a term."""

    text: str
    kind: str
    iri: str
    inverse: bool = False


def check_vocabulary(vocabulary: Vocabulary, prefixes: Mapping[str, str] = PREFIXES) -> list[Problem]:
    """Return what a question cannot reach or cannot tell apart, errors first.

    Args:
        vocabulary: of the graph to be asked.
        prefixes: to shorten IRIs with.

    >>> from kg.dataset import Dataset
    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> check_vocabulary(Vocabulary.from_dataset(Dataset(OxigraphEngine())))
    []

    The checks, by :attr:`kg.results.Problem.rule`: ``no-label`` a term cannot be asked for; ``grammar-word`` its
    words are read as grammar; ``clash`` one word, several terms of a kind; ``two-meanings`` one word, terms of
    different kinds.
    """
    checker = _Checker(vocabulary, prefixes)
    found = [*checker.unlabelled(), *checker.unnamed(), *checker.grammar(), *checker.shared()]
    return sorted(found, key=lambda p: (_RANK[p.severity], p.rule, p.value, p.message))


class _Checker:
    def __init__(self, vocabulary: Vocabulary, prefixes: Mapping[str, str]) -> None:
        self.vocabulary = vocabulary
        self.prefixes = prefixes
        terms = vocabulary.claim_terms  # of a graph with claims only what the claims speak of can be asked for
        self.classes = {i: c for i, c in vocabulary.classes.items() if terms is None or i in terms.kinds}
        self.properties = {i: p for i, p in vocabulary.properties.items() if terms is None or i in terms.relations}
        self.entities: Mapping[str, EntityTerm] = vocabulary.entities
        if terms is not None:
            self.entities = {i: e for i, e in vocabulary.entities.items() if i in terms.things}
        self.ends: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for usage in vocabulary.usages:
            self.ends[usage.property].add((usage.domain, usage.range))
        self.words: dict[tuple[str, ...], list[_Word]] = defaultdict(list)
        for word in self._given():
            phrase = stems(word.text)
            if phrase and all((word.kind, word.iri) != (w.kind, w.iri) for w in self.words[phrase]):
                self.words[phrase].append(word)

    def _given(self) -> Iterator[_Word]:
        for iri, class_ in self.classes.items():
            yield from (_Word(text, "class", iri) for text, cost in class_.forms if cost <= _GIVEN)
        for iri, prop in self.properties.items():
            yield from (_Word(f[0], "property", iri, f[2]) for f in prop.forms if f[1] <= _GIVEN)
        for iri, entity in self.entities.items():
            yield from (_Word(text, "entity", iri) for text, cost in entity.forms if cost <= _GIVEN)

    def unlabelled(self) -> Iterator[Problem]:
        """Yield classes and properties that are named by a code alone."""
        terms = [("class", t.iri, t.label) for t in self.classes.values() if t.count]
        terms += [("property", t.iri, t.label) for t in self.properties.values()]
        for kind, iri, label in terms:
            name = local_name(iri)
            if label == split_name(name) and (_OPAQUE.fullmatch(name) or not label):
                yield Problem(
                    "error", f"the {kind} {self._short(iri)} has no label, so no question can mention it",
                    value=iri, remedy="give it an rdfs:label, or a lexical entry that denotes it", rule="no-label",
                )  # fmt: skip

    def unnamed(self) -> Iterator[Problem]:
        """Yield, by class, the things that have no label and no key to be asked for by."""
        silent: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for iri, entity in self.entities.items():
            if not entity.named and not iri.startswith("_:") and _OPAQUE.fullmatch(local_name(iri)):
                silent[entity.types].append(iri)
        for types, iris in silent.items():
            if self.vocabulary.key_of(types):
                continue
            of = " and ".join(f"'{self.vocabulary.label(t)}'" for t in types[:2])
            what = f"{_number(iris, 'thing')}{f' of class {of}' if of else ' of no class'}"
            message = f"{what} cannot be asked for by name: no label ({_some(map(self._short, iris))})"
            yield Problem("warning", message, value=iris[0], remedy="give them an rdfs:label", rule="no-label")

    def grammar(self) -> Iterator[Problem]:
        """Yield terms all of whose words are too frequent to be taken for a name."""
        texts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for words in self.words.values():
            for word in words:
                texts[word.kind, word.iri].append(word.text)
        for (kind, iri), every in texts.items():
            if all(_is_grammar(text) for text in every) and not (kind == "property" and TELLING & set(every)):
                message = f"the {kind} '{every[0]}' is read as grammar in a question"
                remedy = "add an alias (skos:altLabel) of other words"
                yield Problem("warning", message, value=iri, remedy=remedy, rule="grammar-word")

    def shared(self) -> Iterator[Problem]:
        """Yield words that more than one term claims, those of the same terms together."""
        clashes: dict[tuple[str, frozenset[str]], list[list[_Word]]] = defaultdict(list)
        meanings: dict[frozenset[tuple[str, str]], list[list[_Word]]] = defaultdict(list)
        for words in self.words.values():
            kinds: dict[str, list[_Word]] = defaultdict(list)
            for word in words:
                kinds[word.kind].append(word)
            for kind, same in kinds.items():
                for group in self._kin(same) if kind == "entity" else [same]:
                    if len(group) > 1:
                        clashes[kind, frozenset(w.iri for w in group)].append(group)
            different = self._unlike(words)
            if different:
                meanings[frozenset((w.kind, w.iri) for w in different)].append(different)
        for (kind, _), groups in clashes.items():
            yield self._clash(kind, groups)
        for groups in meanings.values():
            yield self._two_meanings(groups)

    def _clash(self, kind: str, groups: list[list[_Word]]) -> Problem:
        words = groups[0]
        iris = [w.iri for w in words]
        texts = _quoted(groups)
        verb = "names" if len(groups) == 1 else "name"
        value = min(group[0].text for group in groups)
        if kind == "entity":
            message = f"{texts} {verb} {len(iris)} things of one class: {_some(map(self._short, iris))}"
            remedy = "an answer covers them all; tell them apart by label where that is wrong"
            return Problem("warning", message, value=value, remedy=remedy, rule="clash")
        message = f"{texts} {verb} {len(iris)} {_PLURAL[kind]}: {_some(map(self._short, iris))}"
        if kind == "property" and not self._same_ends(words):
            remedy = "what they connect decides between them"
            return Problem("info", message, value=value, remedy=remedy, rule="clash")
        labelled = sum(stems(self.vocabulary.label(w.iri)) == stems(w.text) for group in groups for w in group)
        severity = "error" if labelled > 1 else "warning"
        remedy = "give each a label of its own" if labelled > 1 else "keep the word for one of them"
        return Problem(severity, message, value=value, remedy=remedy, rule="clash")

    def _kin(self, words: list[_Word]) -> Iterator[list[_Word]]:
        """Yield namesakes that share a class."""
        groups: dict[str, set[str]] = defaultdict(set)
        for word in words:
            for type_ in self.vocabulary.entities[word.iri].types or ("",):
                groups[type_].add(word.iri)
        seen: list[set[str]] = []
        for group in sorted(groups.values(), key=lambda g: (-len(g), sorted(g))):
            if not any(group <= other for other in seen):
                seen.append(group)
                yield [w for w in words if w.iri in group]

    def _same_ends(self, words: list[_Word]) -> bool:
        """Whether two properties start from one class and lead to one, so that nothing decides between them."""
        ends: set[tuple[str, str]] = set()
        for word in words:
            own = {(r, d) if word.inverse else (d, r) for d, r in self._ends(word.iri)}
            if own & ends:
                return True
            ends |= own
        return False

    def _ends(self, iri: str) -> set[tuple[str, str]]:
        """Return the most specific classes that a property leads from and to."""
        pairs = self.ends[iri]
        general = {
            (d, r)
            for d, r in pairs
            for other_d, other_r in pairs
            if (d, r) != (other_d, other_r) and self._above(d, other_d) and self._above(r, other_r)
        }
        return pairs - general

    def _above(self, upper: str, lower: str) -> bool:
        term = self.vocabulary.classes.get(lower)
        return upper == lower or (term is not None and upper in term.supers)

    def _unlike(self, words: list[_Word]) -> list[_Word]:
        """Return terms of different kinds; a property named after its class means one thing with it."""
        classes = {w.iri for w in words if w.kind == "class"}
        kept = [
            w for w in words if w.kind != "property" or not any(classes & set(pair) for pair in self.ends[w.iri])
        ]
        return kept if len({w.kind for w in kept}) > 1 else []

    def _two_meanings(self, groups: list[list[_Word]]) -> Problem:
        texts = _quoted(groups)
        told = _some(f"the {w.kind} {self._short(w.iri)}" for w in groups[0])
        remedy = "its place in the question decides; give one of them another word where that is not enough"
        verb = "means" if len(groups) == 1 else "mean"
        message = f"{texts} {verb} {told}"
        return Problem("info", message, value=groups[0][0].text, remedy=remedy, rule="two-meanings")

    def _short(self, iri: str) -> str:
        return compact(iri, self.prefixes)


_PLURAL = {"class": "classes", "property": "properties"}


def _is_grammar(text: str) -> bool:
    tokens = [token for token in tokenize(text) if token.is_word]
    return all(token.lower in STOP_WORDS for token in tokens) and not text.isupper()


def _quoted(groups: list[list[_Word]]) -> str:
    return _some(f"'{text}'" for text in sorted(group[0].text for group in groups))


def _some(texts: Iterable[str]) -> str:
    every = list(texts)
    shown = ", ".join(every[:_NAMED])
    return shown if len(every) <= _NAMED else f"{shown} and {len(every) - _NAMED} more"


def _number(items: list[str], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"
