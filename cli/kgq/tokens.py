"""The tokens that open an endpoint, from a file or the environment."""

from __future__ import annotations

import os
from pathlib import Path

from kg.errors import SourceError

__all__ = ["read_token"]


def read_token(path: Path | None, variable: str) -> str:
    """Return the token in a file, or without a file that of a variable of the environment, which may be empty.

    Raises:
        SourceError: the file cannot be read, or holds nothing.

    >>> read_token(None, "NO_SUCH_VARIABLE")
    ''
    """
    if path is None:
        return os.environ.get(variable, "").strip()
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error  # the path stands before it already
        raise SourceError(f"the token cannot be read: {reason}. Check the file.", path=str(path)) from error
    if not token:
        raise SourceError("the file holds no token. Write one line into it.", path=str(path))
    return token
