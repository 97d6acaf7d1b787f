"""What helps a damaged store: going back, where an earlier state is without the damage, or a backup.

States share files (hard links), so damage to one file is often in every state that is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["remedy"]

_GENERATION = re.compile(r"(\d{8}-[\w-]+)/(data/\d+\.sst)")


def remedy(store: Path, report: str) -> str:
    """Return a sentence on what to do.

    >>> remedy(Path("nowhere"), "CURRENT is missing")
    'Take the last change back (kgq undo), or restore a backup.'

    Args:
        store: its folder.
        report: what is wrong, with the path of the file.
    """
    place = _GENERATION.search(report)
    if place is None:
        return "Take the last change back (kgq undo), or restore a backup."
    spoilt = [_is_spoilt(earlier, place[2], _inode(store, place)) for earlier in _earlier(store)]
    if spoilt and not spoilt[0]:
        return "Take the last change back (kgq undo), or restore a backup."
    if not all(spoilt):
        return "Take changes back (kgq undo) until it can be read, or restore a backup."
    return (
        "No earlier state is without this file, so undo does not help: restore a backup (kgq restore), "
        "or load the sources that kgq log lists into a new store."
    )


def _inode(store: Path, place: re.Match[str]) -> int:
    try:
        return (store / "generations" / place[1] / place[2]).stat().st_ino
    except OSError:
        return 0  # missing: the other states have it still


def _earlier(store: Path) -> Iterator[Path]:
    """Yield the earlier states that are kept, the latest first; their names sort by change."""
    try:
        present = str(json.loads((store / "current").read_bytes())["generation"])
        places = sorted((store / "generations").iterdir(), reverse=True)
    except (OSError, ValueError, KeyError, TypeError):
        return
    yield from (place for place in places if not place.name.startswith(".") and place.name < present)


def _is_spoilt(state: Path, name: str, inode: int) -> bool:
    """Tell whether a state holds a damaged file, or misses it itself."""
    try:
        if name not in json.loads((state / "files.json").read_bytes()):
            return False
        return (state / name).stat().st_ino == inode
    except (OSError, ValueError):
        return True
