"""Where text goes: standard output or a file, in colour or plain, and how wide a line may be."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kgq.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

__all__ = ["Style", "file_to_write", "note", "wants_color", "width", "write_file", "write_stdout"]


class Style:
    """Marks text for a terminal, or leaves it alone.

    >>> Style(False).bold("hyperscalers")
    'hyperscalers'
    """

    def __init__(self, color: bool) -> None:
        self.color = color

    def _mark(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def bold(self, text: str) -> str:
        """Mark what the eye should find first."""
        return self._mark("1", text)

    def dim(self, text: str) -> str:
        """Mark what stands behind."""
        return self._mark("2", text)

    def kind(self, kind: str, text: str) -> str:
        """Colour text by the kind of claim it stands for."""
        return self._mark({"stated": "32", "inferred": "36", "background": "33"}.get(kind, "0"), text)

    def alarm(self, text: str) -> str:
        """Colour what went wrong."""
        return self._mark("31", text)


def wants_color(no_color: bool) -> bool:
    """Tell whether standard output takes colour: a terminal that is not dumb, and nobody objects."""
    if no_color or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return the columns of a line: of the terminal, or 80; never under 40 nor over 110."""
    try:
        columns = int(os.environ.get("COLUMNS", "")) or os.get_terminal_size(sys.stdout.fileno()).columns
    except (ValueError, OSError):
        columns = 80
    return max(40, min(110, columns))


def note(message: str) -> None:
    """Write one line of message to standard error."""
    sys.stderr.write(f"kgq: {message}\n")


def write_stdout(data: str | bytes) -> None:
    """Write data to standard output as UTF-8, whatever the locale says."""
    payload = data.encode("utf-8") if isinstance(data, str) else data
    sys.stdout.flush()
    sys.stdout.buffer.write(payload)
    sys.stdout.buffer.flush()


def write_file(path: Path, data: str | bytes) -> None:
    """Write a whole file or nothing.

    Raises:
        UsageError: the folder does not exist.
        OSError: it cannot be written to.
    """
    with file_to_write(path) as out:
        out.write(data.encode("utf-8") if isinstance(data, str) else data)


@contextmanager
def file_to_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a neighbour of a file, which takes its place at the end of the block unless that fails.

    Raises:
        UsageError: the folder does not exist.
        OSError: it cannot be written to.
    """
    if path.exists() and not path.is_file():
        if path.is_dir():
            raise UsageError(f"'{path}' is a folder. Name a file.")
        with path.open("wb") as out:  # a device or a pipe, whose place nothing can take
            yield out
        return
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder '{path.parent}'. Create it first.")
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
