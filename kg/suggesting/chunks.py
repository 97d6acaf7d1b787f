"""A sentence as a row of chunks: names of the graph, verbs and nouns of its lexicon, and closed words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.suggesting.cues import (
    ARTICLES,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    HAVE,
    MODALS,
    NEGATIONS,
    PRONOUNS,
    QUANTIFIERS,
    SCANT,
    SUBORDINATORS,
    is_past,
    longest_cue,
)
from kg.vocabulary.claim_terms import ClaimTerms, Word, spelled, stem_of
from kg.vocabulary.words import Token, tokenize

__all__ = ["Chunk", "chunks"]

_AMOUNT = re.compile(
    r"(?:[$€£¥]\s?)?\d[\d,]*(?:\.\d+)?(?:\s?[-–]\s?\d[\d,]*(?:\.\d+)?)?\s?(?:%|percent\b|per cent\b)?"
    r"(?:\s?(?:thousand|million|billion|trillion|bn|m|k)\b)?(?:\s?(?:dollars|euros|USD|EUR|GW|MW|kW|TWh|GWh|MWh)\b)?"
)
_PERIOD = re.compile(
    r"(?:(?:in|by|since|until|during|before|after|from|for)\s+)?(?:(?:early|mid|late)[- ])?"
    r"(?:(?:Q[1-4]|January|February|March|April|May|June|July|August|September|October|November|December)\s+)?"
    r"(?:(?:the\s+)?(?:fiscal\s+(?:year\s+)?)?(?:19|20)\d\d)(?:\s?[-–]\s?(?:\d\d){1,2})?\b",
    re.IGNORECASE,
)
_NAME_JOINERS = frozenset(("of", "&", "de"))
_PREPOSITIONS = (
    "of", "in", "on", "at", "for", "from", "to", "with", "by", "through", "about", "as", "into", "onto", "via",
    "than", "under", "over", "per",
)  # fmt: skip
_CLOSED: tuple[tuple[str, frozenset[str]], ...] = (
    ("NEG", NEGATIONS), ("SCANT", SCANT), ("BE", BE), ("HAVE", HAVE), ("DO", AUXILIARIES),
    ("MODAL", frozenset((*MODALS, "will", "can", "shall", "should", "must", "ca"))), ("AND", CONJUNCTIONS),
    ("SUB", frozenset(SUBORDINATORS)),
    ("ART", ARTICLES), ("QUANT", QUANTIFIERS), ("PRON", PRONOUNS),
    ("P", frozenset(_PREPOSITIONS)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some words and what they are.

    Attributes:
        kind: ``THING``, ``WORD`` (a verb or noun of the lexicon), ``NEW`` (a name that the graph lacks),
            ``AMOUNT``, ``PERIOD``, ``QUAL`` (a set phrase that qualifies), a class of closed words, ``MARK`` or
            ``OTHER``.
        text: as written.
        start, end: position in the sentence, in code points.
        things: IRIs of what a name may stand for.
        words: what a verb or noun may stand for.
        qualifier: of a set phrase.
    """

    kind: str
    text: str
    start: int
    end: int
    things: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    qualifier: str = ""

    @property
    def lower(self) -> str:
        """The words in lower case."""
        return " ".join(self.text.lower().replace("’", "'").split())


def chunks(sentence: str, terms: ClaimTerms) -> list[Chunk]:
    """Return the chunks of a sentence.

    >>> [c.kind for c in chunks("It doesn't wait.", ClaimTerms())]
    ['PRON', 'DO', 'NEG', 'OTHER']
    """
    tokens = _split_contractions(tokenize(sentence, limit=1000))
    return list(_Chunker(sentence, tokens, terms).run())


def _split_contractions(tokens: Sequence[Token]) -> list[Token]:
    """Return tokens with *doesn't* as *does* and *n't*, so that a denial is a word of its own."""
    found: list[Token] = []
    for token in tokens:
        if token.lower.endswith("n't") and len(token.lower) > 3:
            cut = token.end - 3
            found.append(Token(token.text[:-3], token.lower[:-3], token.lower[:-3], token.start, cut))
            found.append(Token(token.text[-3:], "n't", "n't", cut, token.end))
        elif token.lower == "cannot":
            found.append(Token(token.text[:3], "can", "can", token.start, token.start + 3))
            found.append(Token(token.text[3:], "not", "not", token.start + 3, token.end))
        else:
            found.append(token)
    return found


