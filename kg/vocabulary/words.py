"""English words as they are matched: tokens, stems, roots. Small rules, the same on both sides.

A stem joins the inflected forms of a word (``cities`` and ``city``), a root also the derived ones
(``supplier`` and ``supplies``). Neither is a word to show; both sides of a comparison pass through
the same rules, so what matters is only that the forms of one word meet.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

__all__ = [
    "STOP_WORDS",
    "Token",
    "cases",
    "fold",
    "is_participle",
    "root",
    "spelt",
    "split_name",
    "stem",
    "stems",
    "tokenize",
]

_TOKEN = re.compile(
    r"\d{4}-\d\d-\d\d(?!\w)"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)|\d+\.\d+(?!\w)"
    r"|[^\W_]+(?:(?<=n)['’]t(?!\w))?"
    r"|['’]s(?!\w)|['’](?=\s|$)|[,;:?!()\"“”<>=%$€£&/]"
)
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_VOWEL = re.compile(r"[aeiouy]")

_IRREGULAR = {
    form: base
    for base, forms in {
        "bear": "bore borne bears bearing",
        "begin": "began begun",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "catch": "caught",
        "child": "children",
        "choose": "chose chosen",
        "come": "came",
        "criterion": "criteria",
        "do": "did done",
        "draw": "drew drawn",
        "drive": "drove driven",
        "eat": "ate eaten",
        "fall": "fell fallen",
        "feel": "felt",
        "feed": "fed",
        "fight": "fought",
        "fly": "flew flown",
        "foot": "feet",
        "get": "got gotten",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lend": "lent",
        "lie": "lay lain lies",
        "lose": "lost",
        "make": "made",
        "man": "men",
        "mean": "meant",
        "meet": "met",
        "mouse": "mice",
        "pay": "paid",
        "person": "persons",
        "rise": "rose risen",
        "run": "ran",
        "say": "said",
        "see": "saw seen",
        "seek": "sought",
        "sell": "sold",
        "send": "sent",
        "show": "shown",
        "sing": "sang sung",
        "sleep": "slept",
        "speak": "spoke spoken",
        "spend": "spent",
        "swim": "swam swum",
        "take": "took taken",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "understand": "understood",
        "wear": "wore worn",
        "wife": "wives",
        "win": "won",
        "woman": "women",
        "write": "wrote written",
        "index": "indices indexes",
        "analysis": "analyses",
        "thesis": "theses",
        "crisis": "crises",
    }.items()
    for form in forms.split()
}
_SUFFIXES = (
    "ibiliti", "abiliti", "ization", "isation", "ication", "ational", "ousness", "iveness", "fulness",
    "ation", "ition", "ement", "ative", "ment", "ance", "anci", "ence", "enci", "ness", "ship", "able", "ible",
    "less", "iti", "ti", "ion", "ive", "iv", "anc", "enc", "ant", "ent", "ous", "ibl", "abl", "ist", "ism",
    "ize", "ise", "iz", "ful", "ing", "age", "ag", "ee", "er", "or", "ar", "al", "ic", "li", "ed", "at", "e", "i",
)  # fmt: skip

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "to",
        "with",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "that",
        "which",
        "who",
        "whom",
        "whose",
        "this",
        "these",
        "those",
        "it",
        "its",
        "as",
        "per",
        "than",
        "then",
        "there",
        "here",
        "their",
        "his",
        "her",
        "they",
        "them",
        "he",
        "she",
        "we",
        "you",
        "i",
        "not",
        "no",
        "one",
        "two",
        "into",
        "over",
        "under",
        "between",
        "through",
        "within",
        "without",
        "about",
        "after",
        "before",
        "each",
        "every",
        "all",
        "any",
        "some",
        "other",
        "such",
        "only",
        "so",
        "if",
        "when",
        "where",
        "how",
        "what",
        "why",
        "can",
        "may",
        "will",
        "would",
        "should",
    ]
)
"""Words too frequent to be evidence for a term on their own."""


class Token(NamedTuple):
    """A word, number or mark of a question.

    Attributes:
        text: as it was written.
        lower: folded for comparison.
        stem: see :func:`stem`.
        start, end: position in the question, in code points.
    """

    text: str
    lower: str
    stem: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether this is a word or number, not a mark."""
        return self.lower[:1].isalnum()


