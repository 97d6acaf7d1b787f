"""What is kept from the parsers: nesting that exhausts them, XML entities that grow, other encodings.

The engine's parsers are native code. Measured with pyoxigraph 0.5.13: 20,000 triple terms inside each other end
the process, 20,000 nested elements of RDF/XML take 22 s and 60,000 levels of JSON-LD more than a minute (both
grow with the square), and entities of entities are written out in full. A guard sees every piece of a file
before its parser does.
"""

from __future__ import annotations

import io
import re
from itertools import accumulate
from typing import IO, Any, Protocol
from xml.parsers import expat

from kg.errors import SourceError

__all__ = ["MAX_DEPTH", "Guard", "GuardedStream", "guard_for"]

MAX_DEPTH = 1_000
"""Levels of nesting in one file."""

_ENTITY_LENGTH = 1_024
_ENTITIES = 1_000
_TRIPLE_TERMS = re.compile(rb"<<\(|\)>>")
_JSON = re.compile(rb'\\.|["{}\[\]]')
_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_NO_BRACKETS = bytes(sorted(set(range(256)) - set(_STEPS)))
_BOM = b"\xef\xbb\xbf"


class Guard(Protocol):
    """Sees a file in pieces, in order."""

    def feed(self, data: bytes) -> None:
        """Look at the next piece; raises SourceError."""

    def end(self) -> None:
        """Look at the whole, all pieces having been seen; raises SourceError."""


class _TripleTermGuard:
    """Counts the triple terms that are open at once (RDF 1.2)."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._line = 1
        self._rest = b""

    def feed(self, data: bytes) -> None:
        text = self._rest + data
        if b"<<" in text or self._depth:
            for found in _TRIPLE_TERMS.finditer(text):
                self._depth = self._depth + 1 if found[0] == b"<<(" else max(0, self._depth - 1)
                if self._depth > MAX_DEPTH:
                    line = self._line + text.count(b"\n", 0, found.start())
                    raise _too_deep("triple terms", self._name, line)
        self._rest = text[-2:]  # half a token, perhaps
        self._line += text.count(b"\n", 0, len(text) - len(self._rest))

    def end(self) -> None:
        return


class _JsonGuard:
    """Counts the objects and arrays that are open at once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._line = 1
        self._quoted = False
        self._rest = b""

    def feed(self, data: bytes) -> None:
        text = self._rest + data
        whole = len(text.rstrip(b"\\"))  # what a backslash at the end takes away comes with the next piece
        text, self._rest = text[:whole], text[whole:]
        pieces = text.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        outside = b"".join(pieces[1 if self._quoted else 0 :: 2])
        depths = list(
            accumulate(map(_STEPS.__getitem__, outside.translate(None, _NO_BRACKETS)), initial=self._depth)
        )
        if max(depths) > MAX_DEPTH:
            raise _too_deep("objects and arrays", self._name, self._line + self._lines_before(text))
        self._depth = depths[-1]
        self._quoted ^= len(pieces) % 2 == 0
        self._line += text.count(b"\n")

    def _lines_before(self, text: bytes) -> int:
        """Return how many lines of a piece end before it is too deep."""
        depth, quoted = self._depth, self._quoted
        for found in _JSON.finditer(text):
            if found[0] == b'"':
                quoted = not quoted
            elif not quoted:
                depth += _STEPS.get(found[0][0], 0)
                if depth > MAX_DEPTH:
                    return text.count(b"\n", 0, found.start())
        return 0

    def end(self) -> None:
        return


class _XmlGuard:
    """Runs expat ahead of the parser: depth, entities, external references, and the line of what is no XML."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._entities = 0
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._stop
        parser.EntityDeclHandler = self._entity
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def _start(self, *_: object) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep("elements", self._name, self._parser.CurrentLineNumber)

    def _stop(self, _: object) -> None:
        self._depth -= 1

    def _entity(self, entity: str, parameter: bool, value: str | None, *_: object) -> None:
        self._entities += 1
        if value is None or parameter:
            why = "refers to another file or is a parameter, and kgq opens no other file"
        elif "&" in value or len(value) > _ENTITY_LENGTH:
            why = f"holds another entity or more than {_ENTITY_LENGTH:,} characters"
        elif self._entities > _ENTITIES:
            why = f"is one of more than {_ENTITIES:,}"
        else:
            return
        raise SourceError(
            f"the XML entity '{entity[:80]}' {why}. Write its text out.",
            path=self._name,
            line=self._parser.CurrentLineNumber,
        )

    def feed(self, data: bytes) -> None:
        self._parse(data, False)

    def end(self) -> None:
        self._parse(b"", True)

    def _parse(self, data: bytes, last: bool) -> None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise SourceError(
                f"not valid RDF/XML: {reason}. Correct the file.", path=self._name, line=error.lineno
            ) from error


class GuardedStream(io.RawIOBase):
    """A stream that a guard sees first. A byte order mark at its beginning is dropped.

    Attributes:
        failure: what a guard, or reading itself, raised: parsers wrap it, the caller raises it as it was.
    """

    def __init__(self, stream: IO[bytes], guard: Guard | None, name: str) -> None:
        self._stream = stream
        self._guard = guard
        self._name = name
        self._begun = False
        self._ended = False
        self.failure: Exception | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next piece into a buffer, having looked at it."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, having looked at it."""
        try:
            return self._next(size)
        except Exception as error:
            self.failure = error
            raise

    def _next(self, size: int) -> bytes:
        data = self._stream.read(size) or b""
        if not self._begun and data:
            self._begun = True
            refuse_encoding(data, self._name)
            if data.startswith(_BOM):
                data = data[3:] or (self._stream.read(size) or b"")
        if self._guard is None:
            return data
        if data:
            self._guard.feed(data)
        elif not self._ended:
            self._ended = True
            self._guard.end()
        return data

    def close(self) -> None:
        """Close the stream beneath."""
        if not self.closed:
            self._stream.close()
        super().close()


def refuse_encoding(head: bytes, name: str) -> None:
    """Raise where the first bytes are those of UTF-16 or UTF-32."""
    marks = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}
    found = next((encoding for mark, encoding in marks.items() if head.startswith(mark)), "")
    if not found and len(head) >= 4 and (head[1:4:2] == b"\0\0" or head[0:4:2] == b"\0\0"):
        found = "UTF-16"
    if found:
        raise SourceError(f"is {found}, and kgq reads UTF-8. Save the file as UTF-8.", path=name, line=1)


def guard_for(syntax: str, name: str) -> Guard | None:
    """Return what has to see a file of a syntax before its parser."""
    if syntax == "rdfxml":
        return _XmlGuard(name)
    if syntax == "jsonld":
        return _JsonGuard(name)
    return None if syntax == "hextuples" else _TripleTermGuard(name)


def _too_deep(what: str, name: str, line: int) -> SourceError:
    message = f"more than {MAX_DEPTH:,} {what} are nested in each other. Write them side by side."
    return SourceError(message, path=name, line=line)
