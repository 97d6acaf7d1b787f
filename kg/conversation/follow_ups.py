"""How English leans on what was said before: the phrases of follow-up questions. Pure functions over text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.conversation.mentions import Mention

__all__ = [
    "COUNT",
    "IT",
    "ORDINAL",
    "ORDINALS",
    "PREPOSITIONS",
    "QUESTION",
    "THEIR",
    "WHY",
    "WHY_ONE",
    "as_verdict",
    "is_fragment",
    "put_in_place",
    "restriction",
    "with_number",
    "without_lead",
]

PREPOSITIONS = "in|at|on|for|of|from|to|with|by|under|about|within|through"
_LEAD = re.compile(r"(?i)\s*(?:and|but|or|so|also|then|now|ok|okay)\b[\s,]*")
_ABOUT = re.compile(r"(?i)\s*(?:(?:what|how)\s+about|same\s+for|the\s+same\s+for)\b[\s,]*")
WHY = re.compile(
    r"(?i)\s*(?:why(?:\s+(?:is|are)\s+(?:that|this|so))?(?:\s+so)?|how\s+so|how\s+come|how\s+do\s+you\s+know(?:\s+that)?"
    r"|says\s+who|who\s+says(?:\s+(?:so|that))?|explain(?:\s+(?:that|this|it))?|prove\s+it|where\s+does\s+it\s+say\s+"
    r"(?:that|so))\s*[?.!]*\s*",
)
WHY_ONE = re.compile(r"(?i)\s*why\s+(?:is\s+|are\s+|does\s+|do\s+)?(.+?)\s*\??\s*")
COUNT = re.compile(r"(?i)\s*(?:and\s+)?how\s+many(?:\s+(?:are\s+there|is\s+that|are\s+they))?\s*\??\s*")
_OF_THOSE = re.compile(
    r"(?i)\s*(?:and\s+|but\s+)?(?:of|among|amongst|from|out\s+of)\s+(?:all\s+)?(?:those|these|them|the\s+ones)\s*,?\s*(.+)",
)
_WHICH_OF = re.compile(
    r"(?i)\s*(?:and\s+|but\s+)?(which|what|who|how\s+many)\s+(?:(?:one|ones)\s+)?(?:of|among)\s+"
    r"(?:those|these|them|the\s+ones)\s+(.+)",
)
_WHICH_ONES = re.compile(r"(?i)\s*(?:and\s+|but\s+)?(which|what)\s+ones?\s+(.+)")
_ASKING = re.compile(r"(?i)\s*(?:and\s+)?(which|who|what|how\s+many)\b\s*(?:ones?\b\s*)?(.*)")
THEIR = re.compile(r"(?i)\b(?:its|their|his|her)\b(?=\s+\w)")
IT = re.compile(
    r"\b(?:it|they|them|those|these|he|she|him)\b(?!\s+(?:is|was)\s+(?:stated|said|true)\b)", re.IGNORECASE
)
ORDINAL = re.compile(
    r"\bthe\s+(first|second|third|fourth|fifth|last)(?:\s+one)?\b(?!\s+\w+(?:est)?\b)", re.IGNORECASE
)
ORDINALS = ("first", "second", "third", "fourth", "fifth")
QUESTION = re.compile(
    r"(?i)(?:which|what|who|whom|whose|where|when|why|how|is|are|was|were|do|does|did|has|have|can|could|list|show|give|name"
    r"|count|find|tell)\b",
)
_NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*\d|(?<![\w.])\d")


def restriction(text: str) -> tuple[str, str]:
    """Return the question word and the rest of *of those, which …*, '' where it is none."""
    for pattern in (_WHICH_OF, _WHICH_ONES):
        match = pattern.fullmatch(text.strip())
        if match:
            return _wh(match.group(1)), match.group(2).rstrip(" ?.!")
    match = _OF_THOSE.fullmatch(text.strip())
    asking = _ASKING.fullmatch(match.group(1)) if match else None
    return (_wh(asking.group(1)), asking.group(2).rstrip(" ?.!")) if asking else ("", "")


def _wh(word: str) -> str:
    return "how many" if word.lower().startswith("how") else "which"


def without_lead(text: str) -> str:
    """Return what follows *and*, *what about* and the like.

    >>> without_lead("and what about Oracle?")
    'Oracle?'
    """
    body = text.strip()
    for pattern in (_LEAD, _ABOUT):
        match = pattern.match(body)
        if match and match.end() < len(body):
            body = body[match.end() :].strip()
    return body


def is_fragment(body: str, parts: Sequence[Mention]) -> bool:
    """Whether a text is a name alone, with or without a preposition."""
    text = body.strip(" ?.!,")
    start = re.match(rf"(?:(?:{PREPOSITIONS})\s+)?(?:the\s+)?", text, re.IGNORECASE)
    return len(parts) == 1 and start is not None and (parts[0].start, parts[0].end) == (start.end(), len(text))


def with_number(question: str, fragment: str) -> Iterator[str]:
    """Put the number of a fragment in the place of the last one."""
    new, old = _NUMBER.search(fragment), list(_NUMBER.finditer(question))
    if new and old:
        yield question[: old[-1].start()] + new.group() + question[old[-1].end() :] + "?"


def as_verdict(question: str, name: str) -> Iterator[str]:
    """Ask of one thing whether it is among what the question asks for."""
    asked = re.match(r"(?:who|which\s+\w+|what)\s+(.+)", question, re.IGNORECASE)
    rest = asked.group(1) if asked else ""
    copula = re.match(r"(is|are|was|were|has|have|can|could)\s+(.+)", rest, re.IGNORECASE)
    if copula:
        yield f"{copula.group(1)} {name} {copula.group(2)}?"
    elif rest and not re.match(r"(?:do|does|did)\b", rest, re.IGNORECASE):
        yield f"does {name} {rest}?"


def put_in_place(question: str, old: Mention, fragment: str, preposition: str) -> str:
    """Replace a mention by a fragment; a preposition of its own takes the place of the old one."""
    before, after = question[: old.start], question[old.end :]
    if preposition:
        shorter = re.sub(rf"\b(?:{PREPOSITIONS})\s+(?:the\s+)?$", "", before, flags=re.IGNORECASE)
        if shorter == before:
            fragment = fragment[len(preposition) :]
        before = shorter
    return before + fragment + after
