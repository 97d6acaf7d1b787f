"""Files that a plug-in reads; see :mod:`kg.plugins`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import IO, cast

from pyoxigraph import Quad, Triple

from kg.errors import SourceError
from kg.plugins import READERS, plugins
from kg.reading.quads import QuadStream

__all__ = ["plugged_quads", "require_form"]


def plugged_quads(stream: IO[bytes], form: str, name: str) -> QuadStream:
    """Return the quads that a plug-in reads out of a stream, which is closed at the end.

    Args:
        stream: the bytes, unpacked.
        form: the name of the plug-in.
        name: the file as the user named it.

    Raises:
        PluginError: it failed, or gave something else; when it turns out.
    """
    plugin = plugins(READERS)[form]

    def read() -> Iterator[Quad]:
        with closing(stream):
            found = cast("Iterable[object]", plugin.call(stream, name, gives=Iterable))
            with plugin.blamed():
                for each in found:
                    if isinstance(each, Triple):
                        yield Quad(each.subject, each.predicate, each.object)
                    elif isinstance(each, Quad):
                        yield each
                    else:
                        raise TypeError(f"it gave {type(each).__name__}, not Quad or Triple")

    return QuadStream(name, read())


def require_form(form: str, own: Sequence[str]) -> None:
    """Refuse a form that neither kgq nor a plug-in reads.

    Args:
        form: as the user named it.
        own: the forms that kgq reads by itself.

    Raises:
        SourceError: nothing reads it.
    """
    known = (*own, *plugins(READERS))
    if form not in known:
        from kg.documents.spelling import did_you_mean

        remedy = did_you_mean(form, known, f"use one of {', '.join(known)}")
        raise SourceError(f"no form '{form}'; {remedy}.")
