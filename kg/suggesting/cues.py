"""The closed words of English that deny, weaken, time, quantify or attribute a statement. No word of any graph."""

from __future__ import annotations

__all__ = [
    "ARTICLES",
    "AUXILIARIES",
    "BE",
    "CONJUNCTIONS",
    "HAVE",
    "MODALS",
    "NEGATIONS",
    "PAST_PERIODS",
    "PREPOSITIONS",
    "PRONOUNS",
    "QUALIFIERS",
    "QUANTIFIERS",
    "SCANT",
    "SUBORDINATORS",
    "is_past",
    "longest_cue",
]  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("a an the this these those such its their his her our own")
BE = _words("is are was were be been being am")
HAVE = _words("has have had having")
AUXILIARIES = _words("do does did")
MODALS = {
    "may": "speculative", "might": "speculative", "could": "speculative", "would": "hypothetical",
}  # fmt: skip
"""Modal verbs and the modality they give; those that are missing here make a candidate unsure."""
NEGATIONS = _words("not never n't no neither nor cannot nobody nothing none nowhere")
SCANT = _words("hardly barely scarcely rarely seldom few little")
"""Words that all but deny; what they touch is never sure."""
PRONOUNS = _words("it they them he she we you i one who which that these those both")
PREPOSITIONS = _words("of in on at for from to with by through about as into onto via than under over per")
CONJUNCTIONS = _words("and or + &")
SUBORDINATORS = {
    "if": "condition", "when": "condition", "whenever": "condition", "provided": "condition", "once": "condition",
    "unless": "exception", "except": "exception",
}  # fmt: skip
"""Words that begin a clause on which the main one depends, and the qualifier that keeps it."""
QUANTIFIERS = _words(
    "all every each most many some several various two three four five six seven eight nine ten both"
)

QUALIFIERS: dict[str, str] = {
    cue: name
    for name, cues in {
        "frequency": "at times|sometimes|often|usually|typically|generally|normally|commonly"
        "|always|frequently|occasionally|from time to time|again",
        "sequence": "then|therefore|thus|moreover|furthermore|meanwhile|additionally|in addition"
        "|for example|in fact|in return|in exchange|in turn",
        "quantity": "mostly|mainly|largely|chiefly|primarily|partly|entirely|exclusively|at least|up to|about",
        "degree": "to a degree|to some degree|to some extent|somewhat|partially|in part|increasingly",
        "hedge": "essentially|basically|effectively|apparently|reportedly|allegedly|arguably|seemingly|roughly",
        "likelihood": "probably|likely|most likely|possibly|perhaps|maybe|presumably",
        "period": "now|today|currently|at present|nowadays|still|at one time|formerly|once|in the past"
        "|so far|anymore|any more|any longer|going forward",
        "scope": "also|even|either|too|as well|together",
        "restriction": "only|merely|solely|not only|not just|not merely|not simply",
        "condition": "to the extent that|to the extent|in the event that|in the event of|in the event"
        "|as long as|so long as|in case|in case of|on condition that"
        "|provided that|assuming that|assuming|even if|only if"
        "|only when|as if|as though|subject to",
        "contrast": "but|however|though|instead|by contrast|yet",
    }.items()
    for cue in cues.split("|")
}
"""Adverbs and set phrases, and the qualifier that keeps their wording."""

PAST_PERIODS = frozenset(("at one time", "formerly", "once", "in the past"))
_IRREGULAR_PAST = _words(
    "bore bought built sold lent paid led held ran owned became began brought chose came did drew drove fell gave"
    " went grew got kept knew left let lost made met put raised rose said saw sent set shown spent stood struck"
    " took taught told thought won wrote cut hit had was were"
)


def is_past(word: str) -> bool:
    """Whether a lower-case verb form is (or looks like) a past tense.

    >>> is_past("bought"), is_past("leased"), is_past("leases")
    (True, True, False)
    """
    return word in _IRREGULAR_PAST or (word.endswith("ed") and not word.endswith("eed"))


def longest_cue(words: list[str], at: int) -> tuple[str, str, int] | None:
    """Return the longest set phrase that begins at a word: the phrase, its qualifier, how many words it has.

    >>> longest_cue(["most", "likely", "buys"], 0)
    ('most likely', 'likelihood', 2)
    """
    for size in (5, 4, 3, 2, 1):
        cue = " ".join(words[at : at + size])
        if len(words) - at >= size and cue in QUALIFIERS:
            return cue, QUALIFIERS[cue], size
    return None
