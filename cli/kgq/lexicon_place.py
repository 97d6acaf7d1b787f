"""Where the user's own words for the terms of graphs are kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["lexicon_place"]


def lexicon_place(named: str | None = None) -> Path | None:
    """Return the file of the user's lexicon, whether or not it exists; None for ``off``.

    Args:
        named: the file by name, or ``off``; None for ``KGQ_LEXICON``, else the platform's folder for data.
    """
    name = named or os.environ.get("KGQ_LEXICON", "")
    if name:
        return None if name.lower() == "off" else Path(name).expanduser()
    home = os.environ.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    xdg = os.environ.get("XDG_DATA_HOME", "")
    if xdg.startswith("/"):
        return Path(xdg, "kgq", "lexicon.ttl")
    if sys.platform == "win32" and os.environ.get("APPDATA"):
        return Path(os.environ["APPDATA"], "kgq", "lexicon.ttl")
    if not home:
        return None
    folder = "Library/Application Support" if sys.platform == "darwin" else ".local/share"
    return Path(home, folder, "kgq", "lexicon.ttl")
