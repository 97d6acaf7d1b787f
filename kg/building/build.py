"""From a folder of sources to a graph: resolve, check the quotes, infer, validate, write.

The same sources give the same bytes: quads are sorted, every node has an IRI made from its content, and
nothing depends on time, place or the order of files.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat

from kg.building.sources import Sources
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import LimitError, SourceError
from kg.inference import infer
from kg.resources import ontology_folder
from kg.results import Problem
from kg.terms import PREFIXES

__all__ = [
    "ASIDE_GRAPHS",
    "FILE_FORMATS",
    "Built",
    "build",
    "changed_files",
    "is_file",
    "write_bytes",
    "write_file",
    "write_folder",
]

ASIDE_GRAPHS = frozenset(PREFIXES["graph"] + name for name in ("lexicon", "alignments", "shapes"))
"""Graphs that a question does not need: the words are in ``phrases.json``, the rest is for checking."""

_SHAPES = NamedNode(PREFIXES["graph"] + "shapes")

FILE_FORMATS = (".nq", ".trig")
"""Endings of a graph in one file: both formats keep the named graphs."""

FORMAT = 1
"""Of the files in a built folder; raised when an older kgq could not read them."""


@dataclass
class Built:
    """A graph built from sources.

    Attributes:
        dataset: the graph, inferences included.
        problems: what is wrong with it or with its sources.
        sources: what it was built from.
    """

    dataset: Dataset
    sources: Sources
    problems: list[Problem] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether any problem is an error; then nothing may be written."""
        return any(problem.severity == "error" for problem in self.problems)

    def unchecked_quotes(self) -> int:
        """Return how many quotes were not compared with a text, because it is not at hand."""
        return sum(
            len(record.anchors)
            for document in self.sources.documents
            if document.text is None
            for record in document.claims
        )

    def lines(self, *, aside: bool | None = None) -> list[str]:
        """Return the graph as sorted N-Quads.

        Args:
            aside: only the graphs that questions do not need (True), only the others (False), or all (None).
        """
        wanted = (quad for quad in self.dataset.engine.quads() if aside is None or _is_aside(quad) is aside)
        return canonical_lines(wanted)


def build(sources: Sources, *, validate: bool = True) -> Built:
    """Put sources together: infer, and hold the result against the shapes.

    Where the sources have errors nothing further is done; the problems say why.
    """
    engine = OxigraphEngine()
    engine.add(sources.quads())
    dataset = Dataset(engine, prefixes=_plain(sources.prefixes()), union=True)
    built = Built(dataset, sources, list(sources.problems))
    if built.failed:
        return built
    try:
        infer(dataset, sources.rules)
    except (LimitError, SourceError) as error:
        path = getattr(error, "path", "")
        built.problems.append(Problem("error", str(error), path, None, "", "", "inference"))
        return built
    if validate:
        from kg.validation import validate as check

        built.problems.extend(check(dataset, place=sources.place))
    return built


def canonical_lines(quads: Iterable[Quad]) -> list[str]:
    """Return quads as N-Quads lines, sorted by code point, each once.

    >>> a = NamedNode("http://example.com/a")
    >>> canonical_lines([Quad(a, a, a), Quad(a, a, a)])
    ['<http://example.com/a> <http://example.com/a> <http://example.com/a> .']
    """
    text = pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS)
    return sorted(set((text or b"").decode("utf-8").split("\n")) - {""})


def write_folder(built: Built, folder: Path) -> dict[str, bytes]:
    """Write what ``kgq query`` opens: the graph, its words, and a manifest. Return the bytes.

    Every file appears whole, and the manifest last: an interrupted build does not pass for a finished one.

    Raises:
        SourceError: the folder cannot be written to.
    """
    files = folder_files(built)
    _make_folder(folder)
    for name, data in files.items():
        write_bytes(folder / name, data)
    return files


def folder_files(built: Built) -> dict[str, bytes]:
    """Return the files of a built folder by name; the manifest last."""
    files = {
        "graph.nq": _joined(built.lines(aside=False)),
        "aside.nq": _joined(built.lines(aside=True)),
        **_vocabulary(built.dataset),
    }
    files["manifest.json"] = _json(manifest(built, files))
    return files


