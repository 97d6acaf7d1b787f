"""Quads of one file, one by one, with its prefixes; whatever goes wrong says the file and the line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import IO, cast

import pyoxigraph
from pyoxigraph import Quad

from kg.errors import KgError, SourceError
from kg.reading.guards import GuardedStream, guard_for
from kg.reading.hextuples import hextuples
from kg.reading.unpacking import UNPACKING_ERRORS
from kg.syntaxes import RDF_SYNTAXES, title_of

__all__ = ["QuadStream", "guarded", "native", "said_by"]

_EXPECTED: tuple[type[Exception], ...] = (
    SyntaxError, OSError, ValueError, MemoryError, KgError, *UNPACKING_ERRORS,
)  # fmt: skip
_PLACE = re.compile(r"^Parser error (?:at line \d+|between line \d+)[^:]*: |^Parser error ")
_LINE_AFTER = re.compile(r" \(line \d+\)$")
_NOT_UTF8 = re.compile(r"(?i)invalid utf-?8|cannot decode input|stream did not contain valid utf-8")


class QuadStream(Iterator[Quad]):
    """An iterator over quads that knows where they come from.

    Attributes:
        name: the file as the user named it.
        prefixes: the short names declared so far; complete when the iterator is exhausted.
    """

    def __init__(self, name: str, quads: Iterator[Quad], prefixes: Callable[[], dict[str, str]] = dict) -> None:
        self.name = name
        self._quads = quads
        self._prefixes = prefixes

    def __next__(self) -> Quad:
        return next(self._quads)

    @property
    def prefixes(self) -> dict[str, str]:
        """The short names declared so far."""
        return self._prefixes()


def guarded(stream: IO[bytes], syntax: str, name: str) -> GuardedStream:
    """Return a stream that keeps from a parser what it cannot bear."""
    return GuardedStream(stream, guard_for(syntax, name), name)


def native(
    stream: IO[bytes], syntax: str, name: str, base: str, doubt: Callable[[], IO[bytes]] | None = None
) -> QuadStream:
    """Return the quads of RDF in any syntax.

    Args:
        stream: its bytes.
        syntax: a name of :data:`kg.syntaxes.RDF_SYNTAXES`.
        name: the file as the user named it.
        base: the IRI that relative IRIs are resolved against.
        doubt: opens the bytes again, to find the one that is not UTF-8.
    """
    parser_format = RDF_SYNTAXES[syntax]
    watched = guarded(stream, syntax, name)
    if parser_format is None:

        def own() -> Iterator[Quad]:
            with closing(watched), said_by(name, syntax, watched, doubt):
                yield from hextuples(cast("IO[bytes]", watched), name)

        return QuadStream(name, own())
    lines = syntax in ("ntriples", "nquads")
    with said_by(name, syntax, watched, doubt):
        parser = pyoxigraph.parse(
            cast("IO[bytes]", watched), format=parser_format, base_iri=None if lines else base
        )

    def parsed() -> Iterator[Quad]:
        with closing(watched), said_by(name, syntax, watched, doubt):
            yield from parser

    return QuadStream(name, parsed(), lambda: dict(parser.prefixes))


@contextmanager
def said_by(
    name: str, syntax: str, stream: GuardedStream | None = None, doubt: Callable[[], IO[bytes]] | None = None
) -> Iterator[None]:
    """Turn what reading and parsing a file raise into one line with the file, the line and a remedy.

    Args:
        name: the file as the user named it.
        syntax: what it is read as.
        stream: what it is read through; an error raised there is the one to tell.
        doubt: opens the bytes again, to find the one that is not UTF-8.
    """
    try:
        yield
    except _EXPECTED as error:
        told: BaseException = error if stream is None or stream.failure is None else stream.failure
        if isinstance(told, KgError):
            raise told from error
        raise _translated(told, name, syntax, doubt) from error


def _translated(
    error: BaseException, name: str, syntax: str, doubt: Callable[[], IO[bytes]] | None
) -> SourceError:
    if isinstance(error, UnicodeDecodeError):
        error = SyntaxError("invalid UTF-8")
    if isinstance(error, SyntaxError):
        line = error.lineno
        reason = " ".join(str(error.msg).split())
        if _NOT_UTF8.search(reason):
            found = None if doubt is None else _first_bad_byte(doubt)
            if found is not None:
                message = f"byte 0x{found[0]:02X} at offset {found[1]} is not UTF-8. Save the file as UTF-8."
                return SourceError(message, path=name, line=found[2])
            return SourceError("is not UTF-8. Save the file as UTF-8.", path=name, line=line)
        reason = _LINE_AFTER.sub("", _PLACE.sub("", reason)).rstrip(".")
        if "LoadDocumentCallback" in reason:
            reason = "it names a remote context, and kgq fetches none"
            remedy = "Write the context into the file."
        else:
            remedy = "Correct the file."
        return SourceError(f"not valid {title_of(syntax)}: {_shortened(reason)}. {remedy}", path=name, line=line)
    if isinstance(error, MemoryError):
        return SourceError("a single term is longer than 16 MiB. Shorten it, or close its quotes.", path=name)
    if isinstance(error, OSError) and error.strerror:
        return SourceError(f"cannot be read: {error.strerror}. Check the file.", path=name)
    reason = " ".join(str(error).split()).rstrip(".")
    return SourceError(f"cannot be read: {_shortened(reason)}. Check the file.", path=name)


def _shortened(reason: str) -> str:
    """Return a reason with what it quotes of the file cut to a bearable length."""
    clean = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in reason)
    return clean if len(clean) <= 240 else clean[:160] + " … " + clean[-60:]


def _first_bad_byte(again: Callable[[], IO[bytes]]) -> tuple[int, int, int] | None:
    """Return the first byte that is not UTF-8, its offset and its line."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    at, line = 0, 1
    try:
        with again() as stream:
            while True:
                data = stream.read(1 << 20)
                held = len(decoder.getstate()[0])
                try:
                    decoder.decode(data, not data)
                except UnicodeDecodeError as error:
                    place = error.start - held
                    before = data.count(b"\n", 0, max(0, place))
                    return error.object[error.start], at + place, line + before
                if not data:
                    return None
                at += len(data)
                line += data.count(b"\n")
    except _EXPECTED:
        return None
