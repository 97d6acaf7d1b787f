"""From what a caller names to a dataset: the built-in graph, RDF files and folders, rdflib graphs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias, cast

from pyoxigraph import RdfFormat, Store, parse

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import SourceError
from kg.resources import ontology_folder
from kg.terms import PREFIXES

if TYPE_CHECKING:
    import rdflib

__all__ = ["RDF_SUFFIXES", "Source", "built_folder", "load_aside", "open_dataset"]

Source: TypeAlias = "str | Path | Sequence[str | Path] | rdflib.Graph | None"
"""What a graph can be opened from."""

RDF_SUFFIXES: dict[str, RdfFormat] = {
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

_DOMAIN = frozenset({"aii", "id", "doc", "rule", "lex", "graph"})
_RESERVED = (
    frozenset(PREFIXES) - _DOMAIN
)  # kgq's own queries use these, so a file cannot give them another meaning


def built_folder() -> Path:
    """Return where the graph that ships with kgq lies, built ahead."""
    return ontology_folder() / "built"


def open_dataset(source: Source = None, *, union: bool | None = None, cache: bool = False) -> Dataset:
    """Open a graph.

    Args:
        source: None for the graph that ships with kgq; an RDF file (``.gz`` too), a folder of them, or several;
            or an rdflib graph, which stays the caller's.
        union: whether the default graph is the union of all; by default where the data holds claims.
        cache: whether large files may be kept parsed in the user's cache folder, and be read from there. Such a
            dataset lies on disk, and its process must not fork.

    Raises:
        SourceError: a file is missing, empty or broken, or its format is unknown.
    """
    if source is None:
        return _open_built(union)
    if isinstance(source, (str, Path)):
        return _open_files([source], union, cache)
    if isinstance(source, Sequence):
        return _open_files(list(source), union, cache)
    from kg.engines.rdf_lib import RdflibEngine

    prefixes = {name: str(base) for name, base in source.namespaces() if name not in _RESERVED}
    return Dataset(RdflibEngine(source), prefixes=prefixes, union=union)


def _open_built(union: bool | None) -> Dataset:
    """Open the part of the built-in graph that questions need; :func:`load_aside` brings the rest."""
    path = built_folder() / "graph.nq"
    if not path.is_file():
        raise SourceError("the built-in graph is missing. Run `kgq build`, or reinstall kgq.", path=str(path))
    return Dataset(OxigraphEngine.from_nquads(path), union=union, has_claims=True, version=_built_version())


def load_aside(dataset: Dataset) -> None:
    """Add what questions do not need to a dataset of the built-in graph: lexicon, alignments, shapes."""
    path = built_folder() / "aside.nq"
    if path.is_file() and isinstance(dataset.engine, OxigraphEngine):
        dataset.engine.store.load(path=str(path), format=RdfFormat.N_QUADS, lenient=True)


def _built_version() -> str:
    path = built_folder() / "manifest.json"
    return str(json.loads(path.read_bytes())["version"]) if path.is_file() else ""


def _open_files(sources: Sequence[str | Path], union: bool | None, cache: bool) -> Dataset:
    files = [file for source in sources for file in _files(source)]

    def load(store: Store) -> dict[str, str]:
        prefixes: dict[str, str] = {}
        for file in files:
            _load(store, file, prefixes)
        return prefixes

    if cache:
        from kg.cache.graphs import open_cached

        cached = open_cached(files, load, union=union)
        if cached is not None:
            return cached
    engine = OxigraphEngine()
    prefixes = load(engine.store)
    return Dataset(engine, prefixes=prefixes, union=union, version=_stamp(files))


def _files(source: str | Path) -> Iterator[Path]:
    """Yield the RDF files a source stands for, in a fixed order."""
    name = str(source)
    if "://" in name:
        raise SourceError(f"'{name}' is a URL, and kgq reads RDF files and folders. Download it first.")
    path = Path(source)
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.is_file() and _format(file) is not None)
        if not found:
            hint = (
                "Run `kgq build` on it first." if any(path.rglob("claims.csv")) else f"Looked for {_suffixes()}."
            )
            raise SourceError(f"no RDF files in this folder. {hint}", path=name)
        yield from found
    elif not path.exists():
        raise SourceError("no such file or folder. Check the path.", path=name)
    elif _format(path) is None:
        raise SourceError(f"not a readable RDF source by its name. Its name must end in {_suffixes()}.", path=name)
    else:
        yield path


def _format(path: Path) -> RdfFormat | None:
    suffix = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    return RDF_SUFFIXES.get(suffix.lower())


def _suffixes() -> str:
    return ", ".join(RDF_SUFFIXES) + " (or one of these and .gz)"


def _load(store: Store, path: Path, prefixes: dict[str, str]) -> None:
    rdf_format = _format(path)
    assert rdf_format is not None  # noqa: S101 - _files yields no other
    base = path.absolute().as_uri()
    try:
        if path.stat().st_size == 0:
            raise SourceError("the file is empty. Give it RDF data.", path=str(path))
        if path.suffix.lower() == ".gz":
            with _unzipped(path) as stream:
                store.bulk_load(stream, format=rdf_format, base_iri=base)
            with _unzipped(path) as stream:
                prefixes.update(_prefixes(stream, rdf_format))
        else:
            store.bulk_load(path=str(path), format=rdf_format, base_iri=base)
            with path.open("rb") as stream:
                prefixes.update(_prefixes(stream, rdf_format))
    except SyntaxError as error:
        reason = str(error.msg).replace("Parser error ", "").rstrip(".")
        raise SourceError(
            f"not valid {rdf_format.name}: {reason}. Correct the file.", path=str(path), line=error.lineno
        ) from error
    except (OSError, EOFError, ValueError) as error:
        raise SourceError(f"cannot be read: {error}. Check the file.", path=str(path)) from error


def _unzipped(path: Path) -> IO[bytes]:
    import gzip

    return cast("IO[bytes]", gzip.open(path, "rb"))


def _prefixes(stream: IO[bytes], rdf_format: RdfFormat) -> dict[str, str]:
    """Return the prefixes declared before the first statement."""
    if rdf_format in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS, RdfFormat.JSON_LD):
        return {}
    parser = parse(stream, format=rdf_format)
    next(parser, None)
    return {name: base for name, base in parser.prefixes.items() if name not in _RESERVED}


def _stamp(files: Sequence[Path]) -> str:
    """Identify the content of files by their names, sizes and times."""
    import hashlib

    facts = [(str(file.resolve()), stat.st_size, stat.st_mtime_ns) for file in files for stat in [file.stat()]]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
