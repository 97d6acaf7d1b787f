"""RDF from files into a store: as fast as the engine reads where it can, graph by graph where it must."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from kg.errors import SourceError

__all__ = [
    "FORMATS",
    "Progress",
    "Report",
    "format_of",
    "has_own_graphs",
    "load_triples",
    "read_prefixes",
    "read_quads",
]

FORMATS: dict[str, RdfFormat] = {
    ".ttl": RdfFormat.TURTLE,
    ".turtle": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".n3": RdfFormat.N3,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
"""The format of a file by the end of its name; ``.gz`` may follow."""

_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come.

    Attributes:
        step: what is done now.
        done: bytes read.
        total: bytes there are; 0 if unknown.
        seconds: since the load began.
    """

    step: str
    done: int = 0
    total: int = 0
    seconds: float = 0.0


Report = Callable[[Progress], None]


def format_of(path: Path) -> RdfFormat | None:
    """Return the format of a file by its name; None if it is not RDF."""
    suffix = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    return FORMATS.get(suffix.lower())


def has_own_graphs(form: RdfFormat) -> bool:
    """Say whether files of a format may name graphs."""
    return form.supports_datasets


@contextmanager
def _reading_errors(path: Path, form: RdfFormat) -> Iterator[None]:
    try:
        yield
    except SyntaxError as error:
        reason = " ".join(str(error.msg).replace("Parser error ", "").split()).rstrip(".")
        raise SourceError(
            f"not valid {form.name}: {reason}. Nothing was loaded; correct the file.",
            path=str(path),
            line=error.lineno,
        ) from error
    except (EOFError, ValueError) as error:
        raise SourceError(f"cannot be read: {error}. Check the file.", path=str(path)) from error
    except OSError as error:
        if error.errno is None and "gzip" not in str(error).lower():
            raise
        raise SourceError(f"cannot be read: {error}. Check the file.", path=str(path)) from error


def load_triples(
    engine: Store, path: Path, graph: NamedNode | DefaultGraph, base: str, report: Report | None = None
) -> None:
    """Load a file of triples into a graph of its own.

    Args:
        engine: where to.
        path: Turtle, N-Triples, N3 or RDF/XML, ``.gz`` too.
        graph: the graph.
        base: what relative IRIs are resolved against.
        report: called from time to time with how far it is.

    Raises:
        SourceError: the file is not valid.
    """
    form = format_of(path)
    assert form is not None  # noqa: S101 - the caller has asked
    with _reading_errors(path, form), _watched(path, report):
        if path.suffix.lower() == ".gz":
            with _unzipped(path) as stream:
                engine.bulk_load(stream, format=form, base_iri=base, to_graph=graph)
        else:
            engine.bulk_load(path=str(path), format=form, base_iri=base, to_graph=graph)


def read_quads(path: Path, graph: str, report: Report | None = None) -> Iterator[Quad]:
    """Yield the quads of a file that names graphs; what is in its default graph goes to the graph given.

    Raises:
        SourceError: the file is not valid.
    """
    form = format_of(path)
    assert form is not None  # noqa: S101 - the caller has asked
    default, name = DefaultGraph(), NamedNode(graph)
    with _reading_errors(path, form), _watched(path, report), _opened(path) as stream:
        for quad in parse(stream, format=form, base_iri=graph, rename_blank_nodes=True):
            if quad.graph_name == default:
                yield Quad(quad.subject, quad.predicate, quad.object, name)
            else:
                yield quad


def read_prefixes(path: Path) -> dict[str, str]:
    """Return the prefixes that a file declares before its first statement."""
    form = format_of(path)
    if form is None or form in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS, RdfFormat.JSON_LD):
        return {}
    with _reading_errors(path, form), _opened(path) as stream:
        parser = parse(stream, format=form, base_iri="https://w3id.org/kgq/")
        next(parser, None)
        return dict(parser.prefixes)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    stream = _unzipped(path) if path.suffix.lower() == ".gz" else path.open("rb")
    with stream:
        yield stream


def _unzipped(path: Path) -> IO[bytes]:
    import gzip

    return cast("IO[bytes]", gzip.open(path, "rb"))


@contextmanager
def _watched(path: Path, report: Report | None) -> Iterator[None]:
    """Report how much of a file has been read, by looking at the place of whoever has it open."""
    if report is None:
        yield
        return
    total, begun, ended = path.stat().st_size, time.monotonic(), threading.Event()

    def watch() -> None:
        while not ended.wait(_EVERY):
            report(Progress("load", min(_place(path), total), total, time.monotonic() - begun))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
        report(Progress("load", total, total, time.monotonic() - begun))
    finally:
        ended.set()
        watcher.join()


def _place(path: Path) -> int:
    """Return how far this process has read an open file; 0 where the system does not say."""
    target = str(path.resolve())
    try:
        for link in Path("/proc/self/fd").iterdir():
            if str(link.readlink()) == target:
                text = Path(f"/proc/self/fdinfo/{link.name}").read_text(encoding="ascii")
                return int(text.partition("pos:")[2].split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return 0
