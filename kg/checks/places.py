"""The file and line a term stands on, found in the text of the sources when a problem needs it."""

from __future__ import annotations

from collections.abc import Sequence

from kg.errors import KgError
from kg.reading.sources import SourceFile
from kg.terms import PREFIXES

__all__ = ["Places"]

_SEARCHED = 64 * 1024 * 1024
_WRITTEN = frozenset({"turtle", "trig", "n3", "ntriples", "nquads", "rdfxml", "jsonld", "hextuples"})


class Places:
    """Finds terms in the files that a graph was read from.

    Args:
        sources: the files, in order; the first that holds a term is its place.
        prefixes: the short names declared in them.
    """

    def __init__(self, sources: Sequence[SourceFile], prefixes: dict[str, str]) -> None:
        self._sources = [s for s in sources if s.form in _WRITTEN and s.path is not None]
        self._prefixes = {**prefixes, **PREFIXES}
        self._texts: dict[str, bytes] = {}

    def __call__(self, iri: str) -> tuple[str, int | None]:
        """Return where an IRI is described, else where it first occurs; ('', None) where it is not found."""
        for source in self._sources:
            text = self._text(source)
            at = self._found(text, iri)
            if at is not None:
                return source.name, text.count(b"\n", 0, at) + 1
        only = self._sources[0].name if len(self._sources) == 1 else ""
        return only, None

    def _text(self, source: SourceFile) -> bytes:
        if source.name not in self._texts:
            try:
                with source.open() as stream:
                    self._texts[source.name] = stream.read(_SEARCHED)
            except KgError:
                self._texts[source.name] = b""
        return self._texts[source.name]

    def _found(self, text: bytes, iri: str) -> int | None:
        names = [f"<{iri}>", f'"{iri}"']
        names += [f"{p}:{iri[len(base) :]}" for p, base in self._prefixes.items() if base and iri.startswith(base)]
        begun = [at for name in names if (at := _name(text, b"\n" + name.encode())) is not None]
        if begun:
            return min(begun) + 1
        anywhere = [at for name in names if (at := _name(text, name.encode())) is not None]
        return min(anywhere, default=None)


def _name(text: bytes, name: bytes) -> int | None:
    """Return where a name stands as a whole: not as the beginning of a longer one."""
    at = text.find(name)
    while at >= 0:
        after = text[at + len(name) : at + len(name) + 1]
        if name[-1:] in b'>"' or not (after.isalnum() or after in (b"_", b"-")):
            return at
        at = text.find(name, at + 1)
    return None
