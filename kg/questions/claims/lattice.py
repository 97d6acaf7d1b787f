"""Every way to read each stretch of a question about claims: terms of the graph, closed words of English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from kg.questions.claims.english import (
    ALIKE,
    FUNCTION_WORDS,
    NOISE,
    NUMBERS,
    PAST,
    PHRASES,
    PRESENT,
    STRENGTH,
    expand,
    is_gerund,
    is_participle,
)
from kg.questions.claims.meaning import Predicate, Term
from kg.vocabulary.claim_terms import ClaimTerms, Word, key_words, spelled, stem_of
from kg.vocabulary.words import root, tokenize

__all__ = ["ONE_NAME", "Edge", "Lattice", "Spelling", "read_words", "words_of"]

_ARTICLES = frozenset(("a", "an", "the"))
_OWNERS = frozenset(("their", "its", "his", "her", "our", "my", "your"))
_MARKS = frozenset((",", "'s", "'"))
_INSIDE = frozenset((",", "'"))
"""Marks inside a name, by which it is not found: *power, cooling and network design*."""
_PRONOUNS = frozenset(("it", "them", "they", "he", "she", "him", "us"))
_BE = frozenset(("is", "are", "was", "were", "be", "been", "being"))
_ALIKE = {word: group for group in ALIKE for word in group}
_PHRASES: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _phrase, _cat in PHRASES:
    _PHRASES.setdefault(_phrase[0], []).append((_phrase, _cat))
_JOINTS = frozenset(("and", "or", ",", "plus"))
_SOFTENED = frozenset(("only", "just", "merely", "simply"))
_MODAL = frozenset(("can", "could"))
_CLOSED = frozenset(w for w in FUNCTION_WORDS if len(w) > 3)
ONE_NAME = " (the one name that ends so)"
_EDGE = 0.3
_TYPO = 0.8


class Spelling(NamedTuple):
    """A word of the question: as written, in lower case and one spelling, its stem."""

    text: str
    lower: str
    stem: str


class Edge(NamedTuple):
    """One reading of a stretch: its category in the grammar, its meaning, its cost, and what it is."""

    start: int
    end: int
    cat: str
    meaning: Any
    cost: float
    note: str = ""
    mark: str = ""


class Lattice(NamedTuple):
    """All edges by where they start, and the words that none covers."""

    words: list[Spelling]
    edges: list[list[Edge]]
    uncovered: tuple[str, ...]
    corrected: dict[str, str]


def words_of(text: str, terms: ClaimTerms | None = None) -> list[Spelling]:
    """Return the words of a question, articles and most marks left out.

    An article that belongs to a name (*scenario a*) stays.

    >>> [w.lower for w in words_of("Who builds the data centres?")]
    ['who', 'builds', 'data', 'centers']
    """
    found: list[Spelling] = []
    for token in tokenize(expand(text)):
        if (not token.is_word and token.lower not in _MARKS) or token.lower in _OWNERS:
            continue
        if token.lower in _ARTICLES:
            before = found[-1].stem if found else ""
            if terms is None or f"{before} {token.lower}" not in terms.phrases:
                continue
        found += [Spelling(token.text, word, stem_of(word)) for word in spelled(token.lower).split()]
    return found


def read_words(words: Sequence[Spelling], terms: ClaimTerms) -> Lattice:
    """Find every reading of every stretch; words unknown at first are tried as misspellings."""
    return _Reader(list(words), terms).read()


class _Reader:
    def __init__(self, words: list[Spelling], terms: ClaimTerms) -> None:
        self.words = words
        self.terms = terms
        self.edges: list[list[Edge]] = [[] for _ in words]
        self.corrected: dict[str, str] = {}

    def read(self) -> Lattice:
        stems = [w.stem for w in self.words]
        for start in range(len(self.words)):
            self._closed(start)
            self._terms(start, stems, 0.0, "")
            if start + 1 < len(self.words) and self._lower(start, 2) == ("how", "many"):
                self._numbers(start, [*stems[:start], "number", "of", *stems[start + 2 :]])
        self._shared_heads(stems)
        uncovered = [i for i in self._gaps() if not self._rescue(i, stems)]
        return Lattice(self.words, self.edges, tuple(self.words[i].text for i in uncovered), self.corrected)

    def _lower(self, start: int, size: int) -> tuple[str, ...]:
        return tuple(w.lower for w in self.words[start : start + size])

    def _text(self, start: int, end: int) -> str:
        return " ".join(w.text for w in self.words[start:end])

    def _gaps(self) -> list[int]:
        covered = {i for edges in self.edges for e in edges for i in range(e.start, e.end)}
        return [i for i in range(len(self.words)) if i not in covered]

    def _closed(self, start: int) -> None:
        word = self.words[start].lower
        found = self.edges[start]
        for cat in FUNCTION_WORDS.get(word, ()):
            found.append(Edge(start, start + 1, cat, word, 0.0))
        for phrase, cat in _PHRASES.get(word, ()):
            if self._lower(start, len(phrase)) == phrase:
                meaning = "through" if cat == "P" else " ".join(phrase)
                strength = STRENGTH.get(phrase[0], "most" if phrase[0] == "most" else "")
                mark = f"strength:{strength}:{phrase[0]}" if cat == "X" and strength else ""
                mark = "past" if phrase[-1] == "past" or phrase == ("back", "then") else mark
                found.append(Edge(start, start + len(phrase), cat, meaning, 0.0, "", mark))
        if word in STRENGTH and self._softened(start):  # *only partly* is no more than partly
            found.append(Edge(start, start + 1, "X", None, 0.1, "", f"strength:less:{word}"))
        elif word in STRENGTH:
            found.append(Edge(start, start + 1, "X", None, 0.1, "", f"strength:{STRENGTH[word]}:{word}"))
        found += self._weightless(start, word)
        for same in _ALIKE.get(word, ()):
            for known in self.terms.words(stem_of(same)):
                if known.cat == "wording":
                    note = f"{word}: “{known.key}”"
                    found.append(Edge(start, start + 1, "X", None, _EDGE, note, f"wording:{known.key}"))
        if word in ("own", "else", "other"):
            found.append(Edge(start, start + 1, "X", None, 0.35))
        if word in ("both", "each"):
            found.append(Edge(start, start + 1, "X", None, 0.05, "", "both"))

    def _softened(self, start: int) -> bool:
        """Whether *only* and the like stand before a word that claims less than all."""
        after = self.words[start + 1].lower if start + 1 < len(self.words) else ""
        return self.words[start].lower in _SOFTENED and STRENGTH.get(after, "all") != "all"

    def _weightless(self, start: int, word: str) -> Iterator[Edge]:
        """Yield the readings of words that leave the meaning as it is, but for time or number."""
        if word in NOISE:
            mark = "present" if word in PRESENT else "both" if word == "both" else ""
            yield Edge(start, start + 1, "X", None, 0.1, "", mark)
        if word in NUMBERS:
            yield Edge(start, start + 1, "X", None, 0.1, "", f"number:{NUMBERS[word]}")
        if word in PAST:
            yield Edge(start, start + 1, "X", None, 0.2, "", "past")

    def _terms(self, start: int, stems: Sequence[str], extra: float, why: str) -> None:
        for size, words in self._matches(start, stems):
            self._add(start, start + size, [w for w in words if w.cat != "passive"], extra, why)
            passive = [w for w in words if w.cat == "passive"]
            if passive and is_participle(self._participle(start, size)):
                self._predicate(start, start + size, "I", passive, extra, why)
        self._passives(start, stems, extra, why)

    def _numbers(self, start: int, stems: Sequence[str]) -> None:
        """Read *how many people* as *which number of people*."""
        for size, words in self._matches(start, stems):
            nouns = tuple((w.key, w.inverse, w.prep) for w in words if w.cat == "noun")
            if nouns:
                text = self._text(start, start + size)
                note = f"{text}: {', '.join(dict.fromkeys(self.terms.label(key) for key, _, _ in nouns))}"
                meaning = (Predicate(nouns, words=text), "many")
                self.edges[start].append(Edge(start, start + size, "RQ", meaning, _EDGE, note))

    def _shared_heads(self, stems: Sequence[str]) -> None:
        """Read *internal and external workloads* as two names with one head."""
        for end in range(4, len(stems) + 1):
            start, mode = end - 2, "and"
            items: list[Term] = []
            while start >= 0:
                things = [w for w in self.terms.words(f"{stems[start]} {stems[end - 1]}") if w.cat == "thing"]
                if not things:
                    break
                text = f"{self.words[start].text} {self.words[end - 1].text}"
                items.insert(0, Term(iris=(things[0].key,), words=text))
                if len(items) > 1:
                    self._joint_edge(start, end, mode, items)
                joint = self.words[start - 1].lower if start else ""
                if joint not in _JOINTS:
                    break
                mode = "or" if joint == "or" else mode
                start -= 3 if joint != "," and start > 1 and self.words[start - 2].lower == "," else 2

    def _joint_edge(self, start: int, end: int, mode: str, items: Sequence[Term]) -> None:
        note = f"{self._text(start, end)}: {', '.join(self.terms.label(i.iris[0]) for i in items)}"
        self.edges[start].append(Edge(start, end, "N", Term(items=tuple(items), mode=mode), _EDGE, note))

    def _participle(self, start: int, size: int) -> str:
        return self.words[min(start + 1, start + size - 1)].lower

    def _matches(self, start: int, stems: Sequence[str]) -> Iterator[tuple[int, list[Word]]]:
        if self.words[start].lower in _PRONOUNS and stems[start] == self.words[start].stem:
            return
        longest = min(self.terms.longest(stems[start]), len(stems) - start)
        for size in range(1, longest + 1):
            found = list(self.terms.words(" ".join(stems[start : start + size])))
            if found:
                yield size, found
        if longest > 1 and not _INSIDE.isdisjoint(stems[start + 1 : start + longest]):
            kept = [i for i in range(start, len(stems)) if stems[i] not in _INSIDE]
            for size in range(2, min(longest, len(kept)) + 1):
                end = kept[size - 1] + 1
                found = list(self.terms.words(" ".join(stems[i] for i in kept[:size])))
                if found and end - start > size:
                    yield end - start, found

    def _passives(self, start: int, stems: Sequence[str], extra: float, why: str) -> None:
        """Match *risk is shifted to*, where *be* stands inside the phrase."""
        if (
            start + 2 < len(stems)
            and self.words[start + 1].lower in _BE
            and is_participle(self.words[start + 2].lower)
        ):
            shorter = [stems[start], *stems[start + 2 : start + 5]]
            for size in (2, 3, 4):
                if len(shorter) >= size:
                    words = [w for w in self.terms.words(" ".join(shorter[:size])) if w.cat == "passive"]
                    if words:
                        self._predicate(start, start + size + 1, "IB", words, extra, why)

    def _add(self, start: int, end: int, words: Sequence[Word], extra: float, why: str) -> None:
        text = self._text(start, end)
        words = self._likely(start, end, words)
        noun = (
            end == start + 1 and any(w.cat == "noun" for w in words) and not is_participle(self.words[start].lower)
        )
        if noun:  # *title* is no *titled*
            words = [w for w in words if w.cat != "verb" or not w.be or w.prep]
        for be in (False, True):
            verbs = [w for w in words if w.cat == "verb" and w.be is be]
            if verbs:
                self._predicate(start, end, "V", verbs, extra, why)
        for cat, target in (("noun", "R"), ("adjective", "A")):
            chosen = [w for w in words if w.cat == cat]
            if chosen:
                self._predicate(start, end, target, chosen, extra, why)
        for word in words:
            cost = _EDGE + word.cost + extra
            note = f"{text}: {self.terms.label(word.key)}{why}"
            if word.cat == "thing":
                cost += 0.6 if "WHO" in FUNCTION_WORDS.get(self.words[start].lower, ()) else 0.0
                self.edges[start].append(Edge(start, end, "N", Term(iris=(word.key,), words=text), cost, note))
            elif word.cat == "things":
                things = tuple(word.key.split(" "))
                self.edges[start].append(Edge(start, end, "N", Term(iris=things, words=text), cost, text))
            elif word.cat == "kind":
                self.edges[start].append(
                    Edge(start, end, "N", Term(kinds=(word.key,), words=text), cost + 0.02, note)
                )
            elif word.cat == "value":
                self.edges[start].append(Edge(start, end, "N", Term(value=word.key, words=text), cost + 0.1, note))
            elif word.cat == "wording":
                mark = f"wording:{word.key}"
                self.edges[start].append(Edge(start, end, "X", None, cost, f"{text}: “{word.key}”{why}", mark))

    def _likely(self, start: int, end: int, words: Sequence[Word]) -> Sequence[Word]:
        """Leave out what only shares the stem of a single word: *title* is no *titled*, *backed* no *backing*."""
        if end > start + 1:
            return words
        if self.words[start].lower.endswith("ed"):
            return [w for w in words if not self._doing(w)]
        if not is_participle(self.words[start].lower) and any(w.cat == "noun" for w in words):
            return [w for w in words if w.cat != "verb" or not w.be or w.prep]
        return words

    def _doing(self, word: Word) -> bool:
        """Whether a word is a noun or name in *-ing* that a participle shares its stem with (*backing*)."""
        label = self.terms.label(word.key).split()[0].lower()
        return word.cat == "noun" or (word.cat == "thing" and is_gerund(label))

    def _predicate(  # noqa: PLR0917 - a span, what it is, and what it costs
        self, start: int, end: int, cat: str, words: Sequence[Word], extra: float, why: str
    ) -> None:
        cost = _EDGE + min(w.cost for w in words) + extra
        ways = tuple(dict.fromkeys((w.key, w.inverse, w.prep) for w in words))
        spelled_ = [w.lower for w in self.words[start:end]]
        predicate = Predicate(
            ways,
            words[0].be,
            any(map(is_participle, spelled_)),
            is_gerund(spelled_[0]),
            self._text(start, end),
        )
        labels = ", ".join(dict.fromkeys(self.terms.label(w.key) for w in words))
        note = f"{self._text(start, end)}: {labels}{why}"
        self.edges[start].append(Edge(start, end, cat, predicate, cost, note))
        if cat == "V" and not words[0].be and len(spelled_) == 1 and spelled_[0] in _MODAL:
            self.edges[start].append(Edge(start, end, "MV", predicate, cost, note))

    # ---- words that nothing explains

    def _rescue(self, at: int, stems: Sequence[str]) -> bool:
        if not self.words[at].lower[:1].isalnum():
            self.edges[at].append(Edge(at, at + 1, "X", None, 0.1))
            return True
        return self._alike(at, stems) or self._short(at) or self._misspelt(at, stems)

    def _short(self, at: int) -> bool:
        """Read *the fleets* as the one thing whose name ends so."""
        word = self.words[at]
        named = [
            t for t in self.terms.things.values() if " " in t.label and key_words(t.label)[-1:] == (word.stem,)
        ]
        if len(named) != 1 or named[0].background:
            return False
        note = f"{word.text}: {named[0].label}{ONE_NAME}"
        self.edges[at].append(Edge(at, at + 1, "N", Term(iris=(named[0].iri,), words=word.text), _TYPO, note))
        return True

    def _alike(self, at: int, stems: Sequence[str]) -> bool:
        """Read *big fleets* as *large fleets* where a name has the other word, and all the rest as it is."""
        from kg.vocabulary.thesaurus import synonyms

        before = sum(map(len, self.edges))
        alike = [stem_of(text) for text, _ in synonyms(self.words[at].lower) if " " not in text]
        base = root(stems[at])
        alike += sorted(s for s in self.terms.spellings if root(s) == base)  # *modern* for *modernized*
        for near in dict.fromkeys(alike):
            changed = [*stems[:at], near, *stems[at + 1 :]]
            for start in range(max(0, at - 3), at + 1):
                for size, words in self._matches(start, changed):
                    things = [w for w in words if w.cat == "thing"]
                    if size > 1 and start + size > at and things:
                        self._add(start, start + size, things, _TYPO, f" (taken as “{near}”)")
        return sum(map(len, self.edges)) > before

    def _misspelt(self, at: int, stems: Sequence[str]) -> bool:
        for near in self._near(self.words[at].lower):
            before = sum(map(len, self.edges))
            changed = [*stems]
            changed[at] = near
            why = f" (read as “{self.corrected.get(self.words[at].text, near)}”)"
            for start in range(max(0, at - 4), at + 1):
                for size, words in self._matches(start, changed):
                    if start + size > at:
                        self._add(start, start + size, words, _TYPO, why)
            for cat in FUNCTION_WORDS.get(near, ()):
                self.edges[at].append(Edge(at, at + 1, cat, near, _TYPO, f"{self.words[at].text}: {near}"))
            if sum(map(len, self.edges)) > before:
                return True
        return False

    def _near(self, word: str) -> list[str]:
        """Return the stems a word may be a misspelling of; short English words and numbers have none."""
        if len(word) < 4 or any(c.isdigit() for c in word):
            return []
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        from kg.vocabulary.thesaurus import is_english

        stemmed = stem_of(word)
        allowed = 1 if len(word) < 8 else 2
        known = self.terms.spellings | _CLOSED
        hits = process.extract(stemmed, known, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        if len(stemmed) < 6:  # another letter in a short word makes another word: stock, stack
            hits = [h for h in hits if len(h[0]) != len(stemmed) or sorted(h[0]) == sorted(stemmed)]
        if hits and len(word) < 6 and is_english(word):  # no slip, unless two letters changed places
            hits = [h for h in hits if any(sorted(h[0] + end) == sorted(word) for end in ("", "s", "ed", "ing"))]
        ranked = sorted((score + (0 if hit[:1] == word[:1] else 0.5), hit) for hit, score, _ in hits)
        return [hit for score, hit in ranked if score <= allowed]