class _Chunker:
    def __init__(self, sentence: str, tokens: Sequence[Token], terms: ClaimTerms) -> None:
        self.sentence = sentence
        self.tokens = tokens
        self.terms = terms
        self.lower = [token.lower for token in tokens]

    def run(self) -> Iterator[Chunk]:
        at = 0
        while at < len(self.tokens):
            chunk, at = self._next(at)
            yield chunk

    def _next(self, at: int) -> tuple[Chunk, int]:
        """Return the chunk that begins at a token, and the token after it; the longest one wins."""
        period = self._pattern(_PERIOD, at, "PERIOD")
        if period:
            return period
        cue = longest_cue(self.lower, at)
        known = self._known(at)
        if known and (cue is None or known[1] - at >= cue[2]):
            return known
        if cue:
            return self._chunk("QUAL", at, at + cue[2], qualifier=cue[1]), at + cue[2]
        amount = self._pattern(_AMOUNT, at, "AMOUNT") if self._may_be_amount(at) else None
        if amount:
            return amount
        name = self._name(at)
        if name:
            return name
        return self._closed(at), at + 1

    def _may_be_amount(self, at: int) -> bool:
        return self.lower[at][:1].isdigit() or self.tokens[at].text in "$€£¥"

    def _pattern(self, pattern: re.Pattern[str], at: int, kind: str) -> tuple[Chunk, int] | None:
        match = pattern.match(self.sentence, self.tokens[at].start)
        if match is None or not match.group().strip():
            return None
        end = match.start() + len(match.group().rstrip())
        after = next((n for n in range(at, len(self.tokens)) if self.tokens[n].start >= end), len(self.tokens))
        if self.tokens[after - 1].end != end:
            return None
        return self._chunk(kind, at, after), after

    def _known(self, at: int) -> tuple[Chunk, int] | None:
        """Return the longest name, verb or noun of the graph that begins here."""
        if not self.tokens[at].is_word or self.lower[at] in ARTICLES:
            return None
        first = self._stems(at)
        longest = self.terms.longest(first[0]) if first else 0
        for size in range(min(longest, len(self.tokens) - at), 0, -1):
            if not all(token.is_word or token.lower == "'s" for token in self.tokens[at : at + size]):
                continue
            phrase = " ".join(stem for n in range(at, at + size) for stem in self._stems(n))
            found = list(self.terms.words(phrase))
            things = tuple(dict.fromkeys(w.key for w in found if w.cat == "thing" and not w.cost))
            roles = tuple(w for w in found if w.cat in ("verb", "noun", "passive"))
            if (things or roles) and not (size == 1 and self._is_closed(at)):
                if size > 1 and not things and self._splits(at, size):
                    continue  # *buys GPUs*: a verb and the name of a thing
                kind = "THING" if things and not self._reads_as_verb(at, size, roles) else "WORD"
                return self._chunk(kind, at, at + size, things=things, words=roles), at + size
        return None

    def _splits(self, at: int, size: int) -> bool:
        """Whether words are a verb and a name, each of which is known by itself."""
        for cut in range(1, size):
            verb = self.terms.words(" ".join(stem for n in range(at, at + cut) for stem in self._stems(n)))
            name = self.terms.words(" ".join(stem for n in range(at + cut, at + size) for stem in self._stems(n)))
            if any(w.cat == "verb" for w in verb) and any(w.cat == "thing" for w in name):
                return True
        return False

    def _reads_as_verb(self, at: int, size: int, roles: Sequence[Word]) -> bool:
        """Whether words that may be a name or a verb stand as a verb: after a name, before more words."""
        verbs = [word for word in roles if word.cat == "verb"]
        if not verbs or at == 0:
            return False
        before, first = self.lower[at - 1], self.lower[at]
        after = self.lower[at + size] if at + size < len(self.lower) else "."
        leads = before not in ARTICLES and before not in ("of", "in", "for", "by", "as")
        if before in BE:
            leads = first.endswith("ing") or is_past(first)
        return leads and after[:1].isalnum()

    def _stems(self, at: int) -> tuple[str, ...]:
        return tuple(stem_of(word) for word in spelled(self.tokens[at].lower).split())

    def _is_closed(self, at: int) -> bool:
        return any(self.lower[at] in words for _, words in _CLOSED)

    def _name(self, at: int) -> tuple[Chunk, int] | None:
        """Return capitalised words that the graph has no name for; at the beginning of a sentence two at least."""
        end = at
        while end < len(self.tokens) and self._capital(end):
            end += 1
        while (
            end > at and end < len(self.tokens) - 1 and self.lower[end] in _NAME_JOINERS and self._capital(end + 1)
        ):
            end += 2
            while end < len(self.tokens) and self._capital(end):
                end += 1
        size = end - at
        if size == 0 or (size == 1 and (at == 0 or self._is_closed(at))) or (at == 0 and self._is_closed(at)):
            return None
        return self._chunk("NEW", at, end), end

    def _capital(self, at: int) -> bool:
        text = self.tokens[at].text
        return text[:1].isupper() and any(c.isalpha() for c in text) and not self._known_here(at)

    def _known_here(self, at: int) -> bool:
        """Whether a word is a name of the graph; a common noun of the graph may be part of somebody's name."""
        found = (w.key for w in self.terms.words(" ".join(self._stems(at))) if w.cat == "thing")
        proper = any(any(c.isupper() for c in self.terms.label(iri)) for iri in found)
        return proper or (at > 0 and not self.tokens[at - 1].text[:1].isupper() and any(found))

    def _closed(self, at: int) -> Chunk:
        token = self.tokens[at]
        if not token.is_word and token.lower not in ("n't", "'s"):
            return self._chunk("MARK", at, at + 1)
        kind = next((kind for kind, words in _CLOSED if token.lower in words), "OTHER")
        return self._chunk(kind, at, at + 1)

    def _chunk(
        self,
        kind: str,
        at: int,
        end: int,
        *,
        things: tuple[str, ...] = (),
        words: tuple[Word, ...] = (),
        qualifier: str = "",
    ) -> Chunk:
        start, stop = self.tokens[at].start, self.tokens[end - 1].end
        return Chunk(kind, self.sentence[start:stop], start, stop, things, words, qualifier)