def is_participle(word: str) -> bool:
    """Whether a word is an irregular past form.

    >>> is_participle("built"), is_participle("city")
    (True, False)
    """
    return word == "born" or (
        word in _IRREGULAR and not word.endswith("s") and word not in ("children", "men", "women")
    )


def fold(text: str) -> str:
    """Return a text without case and accents.

    >>> fold("São Paulo")
    'sao paulo'
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("’", "'")


def _undouble(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeious":
        return word[:-1]
    return word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return what the inflected forms of a word share.

    >>> stem("cities") == stem("city"), stem("running") == stem("runs"), stem("built") == stem("build")
    (True, True, True)
    """
    word = _IRREGULAR.get(word, word)
    if len(word) < 4 or not word.isalpha():
        return word
    word = _singular(word)
    for suffix in ("ing", "ed"):
        base = word[: -len(suffix)]
        if word.endswith(suffix) and len(base) > 2 and _VOWEL.search(base) and not base.endswith("e"):
            word = _undouble(base)
            break
    else:
        word = _undouble(word)
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if word.endswith("y") and len(word) > 3 and word[-2] not in "aeiou":
        word = word[:-1] + "i"
    return word


_DOER = 5
"""Letters of the shortest noun for one who does something: *payer*; a shorter one is rather a word of its own."""


@lru_cache(maxsize=20_000)
def root(stemmed: str) -> str:
    """Return what the derived forms of a stem share; a weaker bond than the stem.

    >>> root(stem("supplier")) == root(stem("supplies"))
    True
    >>> root(stem("responsible")) == root(stem("responsibility"))
    True
    """
    word = stemmed[:-6] + "it" if stemmed.endswith("ission") else stemmed
    if word.endswith("ur") and len(word) >= 8:
        word = word[:-2]  # departure
    for _ in range(3):
        for suffix in _SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= 4:
                word = _undouble(word[: -len(suffix)])
                break
        else:
            break
    if len(stemmed) == _DOER and word == stemmed and word.endswith("er"):
        word = word[:-2]  # owner, buyer
    return word


def tokenize(text: str, limit: int = 400) -> list[Token]:
    """Return the words, numbers and marks of a text, at most ``limit`` of them.

    >>> [t.lower for t in tokenize("Who buys Nvidia's chips?")]
    ['who', 'buys', 'nvidia', "'s", 'chips', '?']
    """
    return list(_tokens(text, limit))


@lru_cache(maxsize=1_000)
def _tokens(text: str, limit: int) -> tuple[Token, ...]:
    """Return the tokens; the same name is often looked at several times in a row."""
    found = []
    for match in islice(_TOKEN.finditer(text), limit):
        word = match.group()
        lower = fold(word).replace("’", "'")
        found.append(Token(word, lower, stem(lower), match.start(), match.end()))
    return tuple(found)


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of a label's words.

    >>> stems("Major Cities")
    ('major', 'citi')
    """
    return tuple(token.stem for token in tokenize(text) if token.is_word or token.lower == "'s")


def split_name(name: str) -> str:
    """Return a local name as words.

    >>> split_name("hasPolicyHolder"), split_name("new_york"), split_name("HTTPServer2")
    ('has policy holder', 'new york', 'http server 2')
    """
    parts: list[str] = []
    for piece in re.split(r"[^0-9A-Za-z\u0080-\uffff]+", name):
        parts.extend(_CAMEL.findall(piece) if piece.isascii() else [piece])
    return " ".join(part.lower() for part in parts if part)


def spelt(name: str) -> set[str]:
    """Return a name in the capitals and small letters that names are written in.

    >>> sorted(spelt("ROMAN GODS"))
    ['ROMAN GODS', 'Roman Gods', 'Roman gods', 'roman gods']
    """
    return cases(name) | cases(name.lower()) | {name.upper()}


def cases(text: str) -> set[str]:
    """Return a name in capitals and small letters as names are written, keeping the capitals that it has.

    >>> sorted(cases("lord of the rings"))
    ['Lord Of The Rings', 'Lord of the Rings', 'Lord of the rings', 'lord of the rings']
    """
    title = " ".join(word if word[:1].isupper() else word.capitalize() for word in text.split(" "))
    small = " ".join(
        word.lower() if n and word.lower() in STOP_WORDS else word for n, word in enumerate(title.split(" "))
    )
    first = text[:1].upper() + text[1:]
    every = {text, title, small, first, text.lower()}
    return every | {text.upper()} if " " not in text else every
