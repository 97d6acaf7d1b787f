"""The closed words of English as the grammar of questions about claims needs them. No word of any graph."""

from __future__ import annotations

__all__ = [
    "FUNCTION_WORDS",
    "HOW_PREPOSITIONS",
    "IRREGULAR_PARTICIPLES",
    "STRENGTH",
    "WHERE_PREPOSITIONS",
    "expand",
]

_TABLE = {
    "DO": "do does did will would shall should may might can could must",
    "CAN": "can could may might",
    "BE": "is are was were be been being am",
    "HAVE": "has have had having",
    "NEG": "not never no neither nor",
    "AND": "and plus but yet",
    "OR": "or",
    "REL": "that which who whom",
    "P": "of in on at for from to with by through about behind among between against under over as into"
    " onto via like"
    " than upon within without across alongside toward towards per during",
    "WHO": "who whom whoever whomever",
    "WHAT": "what whatever",
    "WHICH": "which what whichever",
    "WHOSE": "whose",
    "WHEN": "when",
    "WHERE": "where",
    "HOW": "how",
    "THERE": "there",
    "LIST": "list name show give enumerate find tell identify display",
    "POSS": "'s '",
    "COMMA": ",",
    "LV": "have face get see show experience enjoy suffer offer carry play take hold fill",
    "LEAST": "least less",
    "ANYONE": "anyone anybody someone somebody anything something",
}
FUNCTION_WORDS: dict[str, list[str]] = {}
for _cat, _words in _TABLE.items():
    for _word in _words.split():
        FUNCTION_WORDS.setdefault(_word, []).append(_cat)
"""The categories of each closed word."""

NOISE = frozenset(
    [
        "please",
        "also",
        "actually",
        "exactly",
        "basically",
        "really",
        "ever",
        "itself",
        "themselves",
        "there",
        "here",
        "too",
        "likewise",
        "whole",
        "entire",
        "complete",
        "actual",
        "respective",
        "so-called",
        "individual",
        "so",
        "then",
        "well",
        "kindly",
        "me",
        "us",
        "you",
        "i",
        "we",
        "my",
        "our",
        "your",
        "any",
        "some",
        "this",
        "these",
        "those",
        "such",
        "its",
        "their",
        "his",
        "her",
        "different",
        "various",
        "specific",
        "particular",
        "certain",
        "precisely",
        "currently",
        "today",
        "now",
        "nowadays",
        "presently",
        "still",
    ]
)
"""Words that leave the meaning as it is; those about time are looked at apart."""

NUMBERS = {
    word: n
    for n, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2
    )
}
"""Words for numbers of things; a claim must not contradict them."""

PAST = frozenset(["once", "formerly", "originally", "initially", "historically"])
"""Words that ask about the past."""

PHRASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("how", "many"), "HOWMANY"),
    (("what", "date"), "WHEN"),
    (("which", "date"), "WHEN"),
    (("what", "year"), "WHEN"),
    (("which", "year"), "WHEN"),
    (("what", "day"), "WHEN"),
    (("which", "day"), "WHEN"),
    (("on", "what", "date"), "WHEN"),
    (("on", "which", "date"), "WHEN"),
    (("on", "what", "day"), "WHEN"),
    (("on", "which", "day"), "WHEN"),
    (("in", "what", "year"), "WHEN"),
    (("in", "which", "year"), "WHEN"),
    (("what", "number", "of"), "HOWMANY"),
    (("what", "kind", "of"), "WHICH"),
    (("what", "kinds", "of"), "WHICH"),
    (("which", "kind", "of"), "WHICH"),
    (("which", "kinds", "of"), "WHICH"),
    (("what", "type", "of"), "WHICH"),
    (("what", "types", "of"), "WHICH"),
    (("which", "type", "of"), "WHICH"),
    (("which", "types", "of"), "WHICH"),
    (("what", "sort", "of"), "WHICH"),
    (("which", "sorts", "of"), "WHICH"),
    (("give", "me"), "LIST"),
    (("tell", "me"), "LIST"),
    (("show", "me"), "LIST"),
    (("list", "of"), "LIST"),
    (("as", "well", "as"), "AND"),
    (("by", "means", "of"), "P"),
    (("by", "way", "of"), "P"),
    (("with", "help", "of"), "P"),
    (("most", "of"), "X"),
    (("all", "of"), "X"),
    (("some", "of"), "X"),
    (("each", "of"), "X"),
    (("in", "past"), "X"),
    (("back", "in", "past"), "X"),
    (("back", "then"), "X"),
    (("suffer", "from"), "HAVE"),
    (("suffers", "from"), "HAVE"),
    (("both", "of"), "X"),
    (("something", "called"), "X"),
    (("something", "known", "as"), "X"),
    (("what", "is", "called"), "X"),
    (("what", "is", "known", "as"), "X"),
    (("such", "thing", "as"), "X"),
)
"""Closed phrases of several words."""

