"""The text a document consists of: its bytes, its code points, and where a passage stands in it.

Bytes are decoded without newline translation: positions count the code points that are in the file, and
the checksum is that of the bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kg.results import Problem

__all__ = ["MAX_BYTES", "Passage", "SourceText", "read_bytes", "read_utf8"]

MAX_BYTES = 256 * 1024 * 1024
"""A source larger than this is refused: sources are read whole, and written by people."""

_SIMILAR = 70.0
_SEARCHED = 2_000_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a text: its words, and its first and last-but-one position in code points."""

    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text with the checksum of the bytes it was decoded from.

    >>> text = SourceText.from_bytes("risk — and more risk".encode())
    >>> text.occurrences("risk")
    [0, 16]
    """

    text: str
    sha256: str
    path: str = ""

    @classmethod
    def from_bytes(cls, data: bytes, path: str = "") -> SourceText:
        """Decode UTF-8 as it stands; raises UnicodeDecodeError where it is not."""
        return cls(data.decode("utf-8"), hashlib.sha256(data).hexdigest(), path)

    @classmethod
    def read(cls, path: Path) -> tuple[SourceText | None, list[Problem]]:
        """Read a text file, or say why not."""
        data, problems = read_bytes(path)
        if data is None:
            return None, problems
        try:
            return cls.from_bytes(data, str(path)), []
        except UnicodeDecodeError as error:
            return None, [_not_utf8(str(path), data, error)]

    def occurrences(self, quote: str) -> list[int]:
        """Return every position at which the quote begins, overlapping ones too."""
        found: list[int] = []
        at = self.text.find(quote)
        while at >= 0 and quote:
            found.append(at)
            at = self.text.find(quote, at + 1)
        return found

    def nearest_passage(self, quote: str) -> Passage | None:
        """Return the passage most like the quote, or None if nothing comes near.

        >>> SourceText.from_bytes(b"they may converge or clash").nearest_passage("may converg or")
        Passage(words='may converge or', start=5, end=20)
        """
        from rapidfuzz import fuzz

        found = fuzz.partial_ratio_alignment(quote, self.text[:_SEARCHED], score_cutoff=_SIMILAR)
        if found is None or not quote:
            return None
        start, end = self._whole_words(found.dest_start, found.dest_end)
        return Passage(self.text[start:end], start, end)

    def _whole_words(self, start: int, end: int) -> tuple[int, int]:
        while start > 0 and self.text[start - 1].isalnum() and self.text[start : start + 1].isalnum():
            start -= 1
        while end < len(self.text) and self.text[end].isalnum() and self.text[end - 1 : end].isalnum():
            end += 1
        words = self.text[start:end]
        return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))


def read_bytes(path: Path) -> tuple[bytes | None, list[Problem]]:
    """Return the bytes of a source, or None and the reason."""
    name = str(path)
    try:
        if path.is_dir():
            return None, [_unreadable(name, "this is a folder", "name a file in it")]
        if path.stat().st_size > MAX_BYTES:
            return None, [_unreadable(name, f"larger than {MAX_BYTES >> 20} MB", "split it")]
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [Problem("error", "no such file", name, None, name, "check the path", "missing-file")]
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return None, [_unreadable(name, f"cannot be read: {reason}", "check the path and its permissions")]
    if not data.strip():
        return None, [Problem("error", "the file is empty", name, 1, "", "write to it or remove it", "empty-file")]
    return data, []


def read_utf8(path: Path) -> tuple[str | None, list[Problem]]:
    """Return the text of a source that people write (a leading byte order mark dropped), or the reason why not."""
    data, problems = read_bytes(path)
    if data is None:
        return None, problems
    try:
        return data.decode("utf-8").removeprefix("\ufeff"), []
    except UnicodeDecodeError as error:
        return None, [_not_utf8(str(path), data, error)]


def _unreadable(name: str, message: str, remedy: str) -> Problem:
    return Problem("error", message, name, None, name, remedy, "not-readable")


def _not_utf8(name: str, data: bytes, error: UnicodeDecodeError) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    value = f"0x{data[error.start]:02X}"
    message = f"byte {value} at offset {error.start} is not UTF-8"
    return Problem("error", message, name, line, value, "save the file as UTF-8", "not-utf8")
