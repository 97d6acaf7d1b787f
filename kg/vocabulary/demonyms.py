"""*Polish* is of *Poland*: adjectives that are made from the name of a place or person.

From the definitions of Open English WordNet ("of or relating to Poland or its people"); nouns for people
(*a Pole*) are left out, since they name somebody and not the place. The table ships with the package and is
read only when a question has a word that nothing else explains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

__all__ = ["named_after", "words_for"]

_TABLE = Path(__file__).parent / "data" / "oewn_demonyms.tsv"


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, ...]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines() if _TABLE.is_file() else []
    return {word: tuple(names.split("|")) for word, _, names in (line.partition("\t") for line in lines)}


@lru_cache(maxsize=1)
def _words() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word, names in _names().items():
        for name in names:
            found[name.lower()].append(word)
    return {name: tuple(words) for name, words in found.items()}


def named_after(word: str) -> tuple[str, ...]:
    """Return the names that an adjective is made from.

    >>> named_after("polish"), named_after("Costa Rican"), named_after("Italians")
    (('Poland',), ('Costa Rica',), ())
    """
    return _names().get(word.lower(), ())


def words_for(name: str) -> tuple[str, ...]:
    """Return the adjectives made from a name.

    >>> words_for("Poland")
    ('polish',)
    """
    return _words().get(name.lower(), ())