IRREGULAR_PARTICIPLES = frozenset(
    [
        "borne",
        "born",
        "built",
        "bought",
        "brought",
        "held",
        "led",
        "lent",
        "made",
        "paid",
        "run",
        "sold",
        "sent",
        "shown",
        "taken",
        "written",
        "given",
        "known",
        "driven",
        "won",
        "put",
        "set",
        "kept",
        "left",
        "lost",
        "met",
        "said",
        "told",
        "thought",
        "understood",
        "found",
        "split",
        "undercut",
        "taught",
        "spun",
        "grown",
        "drawn",
        "chosen",
        "spoken",
        "broken",
        "gotten",
        "got",
        "hidden",
        "owned",
        "become",
        "gone",
        "done",
        "seen",
        "begun",
        "risen",
        "fallen",
        "stood",
        "dealt",
        "meant",
        "sought",
        "caught",
        "beaten",
        "laid",
        "felt",
        "fed",
        "overcome",
        "undertaken",
        "spent",
    ]
)
HOW_PREPOSITIONS = ("as", "through", "by", "via", "with", "using")
WHERE_PREPOSITIONS = ("in", "at", "on", "from")

STRENGTH: dict[str, str] = {
    word: strength
    for strength, words in {
        "all": "all every each always entirely completely wholly exclusively solely only never fully invariably"
        " purely alone just merely simply",
        "most": "mostly mainly usually typically generally often frequently largely primarily"
        " predominantly chiefly main primary principal chief predominant"
        " commonly regularly normally",
        "some": "sometimes occasionally partly partially perhaps maybe possibly sometime",
    }.items()
    for word in words.split()
}
"""How much an adverb or quantifier claims."""

ALIKE = (
    frozenset(("quickly", "fast", "rapidly", "swiftly", "speedily", "promptly")),
    frozenset(("simultaneously", "concurrently")),
    frozenset(("suddenly", "abruptly")),
    frozenset(("previously", "earlier", "before", "formerly")),
)
"""Adverbs that say the same; a claim may have another one than the question."""

PRESENT = frozenset(["currently", "today", "now", "nowadays", "presently", "still"])
"""Words that ask about the present, so that what is told of the past is no answer."""

_NOT_GERUNDS = frozenset(
    [
        "thing",
        "anything",
        "something",
        "nothing",
        "everything",
        "during",
        "string",
        "spring",
        "bring",
        "being",
        "evening",
        "morning",
    ]
)
_CONTRACTIONS = {
    "isn't": "is not", "aren't": "are not", "wasn't": "was not", "weren't": "were not", "doesn't": "does not",
    "don't": "do not", "didn't": "did not", "can't": "can not", "cannot": "can not", "couldn't": "could not",
    "won't": "will not", "wouldn't": "would not", "hasn't": "has not",
    "haven't": "have not", "shouldn't": "should not",
    "what's": "what is", "who's": "who is", "where's": "where is", "how's": "how is", "that's": "that is",
    "there's": "there is", "it's": "it is", "whats": "what is", "whos": "who is", "vs": "vs", "e.g.": "eg",
    "u": "you", "ur": "your",
    "isnt": "is not", "doesnt": "does not", "dont": "do not", "cant": "can not", "didnt": "did not",
    "when's": "when is", "why's": "why is", "they're": "they are", "i'd": "i would",
}  # fmt: skip


def expand(text: str) -> str:
    """Return a question without contractions and curly marks.

    >>> expand("What’s the title?")
    'what is the title?'
    """
    plain = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').replace("–", "-")
    plain = plain.replace(": ", ", ").replace(" - ", ", ").replace("—", ", ").replace("; ", ", ")
    return " ".join(_expanded(word) for word in plain.split())


def _expanded(word: str) -> str:
    head = word.rstrip("?!.,;:")
    known = _CONTRACTIONS.get(head.lower())
    return word if known is None else known + word[len(head) :]


def is_participle(word: str) -> bool:
    """Whether a word may be a past participle."""
    return word.endswith("ed") or word in IRREGULAR_PARTICIPLES


def is_gerund(word: str) -> bool:
    """Whether a word ends as a present participle does."""
    return word.endswith("ing") and len(word) > 4 and word not in _NOT_GERUNDS
