"""From what a caller names to a dataset: the built-in graph, RDF files and folders, rdflib graphs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import RdfFormat, Store

from kg.cache.telling import Tell, say_nothing
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import SourceError
from kg.resources import ontology_folder
from kg.terms import PREFIXES

if TYPE_CHECKING:
    import rdflib

    from kg.engines.http.settings import Endpoint
    from kg.reading.sources import SourceFile
    from kg.vocabulary import Vocabulary

__all__ = ["Source", "built_folder", "load_aside", "open_dataset", "read_vocabulary"]

Source: TypeAlias = "str | Path | Sequence[str | Path] | rdflib.Graph | Endpoint | None"
"""What a graph can be opened from."""

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
        source: None for the graph that ships with kgq; an RDF file (``.gz`` and ``.zst`` too), a mapping of
            tables, a folder of files or of claims, a glob, ``-`` for standard input, or several of these; the URL
            of a SPARQL endpoint, or what is known of one; or an rdflib graph, which stays the caller's.
        union: whether the default graph is the union of all; by default where the data holds claims.
        cache: whether large files may be kept parsed in the user's cache folder, and be read from there. Such a
            dataset lies on disk, and its process must not fork.

    Raises:
        SourceError: a file is missing, empty or broken, or its format is unknown.
    """
    if source is None:
        return _open_built(union)
    if isinstance(source, (str, Path, Sequence)):
        sources = [source] if isinstance(source, (str, Path)) else list(source)
        if not sources:
            raise SourceError("no source is given. Name a file, or None for the graph that ships with kgq.")
        url = _url_among(sources)
        return _open_files(sources, union, cache) if url is None else _open_endpoint(url, union)
    from kg.engines.http.settings import Endpoint

    if isinstance(source, Endpoint):
        return _open_endpoint(source, union)
    if not hasattr(source, "namespaces"):
        kind = type(source).__name__
        raise SourceError(f"'{kind}' is no source of a graph. Give a path, a URL or an rdflib graph.")
    from kg.engines.rdf_lib import RdflibEngine

    prefixes = {name: str(base) for name, base in source.namespaces() if name not in _RESERVED}
    return Dataset(RdflibEngine(source), prefixes=prefixes, union=union)


def _url_among(sources: Sequence[str | Path]) -> str | None:
    urls = [name for name in map(str, sources) if name.lower().startswith(("http://", "https://"))]
    if urls and len(sources) > 1:
        raise SourceError(
            "an endpoint is asked by itself. Name no file and no second URL beside it.", path=urls[0]
        )
    return urls[0] if urls else None


def _open_endpoint(source: str | Endpoint, union: bool | None) -> Dataset:
    """Open an endpoint; no more than a few questions are asked before the first one of the caller."""
    from kg.engines.http.settings import Endpoint
    from kg.engines.remote import RemoteEngine

    endpoint = Endpoint.from_environment(source) if isinstance(source, str) else source
    return Dataset(RemoteEngine(endpoint), union=union)


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


def read_vocabulary(
    dataset: Dataset,
    lang: str = "en",
    *,
    built_in: bool = False,
    whole: bool = False,
    tell: Tell = say_nothing,
) -> Vocabulary:
    """Return what can be asked of a dataset: kept from before, or read now.

    Args:
        dataset: any.
        lang: the language of labels, where there is a choice.
        built_in: whether it is the graph that ships with kgq, whose vocabulary is built ahead.
        whole: of a large graph, read all names, however long that takes.
        tell: told how far that is.
    """
    if built_in and (built_folder() / "vocabulary.json").is_file():
        from kg.vocabulary.written import WrittenVocabulary

        return WrittenVocabulary(built_folder())
    if dataset.is_remote:
        from kg.cache.endpoint import endpoint_vocabulary

        return endpoint_vocabulary(dataset, lang, whole=whole, tell=tell)
    from kg.cache.graphs import cached_vocabulary

    return cached_vocabulary(dataset, lang, whole=whole, tell=tell)


def _built_version() -> str:
    path = built_folder() / "manifest.json"
    return str(json.loads(path.read_bytes())["version"]) if path.is_file() else ""


def _open_files(sources: Sequence[str | Path], union: bool | None, cache: bool) -> Dataset:
    stores = [source for source in sources if (Path(source) / "kgq-store.json").is_file()]
    if stores:
        if len(sources) > 1:
            raise SourceError(
                "a store is opened by itself. Load the files into it with kgq load.", path=str(stores[0])
            )
        from kg.store.reading import store_dataset

        return store_dataset(stores[0], union=union)
    from kg.reading.sources import find_sources

    found = find_sources(sources)

    def load(store: Store) -> dict[str, str]:
        prefixes: dict[str, str] = {}
        for source in found:
            prefixes.update(source.load(store))
        return {name: base for name, base in prefixes.items() if name not in _RESERVED}

    if cache and all(source.is_rdf and source.path is not None for source in found):
        from kg.cache.graphs import open_cached

        cached = open_cached([file for source in found for file in source.files], load, union=union)
        if cached is not None:
            return cached
    engine = OxigraphEngine()
    prefixes = load(engine.store)
    return Dataset(engine, prefixes=prefixes, union=union, version=_stamp(found))


def _stamp(sources: Sequence[SourceFile]) -> str:
    """Identify the content of files by their names, sizes and times; what has none of these, by nothing else."""
    import hashlib
    import secrets

    files = [file for source in sources for file in source.files]
    facts = [(str(file.resolve()), stat.st_size, stat.st_mtime_ns) for file in files for stat in [file.stat()]]
    once = secrets.token_hex(8) if any(not source.files for source in sources) else ""
    return hashlib.sha256(repr((facts, once)).encode()).hexdigest()[:16]
