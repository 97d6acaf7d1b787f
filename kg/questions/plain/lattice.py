"""Words to terms: every way to read each stretch of a question, before anything is decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.questions.plain.chunks import Chunk
from kg.questions.plain.define import extract_definitions
from kg.questions.plain.english import Operator, operators
from kg.questions.plain.measure import is_code
from kg.questions.plain.quantities import quantities
from kg.vocabulary import Vocabulary
from kg.vocabulary.demonyms import named_after, words_for
from kg.vocabulary.index import Entry
from kg.vocabulary.measures import CONCEPTS, graded
from kg.vocabulary.thesaurus import is_english, related, synonyms
from kg.vocabulary.words import STOP_WORDS, Token, stem

__all__ = ["Lattice", "build_lattice"]

_HEADS = frozenset(
    stem(w) for w in ["number", "address", "date", "name", "code", "value", "amount", "level", "rate"]
)
"""Nouns that may follow the name of a property without adding to it (*phone number*)."""
_MAX_CANDIDATES = 12
_LONGEST = 16
"""Tokens of the longest name with marks inside."""
_SHORTEST = 4
"""Letters of the shortest word that *un* may stand before."""
_RELATED = 0.45
"""What an everyday synonym costs."""
_DEMONYM = 0.3
"""What a word made from a name costs."""
_FAR = 0.66
"""What one from a dictionary may cost: one of a part of a name, or a word derived from one, is no evidence."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """All chunks by where they start, and the words that none of them covers."""

    tokens: tuple[Token, ...]
    chunks: tuple[tuple[Chunk, ...], ...]
    uncovered: tuple[str, ...]


def build_lattice(tokens: Sequence[Token], vocabulary: Vocabulary, *, loose: bool = False) -> Lattice:
    """Find every reading of every stretch of a question; ``loose`` adds synonyms of words that are known."""
    builder = _Builder(tokens, vocabulary)
    return builder.build(loose=loose)


def _undone(token: Token, vocabulary: Vocabulary) -> tuple[Token, ...]:
    """Read *unpaid* as *not paid* where the graph knows only the latter."""
    phrases = vocabulary.index.phrases
    rest = token.lower[2:]
    if not token.lower.startswith("un") or len(rest) < _SHORTEST or token.stem in phrases:
        return (token,)
    base = stem(rest)
    if not any(entry.kind == "property" for entry in phrases.get(base, ())):
        return (token,)
    middle = token.start + 2
    return Token("not", "not", "not", token.start, middle), Token(token.text[2:], rest, base, middle, token.end)


class _Builder:
    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
        rest, self.definitions = extract_definitions(tokens, vocabulary)
        rest = [part for token in rest for part in _undone(token, vocabulary)]
        self.tokens = tuple(rest)
        self.vocabulary = vocabulary
        self.stems = [t.stem for t in rest]
        self._units = frozenset(term.unit for term in vocabulary.properties.values() if term.unit)
        self.chunks: list[list[Chunk]] = [[] for _ in self.tokens]

    def _add_definitions(self, start: int) -> None:
        for found in self.definitions:
            size = len(found.name)
            if tuple(self.stems[start : start + size]) == found.name:
                for at in range(start, start + size):
                    self.chunks[at] = []
                if start and self.tokens[start - 1].lower in ("the", "total", "of"):
                    self.chunks[start - 1] = [c for c in self.chunks[start - 1] if c.size == 1]
                note = "as the question defines it"
                self.chunks[start].append(
                    Chunk("formula", start, size, 0.0, self._words(start, size), found.parts, note=note)
                )

    def build(self, *, loose: bool) -> Lattice:
        for start in range(len(self.tokens)):
            self._add_operators(start)
            self._add_terms(start)
            self._add_concepts(start)
            self.chunks[start].extend(quantities(self.tokens, start, self._units))
            if loose and self.tokens[start].lower not in STOP_WORDS and self.tokens[start].lower.isalpha():
                derived = self.vocabulary.index.derived([self.stems[start]])
                self._add_entries(start, 1, list(derived), 0.35, " (derived)")
                if not self._is_name(start):
                    self._add_synonyms(start)
        for start in range(len(self.tokens)):
            self._add_definitions(start)
        uncovered = [self.tokens[start].text for start in self._gaps() if not self._rescue(start)]
        return Lattice(self.tokens, tuple(tuple(c) for c in self.chunks), tuple(uncovered))

    def _words(self, start: int, size: int) -> str:
        return " ".join(t.text for t in self.tokens[start : start + size])

    def _add_operators(self, start: int) -> None:
        for op in operators(self.tokens, start):
            words = self._words(start, op.size)
            self.chunks[start].append(Chunk("operator", start, op.size, op.cost, words, operator=op, note=op.kind))

    def _add_terms(self, start: int) -> None:
        by_size: dict[int, list[Entry]] = defaultdict(list)
        for size, entry in self.vocabulary.index.matches(self.stems, start):
            by_size[size].append(entry)
        for size, entry in self._over_marks(start):
            by_size[size].append(entry)
        for size, entries in by_size.items():
            self._add_entries(start, size, entries, 0.0, "")
            after = start + size
            if after < len(self.tokens) and self.stems[after] in _HEADS and size + 1 not in by_size:
                roles = [e for e in entries if e.kind == "property" and e.cost < 0.3]
                self._add_entries(start, size + 1, roles, 0.08, "")

    def _over_marks(self, start: int) -> Iterator[tuple[int, Entry]]:
        """Yield names that are written with a mark inside (*Dock 12, unit 4*)."""
        ahead = range(start, min(start + _LONGEST, len(self.tokens)))
        said = [at for at in ahead if self.tokens[at].is_word or self.tokens[at].lower == "'s"]
        if not self.tokens[start].is_word or len(said) == len(ahead):
            return
        for size, entry in self.vocabulary.index.matches([self.stems[at] for at in said], 0):
            last = said[size - 1] - start + 1
            if last > size and entry.kind in ("entity", "value"):
                yield last, entry

    def _add_entries(self, start: int, size: int, entries: Sequence[Entry], extra: float, why: str) -> None:
        words = self._words(start, size)
        if size == 1 and self.tokens[start].lower in STOP_WORDS:
            capital = words.isupper() and len(words) > 1
            entries = [e for e in entries if e.kind != "value" or capital]
            extra += 0.0 if capital else 0.8
        found: list[Chunk] = []
        entities: dict[tuple[frozenset[str], float], list[str]] = defaultdict(list)
        values: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for entry in entries:
            cost = entry.cost + extra
            if entry.kind == "class":
                first = graded(self.tokens[start].lower) if size > 1 else None
                if first is not None and first[1] == "sup":
                    note = f"{words} by measure{why}"
                    chunk = Chunk(
                        "class", start, size, cost + 0.4, words, (entry.key,), note=note, graded=first[0]
                    )
                    found.append(chunk)
                note = f"class {self.vocabulary.label(entry.key)}{why}"
                found.append(Chunk("class", start, size, cost, words, (entry.key,), note=note))
            elif entry.kind == "property":
                note = f"property {self.vocabulary.label(entry.key)}{why}"
                found.append(Chunk("property", start, size, cost, words, (entry.key,), entry.inverse, note=note))
            elif entry.kind == "entity":
                entities[self._top_types(entry.key), cost].append(entry.key)
            else:
                property_, text, tag = entry.key.split("\t")
                values[property_].append((text, tag))
        most = max((self._prominence(iris) for iris in entities.values()), default=0)
        for (_, base), iris in entities.items():
            cost = base + (0.08 * (1 - self._prominence(iris) / most) if most else 0.0)
            types = frozenset.intersection(*(frozenset(self.vocabulary.entities[i].types) for i in iris))
            kind = ", ".join(sorted(self.vocabulary.label(t) for t in types)) or "thing"
            if not any(self.vocabulary.entities[i].types for i in iris):
                types = frozenset(("",))  # what is of no class has the relations of such things, and no others
            note = f"entity {self.vocabulary.label(iris[0])} ({kind}){why}"
            found.append(Chunk("entity", start, size, cost, words, tuple(iris), types=types, note=note))
        for property_, texts in values.items():
            note = f"value of {self.vocabulary.label(property_)}{why}"
            found.append(
                Chunk("value", start, size, 0.15 + extra, words, (property_,), texts=tuple(texts), note=note)
            )
        found.sort(key=lambda c: c.cost)
        self.chunks[start].extend(found[:_MAX_CANDIDATES])

    def _top_types(self, iri: str) -> frozenset[str]:
        """Return the most general classes of an entity, so that namesakes of one kind stay together."""
        types = self.vocabulary.entities[iri].types
        classes = self.vocabulary.classes
        top = frozenset(t for t in types if not any(s in types for s in classes[t].supers))
        return top or frozenset(types)

    def _prominence(self, iris: Sequence[str]) -> int:
        return max(self.vocabulary.entities[iri].links for iri in iris)

    def _add_concepts(self, start: int) -> None:
        """Let a general noun of quantity (*inhabitants*, *cost*) mean a property that measures it."""
        token = self.tokens[start]
        present = {c.iris for c in self.chunks[start] if c.kind == "property" and c.size == 1 and c.cost < 0.3}
        for name, concept in CONCEPTS.items():
            if (
                token.stem not in concept.nouns
                or name == "size"
                or concept.date
                or token.lower.endswith(("ed", "ing"))
            ):
                continue
            for iri, term in self.vocabulary.properties.items():
                if not term.is_data or (iri,) in present or (name == "amount" and is_code(term)):
                    continue
                words = [stem(w) for w in term.label.lower().split()]
                if words and words[-1] in concept.nouns:
                    note = f"property {term.label} ({name})"
                    self.chunks[start].append(Chunk("property", start, 1, 0.3, token.text, (iri,), note=note))

    def _gaps(self) -> list[int]:
        covered = [False] * len(self.tokens)
        for start, chunks in enumerate(self.chunks):
            for chunk in chunks:
                for i in range(start, start + chunk.size):
                    covered[i] = True
        return [i for i, c in enumerate(covered) if not c]

    def _rescue(self, start: int) -> bool:
        """Explain a word nothing explains: by derivation, as part of a name, or as a misspelling."""
        token = self.tokens[start]
        index = self.vocabulary.index
        if not token.is_word:
            self.chunks[start].append(
                Chunk("operator", start, 1, 0.3, token.text, operator=Operator("skip", "mark", 1), note="mark")
            )
            return True
        if self._add_demonyms(start):
            return True
        self._add_entries(start, 1, list(index.derived([token.stem])), 0.35, " (derived)")
        if not self.chunks[start]:
            self._add_partial_names(start)
        if not token.lower.isdigit():
            self._add_synonyms(start)
        if not self.chunks[start] and not token.lower.isdigit() and not is_english(token.lower):
            self._add_misspellings(start)
        return any(
            c.start + c.size > start for back in range(max(0, start - 6), start + 1) for c in self.chunks[back]
        )

    def _add_demonyms(self, start: int) -> bool:
        """Let *Polish* stand for the thing called Poland, and *Poland* for the value *Polish*."""
        for size in range(min(2, len(self.tokens) - start), 0, -1):
            said = self._words(start, size)
            made = dict.fromkeys(named_after(said), ("entity", "value")) | dict.fromkeys(
                words_for(said), ("value",)
            )
            for name, kinds in made.items():
                phrase = " ".join(stem(word) for word in name.lower().split())
                entries = [e for e in self.vocabulary.index.phrases.get(phrase, ()) if e.kind in kinds]
                self._add_entries(start, size, entries, _DEMONYM, f" (of {name})")
            if self.chunks[start]:
                return True
        return False

    def _is_name(self, start: int) -> bool:
        """Whether a word is the whole name of a class or property: then it means that, and nothing like it."""
        found = self.vocabulary.index.phrases.get(self.stems[start], ())
        return any(entry.kind in ("class", "property") and not entry.cost for entry in found)

    def _add_synonyms(self, start: int) -> None:
        """Let a word stand for a term whose name means nearly the same."""
        token = self.tokens[start]
        index = self.vocabulary.index
        phrases = dict.fromkeys(related(token.stem), _RELATED)
        for phrase, distance in synonyms(token.lower):
            phrases.setdefault(" ".join(stem(w) for w in phrase.split()), 0.5 + distance)
        best: dict[tuple[str, str], tuple[float, Entry]] = {}
        for phrase, cost in phrases.items():
            far = _FAR if cost > _RELATED else 9.0
            for entry in index.phrases.get(phrase, ()):
                key = entry.kind, entry.key
                if cost + entry.cost > far or entry.kind not in ("class", "property"):
                    continue
                if cost + entry.cost < best.get(key, (9.0, entry))[0]:
                    best[key] = cost + entry.cost, entry
        for word in related(token.stem):
            for entry in index.derived([word]):
                if entry.cost < 0.3 and (entry.kind, entry.key) not in best:
                    best[entry.kind, entry.key] = 0.6 + entry.cost, entry
        ranked = sorted(best.values(), key=lambda pair: pair[0])[:6]
        self._add_entries(start, 1, [e._replace(cost=cost) for cost, e in ranked], 0.0, " (synonym)")

    def _add_partial_names(self, start: int) -> None:
        phrases = self.vocabulary.index.words().get(self.stems[start], ())
        if len(phrases) > 8:
            return
        entries = [e for p in phrases for e in self.vocabulary.index.phrases[p] if e.kind in ("entity", "value")]
        self._add_entries(start, 1, entries, 0.6, " (part of the name)")

    def _add_misspellings(self, start: int) -> None:
        index = self.vocabulary.index
        for near in index.near(self.stems[start]):
            before = sum(map(len, self.chunks))
            stems = [*self.stems]
            stems[start] = near
            for size, entry in index.matches(stems, start):
                self._add_entries(start, size, [entry], 0.7, f" (read as {near})")
            for back in range(max(0, start - 3), start):
                for size, entry in index.matches(stems, back):
                    if back + size > start:
                        self._add_entries(back, size, [entry], 0.7, f" (read as {near})")
            if sum(map(len, self.chunks)) > before:
                return
        self._add_misspelt_operators(start)

    def _add_misspelt_operators(self, start: int) -> None:
        from rapidfuzz.distance import OSA

        token = self.tokens[start]
        for word in _COMMON:
            if OSA.distance(token.lower, word, score_cutoff=1) <= 1 and len(word) > 3:
                fixed = list(self.tokens)
                fixed[start] = Token(token.text, word, stem(word), token.start, token.end)
                for op in operators(fixed, start):
                    note = f"{op.kind} (read as {word})"
                    self.chunks[start].append(
                        Chunk("operator", start, op.size, op.cost + 0.5, token.text, operator=op, note=note)
                    )
                return


_COMMON = (
    "what", "which", "where", "when", "many", "much", "number", "more", "most", "least", "largest", "smallest",
    "highest", "lowest", "longest", "shortest", "biggest", "average", "total", "without", "between", "with",
    "does", "have", "list", "show", "located", "through", "corresponding", "respective", "there", "their",
)  # fmt: skip
