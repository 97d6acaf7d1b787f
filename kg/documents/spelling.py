"""Nearest names, for messages that say what the user may have meant."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]

_SIMILAR = 60.0


def nearest(name: str, known: Iterable[str], limit: int = 1) -> list[str]:
    """Return the known names most like a name, best first; none if nothing comes near.

    >>> nearest("bearRisk", ["bearsRisk", "builds"])
    ['bearsRisk']
    >>> nearest("qqq", ["bearsRisk", "builds"])
    []
    """
    from rapidfuzz import fuzz, process, utils

    pool = sorted(set(known))
    found = process.extract(
        name, pool, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_SIMILAR, limit=limit
    )
    return [match for match, _, _ in found]


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return a remedy that names the nearest known name, or the one given if nothing comes near.

    >>> did_you_mean("bearRisk", ["bearsRisk"], "declare it")
    "did you mean 'bearsRisk'? Otherwise declare it"
    """
    found = nearest(name, known)
    return f"did you mean '{found[0]}'? Otherwise {otherwise}" if found else otherwise
