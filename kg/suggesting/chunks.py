"""A sentence as a row of chunks: names of the graph, verbs and nouns of its lexicon, and closed words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.suggesting.chunk import Chunk
from kg.suggesting.coordination import with_shared_heads
from kg.suggesting.cues import (
    ARTICLES,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    HAVE,
    MODALS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
    QUANTIFIERS,
    SCANT,
    SUBORDINATORS,
    is_past,
    longest_cue,
)
from kg.suggesting.turns import CATENATIVES, CONTRASTS, DENIAL_PHRASES, SIGNS, TURNS, longest_of
from kg.vocabulary.claim_terms import ClaimTerms, Word, spelled, stem_of
from kg.vocabulary.words import Token, tokenize

__all__ = ["chunks"]

_MOST_TOKENS = 400
"""A longer sentence is none; it is not read."""

_UNIT = (
    r"(?:\s?(?:%|percent\b|per cent\b))?(?:\s?(?:thousand|million|billion|trillion|bn|mn|mm|tn|[mkMBKT])\b)?"
    r"(?:\s?(?:dollars|euros|USD|EUR|GW|MW|kW|TWh|GWh|MWh)\b)?"
)
_NUMBER = r"(?:[$€£¥]\s?)?\d[\d,]*(?:\.\d+)?"
_AMOUNT = re.compile(_NUMBER + _UNIT + r"(?:(?:\s?[-–—]\s?|\s(?:to|or)\s)" + _NUMBER + _UNIT + r")?")
_PERIOD = re.compile(
    r"(?:(?:in|by|since|until|during|before|after|from|for)\s+)?(?:(?:early|mid|late)[- ])?"
    r"(?:(?:Q[1-4]|January|February|March|April|May|June|July|August|September|October|November|December)\s+)?"
    r"(?:(?:the\s+)?(?:fiscal\s+(?:year\s+)?)?(?:19|20)\d\d)(?:\s?[-–]\s?(?:\d\d){1,2})?\b",
    re.IGNORECASE,
)
_OTHER_NAME = 0.05
_NO_NAMES = frozenset(
    (
        "there",
        "here",
        "this",
        "that",
        "these",
        "those",
        "then",
        "thus",
        "so",
        "what",
        "which",
        "everybody",
        *PRONOUNS,
    )
)
_NAME_JOINERS = frozenset(("of", "&", "de"))
_CLOSED: tuple[tuple[str, frozenset[str]], ...] = (
    ("NEG", NEGATIONS), ("SCANT", SCANT), ("TURN", TURNS), ("BE", BE), ("HAVE", HAVE), ("DO", AUXILIARIES),
    ("MODAL", frozenset((*MODALS, "will", "can", "shall", "should", "must", "ca"))), ("AND", CONJUNCTIONS),
    ("SUB", frozenset(SUBORDINATORS)),
    ("ART", ARTICLES), ("QUANT", QUANTIFIERS), ("PRON", PRONOUNS),
    ("P", PREPOSITIONS),
)  # fmt: skip


def chunks(sentence: str, terms: ClaimTerms) -> list[Chunk]:
    """Return the chunks of a sentence.

    >>> [c.kind for c in chunks("It doesn't wait.", ClaimTerms())]
    ['PRON', 'DO', 'NEG', 'OTHER']
    """
    tokens = _with_marks(sentence, _split_contractions(tokenize(sentence, limit=_MOST_TOKENS + 1)))
    return with_shared_heads(list(_Chunker(sentence, tokens, terms).run()), terms)


def _with_marks(sentence: str, tokens: Sequence[Token]) -> list[Token]:
    """Return tokens with the signs between them that are none, so that nothing goes unread in silence."""
    found: list[Token] = []
    at = 0
    for token in (*tokens, None):
        end = token.start if token is not None else (len(sentence) if len(tokens) <= _MOST_TOKENS else at)
        for n in range(at, end):
            sign = sentence[n]
            joins = sign in "-.'’" and 0 < n < len(sentence) - 1 and not sentence[n - 1 : n + 2 : 2].count(" ")
            if not sign.isspace() and sign != "." and not joins and len(found) <= 2 * _MOST_TOKENS:
                found.append(Token(sign, sign, sign, n, n + 1))
        if token is not None:
            found.append(token)
            at = token.end
    return found


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
        turn = self._turn(at)
        if turn:
            return turn
        cue = longest_cue(self.lower, at)
        known = self._known(at)
        if known and (cue is None or known[1] - at >= cue[2]):
            return known
        if cue:
            return self._chunk("QUAL", at, at + cue[2], qualifier=cue[1]), at + cue[2]
        amount = self._pattern(_AMOUNT, at, "AMOUNT") if self._may_be_amount(at) else None
        return amount or self._name(at) or (self._closed(at), at + 1)

    def _turn(self, at: int) -> tuple[Chunk, int] | None:
        """Return a set phrase that denies, or begins something else."""
        for kind, phrases in (("NEG", DENIAL_PHRASES), ("CONTRAST", CONTRASTS)):
            size = longest_of(phrases, self.lower, at)
            if size:
                return self._chunk(kind, at, at + size), at + size
        return None

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
        if not self.tokens[at].is_word or self._is_article(at):
            return None
        first = self._stems(at)
        longest = self.terms.longest(first[0]) if first else 0
        for size in range(min(longest, len(self.tokens) - at), 0, -1):
            if not all(token.is_word for token in self.tokens[at : at + size]):
                continue
            phrase = " ".join(stem for n in range(at, at + size) for stem in self._stems(n))
            found = list(self.terms.words(phrase))
            named = [w for w in found if w.cat == "thing" and w.cost <= self._most_cost(at, size)]
            best = min((w.cost for w in named), default=0.0)
            things = tuple(dict.fromkeys(w.key for w in named if w.cost == best))
            roles = tuple(w for w in found if w.cat in ("verb", "noun", "passive"))
            if (things or roles) and not (size == 1 and self._is_closed(at) and self.lower[at] != "own"):
                if size > 1 and not things and self._splits(at, size):
                    continue  # *buys GPUs*: a verb and the name of a thing
                kind = "THING" if things and not self._reads_as_verb(at, size, roles) else "WORD"
                chunk = self._chunk(kind, at, at + size, things=things, words=roles)
                return (replace(chunk, alias=True) if best and self._is_other_name(at, size, things) else chunk), (
                    at + size
                )
        return None

    def _most_cost(self, at: int, size: int) -> float:
        """Return how weak a name may be: proper names may be other ones, common nouns are their own."""
        proper = all(self.tokens[n].text[:1].isupper() for n in range(at, at + size))
        return _OTHER_NAME if proper or size > 1 else 0.0

    def _is_other_name(self, at: int, size: int, things: Sequence[str]) -> bool:
        """Whether a name differs from the thing's own by more than an ending, and is not its initials."""
        words = [n for n in range(at, at + size) if self.tokens[n].is_word]
        phrase = " ".join(stem for n in words for stem in self._stems(n))
        for iri in things:
            label = self.terms.label(iri)
            initials = "".join(word[:1] for word in label.split())
            same = " ".join(stem_of(word) for word in label.lower().split())
            if same in (phrase, phrase + "s") or phrase == same + "s" or self.tokens[at].text == initials:
                return False
        return True

    def _is_article(self, at: int) -> bool:
        """Whether a word is an article or the like; *own* is one after whose it is, else a verb."""
        if self.lower[at] == "own":
            return at > 0 and (self.lower[at - 1] == "'s" or self.lower[at - 1] in ARTICLES)
        return self.lower[at] in ARTICLES

    def _splits(self, at: int, size: int) -> bool:
        """Whether words are a verb and a name, each of which is known by itself."""
        for cut in range(1, size):
            verb = self.terms.words(" ".join(stem for n in range(at, at + cut) for stem in self._stems(n)))
            if not any(w.cat == "verb" for w in verb):
                continue
            for end in (at + size, at + size - (self.lower[at + size - 1] in PREPOSITIONS)):
                name = self.terms.words(" ".join(stem for n in range(at + cut, end) for stem in self._stems(n)))
                if any(w.cat == "thing" and not w.cost for w in name):
                    return True
        return False

    def _reads_as_verb(self, at: int, size: int, roles: Sequence[Word]) -> bool:
        """Whether words that may be a name or a verb stand as a verb: after a name, before more words."""
        verbs = [word for word in roles if word.cat == "verb"]
        if not verbs:
            return False
        first = self.lower[at]
        if at == 0:
            end = at + size
            return end < len(self.lower) and self.tokens[end].is_word and not self._begins_verb(end)
        before = self.lower[at - 1]
        after = self.lower[at + size] if at + size < len(self.lower) else "."
        leads = before not in ARTICLES and before not in ("of", "in", "for", "by", "as")
        if before in BE:
            leads = first.endswith("ing") or is_past(first)
        return leads and after[:1].isalnum()

    def _begins_verb(self, at: int) -> bool:
        """Whether a verb or an auxiliary begins at a word."""
        word = self.lower[at]
        if (
            word in BE
            or word in HAVE
            or word in AUXILIARIES
            or word in MODALS
            or word in ("will", "can", "should")
        ):
            return True
        if word in CATENATIVES:
            return True
        found = self.terms.words(" ".join(self._stems(at)))
        return not self._is_closed(at) and any(w.cat == "verb" for w in found)

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
        if size == 0 or (self._is_closed(at) and (at == 0 or size == 1)):
            return None
        if size == 1 and at == 0 and not self._leads_verb(end):
            return None
        return self._chunk("NEW", at, end), end

    def _leads_verb(self, end: int) -> bool:
        """Whether a verb follows, so that a capital at the beginning of a sentence may be that of a name."""
        return (
            self.lower[0] not in _NO_NAMES
            and not self.lower[0].endswith("ly")
            and end < len(self.tokens)
            and self._begins_verb(end)
        )

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
        if token.text in SIGNS:
            return self._chunk("TURN", at, at + 1)
        if not token.is_word and token.lower not in ("n't", "'s", "+", "&"):
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
