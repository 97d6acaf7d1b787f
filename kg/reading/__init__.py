"""Whatever people have, read as RDF: files of every syntax, tables with a mapping, folders, standard input.

The one entry is :func:`find_sources`: it turns what a caller names into :class:`SourceFile` objects, each of
which gives its quads one by one (``quads()``) or fills a store by the shortest way (``load()``). Nothing here
opens a connection, and everything that is not as it should be is a :class:`kg.errors.SourceError` with the file
and, where it is known, the line.
"""

from __future__ import annotations

from kg.reading.quads import QuadStream
from kg.reading.sources import FORMS, SourceFile, find_sources

__all__ = ["FORMS", "QuadStream", "SourceFile", "find_sources"]
