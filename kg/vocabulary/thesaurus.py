"""Words that mean nearly the same in general English; read only when a question has a word nothing explains.

Two sources: small groups of everyday relation words that dictionaries keep apart (*next to*, *border*),
and a table derived from Open English WordNet, which ships with the package. Both only rank terms the
graph has; a synonym never opens a reading that the graph's own schema does not allow.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from kg.vocabulary.words import root, stem

__all__ = ["is_english", "related", "synonyms"]

_TABLE = Path(__file__).parent / "data" / "oewn_synonyms.tsv.gz"

_GROUPS = [
    "border neighbor neighbour adjacent adjoin abut next bordering surround share touch neighboring neighbouring",
    "run flow pass cross traverse go wash",
    "buy purchase acquire procure order",
    "sell supply provide deliver offer distribute vend furnish ship",
    "make produce manufacture build create develop fabricate construct assemble",
    "locate situate base headquarter lie place site address",
    "work employ hire staff",
    "write author pen compose creator",
    "lead head manage run direct chair govern supervise oversee",
    "own possess hold belong",
    "depend require need rely import",
    "start begin open commence launch",
    "end finish close conclude expire terminate",
    "cost price charge fee",
    "treat cure heal",
    "contain include comprise consist",
    "city town municipality",
    "film movie picture",
    "company firm business corporation enterprise organisation organization vendor",
    "employee worker staff personnel",
    "customer client buyer purchaser",
    "supplier vendor provider seller",
    "product item good article",
    "country nation",
    "book publication title volume",
    "doctor physician medic clinician",
    "illness disease ailment condition disorder",
    "drug medicine medication pharmaceutical",
    "car automobile vehicle",
    "person people individual human",
    "boss manager supervisor superior",
    "spouse husband wife partner",
    "salary wage pay compensation",
    "birth born bear",
    "death die dead decease",
    "marry wed spouse",
    "teach instruct lecture",
    "study attend enrol enroll",
    "release publish issue launch",
    "star act play perform appear cast",
    "win award receive obtain get",
    "found establish create start set",
    "member belong part participate participant",
    "use employ utilize utilise apply",
    "site plant facility premises",
    "area region zone territory",
    "job occupation profession position role",
    "kind type sort category class",
    "shop store outlet",
    "road highway route street interstate",
    "mountain peak summit",
    "point spot place",
    "invest fund finance back",
    "borrow lend loan",
    "language tongue speak",
    "licence license",
    "maintain look care responsible",
    "maker manufacturer producer",
    "team club squad",
    "song track tune",
    "child son daughter kid offspring",
    "parent father mother",
    "borrower reader patron",
    "ward department unit division",
]


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _GROUPS:
        words = {stem(w) for w in line.split()}
        for word in words:
            found.setdefault(word, set()).update(words - {word})
    return {word: frozenset(words) for word, words in found.items()}


@lru_cache(maxsize=1)
def _table() -> bytes:
    if not _TABLE.is_file():
        return b""
    with gzip.open(_TABLE) as file:
        return b"\n" + file.read()


@lru_cache(maxsize=512)
def _row(word: str) -> tuple[str, ...]:
    table = _table()
    at = table.find(b"\n" + word.encode() + b"\t")
    if at < 0:
        return ()
    end = table.find(b"\n", at + 1)
    return tuple(table[at + len(word.encode()) + 2 : end].decode().split("|"))


def related(word: str) -> frozenset[str]:
    """Return the stems of everyday words close to a stem.

    >>> "buy" in related("purchas")
    True
    """
    return _groups().get(word, frozenset())


def _bases(word: str) -> list[str]:
    """Return the dictionary forms a word may be inflected from."""
    found = [word]
    for ending, repair in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("d", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            found.append(word[: -len(ending)] + repair)
    return found


def synonyms(word: str) -> list[tuple[str, float]]:
    """Return (phrase, distance) for the synonyms of a word, nearest first; derived words come last.

    Source: Open English WordNet 2024 (CC BY 4.0), from Princeton WordNet.
    """
    found: dict[str, float] = {}
    for base in _bases(word):
        for item in _row(base):
            if item.startswith("~"):
                found.setdefault(item[1:], 0.2)
            else:
                found.setdefault(item, 0.1)
    return sorted(found.items(), key=lambda pair: pair[1])


def is_english(word: str) -> bool:
    """Whether a dictionary has the word: then it is no misspelling of another."""
    return any(_row(base) for base in _bases(word)) or stem(word) in _groups() or root(stem(word)) in _groups()