def manifest(built: Built, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what identifies a built folder: checksums of the files and of the sources, and counts."""
    kinds = ("Stated", "Inferred", "Background")
    return {
        "format": FORMAT,
        "version": hashlib.sha256(files["graph.nq"] + files["aside.nq"]).hexdigest(),
        "files": {name: {"sha256": _sha256(data), "bytes": len(data)} for name, data in files.items()},
        "sources": {
            _relative(path, built.sources.folder): _sha256(path.read_bytes())
            for path in sorted(built.sources.files)
        },
        "claims": {kind.lower(): _count(built.dataset, kind) for kind in kinds},
        "quads": len(built.lines()),
    }


def changed_files(folder: Path | None = None) -> list[Problem]:
    """Return what a built folder's manifest no longer tells: changed files, and sources changed since.

    A changed file is an error; a changed source is a warning, and only seen where the sources lie around the
    folder, as in a checkout.

    Args:
        folder: the built folder; the one that ships with kgq by default.

    >>> [problem for problem in changed_files() if problem.severity == "error"]
    []
    """
    built = ontology_folder() / "built" if folder is None else folder
    try:
        recorded = json.loads((built / "manifest.json").read_bytes())
        files = {built / name: about["sha256"] for name, about in recorded["files"].items()}
        wrong = [path for path, sha256 in files.items() if _sha256(path.read_bytes()) != sha256]
        sources = {built.parent / name: sha256 for name, sha256 in recorded["sources"].items()}
        stale = [
            path for path, sha256 in sources.items() if path.is_file() and _sha256(path.read_bytes()) != sha256
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = "run `kgq build`, or install kgq again"
        return [Problem("error", f"not a built graph: {error}", str(built), None, "", remedy, "not-readable")]
    message, remedy = "the file was changed after it was built", "run `kgq build`, or install kgq again"
    found = [Problem("error", message, str(path), None, path.name, remedy, "changed-file") for path in wrong]
    message, remedy = "the source was changed after the graph was built from it", "run `kgq build`"
    return found + [
        Problem("warning", message, str(path), None, path.name, remedy, "changed-source") for path in stale
    ]


def is_file(target: Path) -> bool:
    """Return whether a graph is written to a place as one file, and not as a folder.

    >>> is_file(Path("graph.nq")), is_file(Path("ontology/built"))
    (True, False)
    """
    return not target.is_dir() and bool(target.suffix)


def write_file(built: Built, path: Path) -> bytes:
    """Write the graph to one file, N-Quads (.nq) or TriG (.trig), without the shapes. Return the bytes.

    Raises:
        SourceError: the ending is another one, or the file cannot be written.
    """
    quads = built.dataset.engine.quads()
    lines = canonical_lines(quad for quad in quads if quad.graph_name != _SHAPES)
    if path.suffix.lower() == ".nq":
        data = _joined(lines)
    elif path.suffix.lower() == ".trig":
        ordered = pyoxigraph.parse(_joined(lines), format=RdfFormat.N_QUADS)
        data = pyoxigraph.serialize(ordered, format=RdfFormat.TRIG, prefixes=built.dataset.prefixes) or b""
    else:
        remedy = "Name a file that ends in .nq or .trig (both keep the named graphs), or a folder."
        raise SourceError(f"cannot write a graph as '{path.suffix or path.name}'. {remedy}", path=str(path))
    _make_folder(path.parent)
    write_bytes(path, data)
    return data


def _vocabulary(dataset: Dataset) -> dict[str, bytes]:
    from kg.vocabulary import Vocabulary
    from kg.vocabulary.written import vocabulary_files

    files = vocabulary_files(Vocabulary.from_dataset(dataset))
    return {name: text.encode("utf-8") for name, text in files.items()}


def _is_aside(quad: Quad) -> bool:
    return isinstance(quad.graph_name, NamedNode) and quad.graph_name.value in ASIDE_GRAPHS


def _count(dataset: Dataset, kind: str) -> int:
    return len(dataset.select(f"SELECT DISTINCT ?claim {{ ?claim a kgq:{kind}Claim }}"))


def _plain(prefixes: Mapping[str, str]) -> dict[str, str]:
    return {name: iri for name, iri in prefixes.items() if name}


def _relative(path: Path, folder: Path) -> str:
    """Return how the manifest names a source: below its folder, or as one that ships with kgq."""
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return f"kgq/{path.name}"


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"cannot be made: {error.strerror}. Name another folder.", path=str(folder)) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write to a temporary file beside the target, then rename: readers see the old file or the new one.

    Raises:
        SourceError: the place cannot be written to.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise SourceError(f"cannot be written: {error.strerror}. Name another place.", path=str(path)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise SourceError(f"cannot be written: {error.strerror}. Name another place.", path=str(path)) from error
