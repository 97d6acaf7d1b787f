"""From what a caller names to files: paths, folders, globs and standard input, each with its form."""

from __future__ import annotations

import glob
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from kg.errors import SourceError
from kg.plugins import READERS, plugins
from kg.reading.quads import QuadStream, guarded, native, said_by
from kg.reading.sniffing import foreign, sniff
from kg.reading.unpacking import Progress, open_unpacked, packing_of
from kg.syntaxes import PACKINGS, RDF_SUFFIXES, RDF_SYNTAXES, TABLE_SUFFIXES, suffixes_of

if TYPE_CHECKING:
    from kg.reading.mapping import Mapping

__all__ = ["FORMS", "STDIN", "SourceFile", "find_sources"]

FORMS = (*RDF_SYNTAXES, "csv", "tsv", "xlsx", "parquet", "mapping", "claims")
"""What ``--from`` takes: syntaxes of RDF, tables (with a mapping), a mapping, a folder of claims."""

STDIN = "-"
"""The name of standard input."""

_TABLES = frozenset(TABLE_SUFFIXES.values())
_DOUBTFUL = frozenset({".owl", ".rdf", ".xml", ".json", ".txt", ".data", ""})
_DOCUMENTS = frozenset({".txt", ".md", ".markdown", ".pdf", ".docx", ".html", ".htm"})
_A_DOCUMENT = "A document becomes claims by kgq add, kgq suggest and kgq review."
_HEAD = 4096
_SKIPPED = frozenset({"built", "__pycache__", "node_modules"})


@dataclass(frozen=True)
class SourceFile:
    """One thing to read quads from.

    Attributes:
        name: as the user named it (of a file in a folder, its path).
        form: one of :data:`FORMS`.
        path: the file; None for standard input.
        packing: ``gzip``, ``zstd`` or ''.
        mapping: how the rows of a table become triples.
        content: of standard input, its bytes.
    """

    name: str
    form: str
    path: Path | None
    packing: str = ""
    mapping: Mapping | None = None
    content: IO[bytes] | None = field(default=None, repr=False, compare=False)

    @property
    def size(self) -> int | None:
        """Bytes of the file as it lies on disk; None where that is not known."""
        if self.path is None:
            return None
        if self.path.is_dir():
            return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())
        return self.path.stat().st_size

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the content depends on; none for standard input."""
        if self.path is None:
            return ()
        if self.path.is_dir():
            return tuple(sorted(file for file in self.path.rglob("*") if file.is_file()))
        named = {s.access for rule in self.mapping.rules for s in rule.sources} if self.mapping else set()
        tables = sorted(self.mapping.folder / name for name in named) if self.mapping else []
        own = [Path(self.mapping.name)] if self.mapping else []
        return tuple(dict.fromkeys([self.path, *own, *(table for table in tables if table.is_file())]))

    @property
    def base(self) -> str:
        """The IRI that relative IRIs are resolved against."""
        return "https://w3id.org/kgq/stdin/" if self.path is None else self.path.absolute().as_uri()

    @property
    def is_rdf(self) -> bool:
        """Whether the engine's own parser reads it."""
        return RDF_SYNTAXES.get(self.form) is not None

    def open(self, progress: Progress | None = None) -> io.BufferedReader:
        """Open the content, unpacked.

        Args:
            progress: told how many bytes of the file were read since it was told last.

        Raises:
            SourceError: it cannot be opened; or, while reading, it unpacks out of proportion.
        """
        source = self.path if self.path is not None else cast("IO[bytes]", self.content)
        with said_by(self.name, self.form):
            return open_unpacked(source, self.packing, self.name, progress)

    def quads(self, *, graph: str | None = None, progress: Progress | None = None) -> QuadStream:
        """Return the quads, one by one; blank nodes keep the labels they have in the file.

        Args:
            graph: IRI of the named graph that triples of the default graph are put into.
            progress: told how many bytes of the file were read since it was told last.

        Raises:
            SourceError: it cannot be read, when it turns out.
        """
        if self.form in RDF_SYNTAXES:
            doubt = None if self.path is None else self.open
            found = native(self.open(progress), self.form, self.name, self.base, doubt)
        elif self.form == "claims":
            from kg.reading.claims import claims_quads

            found = claims_quads(cast("Path", self.path))
        elif self.form in FORMS:
            from kg.reading.mapped import mapped_quads

            found = mapped_quads(self, progress)
        else:
            from kg.reading.plugged import plugged_quads

            found = plugged_quads(self.open(progress), self.form, self.name)
        if graph is None:
            return found
        placed = found
        return QuadStream(self.name, _placed(placed, graph), lambda: placed.prefixes)

    def load(self, store: Store, *, graph: str | None = None, progress: Progress | None = None) -> dict[str, str]:
        """Fill a store with the quads by the shortest way, and return the prefixes declared.

        What was loaded before an error stays in the store: load into a new one, or within a transaction of your
        own, where that matters.

        Args:
            store: where the quads go.
            graph: as for :meth:`quads`.
            progress: as for :meth:`quads`.

        Raises:
            SourceError: it cannot be read.
        """
        if not self.is_rdf:
            found = self.quads(graph=graph, progress=progress)
            own = self.form == "hextuples" or self.form not in FORMS
            store.bulk_extend(_renamed(found) if own else found)
            return found.prefixes
        parser = RDF_SYNTAXES[self.form]
        lines = self.form in ("ntriples", "nquads")
        with self.open(progress) as stream:
            head = _Heading(stream, self)
            watched = guarded(cast("IO[bytes]", head), self.form, self.name)
            with said_by(self.name, self.form, watched, None if self.path is None else self.open):
                store.bulk_load(
                    cast("IO[bytes]", watched),
                    format=parser,
                    base_iri=None if lines else self.base,
                    to_graph=None if graph is None else NamedNode(graph),
                )
            return head.prefixes()


class _Heading:
    """A stream that keeps its first bytes: bulk loading does not tell the prefixes it came across."""

    def __init__(self, stream: IO[bytes], source: SourceFile) -> None:
        self._stream = stream
        self._source = source
        self._head = b""

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size) or b""
        if len(self._head) < 1 << 20:
            self._head += data
        return data

    def close(self) -> None:
        self._stream.close()

    def prefixes(self) -> dict[str, str]:
        """Return the prefixes declared before the first statement."""
        if self._source.form in ("ntriples", "nquads", "jsonld"):
            return {}
        found = native(io.BytesIO(self._head), self._source.form, self._source.name, self._source.base)
        try:
            next(found, None)
        except SourceError:  # cut in the middle of the first statement
            return found.prefixes
        return found.prefixes


def find_sources(
    names: Sequence[str | Path],
    *,
    form: str | None = None,
    mapping: Path | None = None,
    rules: Mapping | None = None,
    stdin: IO[bytes] | None = None,
) -> list[SourceFile]:
    """Return what there is to read under the names a caller gives, in a fixed order.

    >>> from kg.resources import ontology_folder
    >>> [source.form for source in find_sources([ontology_folder() / "core.ttl"])]
    ['turtle']

    Args:
        names: files, folders (every file in them that is known by its name), globs, ``-`` for standard input.
        form: what they are, one of :data:`FORMS`; by default told by name and content.
        mapping: a YAML file that says how the rows of the tables become triples.
        rules: the same, read already.
        stdin: what ``-`` stands for; the process's own by default.

    Raises:
        SourceError: something does not exist, is empty, or is nothing that can be read.
    """
    if form is not None and form not in FORMS:
        from kg.reading.plugged import require_form

        require_form(form, FORMS)
    if mapping is not None:
        from kg.reading.mapping import read_mapping

        rules = read_mapping(mapping)
    found = [each for name in names for each in _sources(str(name), form, rules, stdin)]
    return list(dict.fromkeys(found))


def _sources(name: str, form: str | None, rules: Mapping | None, stdin: IO[bytes] | None) -> Iterator[SourceFile]:
    if name == STDIN:
        yield _standard_input(form, rules, stdin)
        return
    if "://" in name:
        raise SourceError(f"'{name}' is a URL, and kgq reads files here. Download it first.")
    if "\0" in name:
        raise SourceError("the name of the file holds a NUL character. Check the path.")
    path = Path(name)
    try:
        there, folder = path.exists(), path.is_dir()
    except OSError as error:
        raise SourceError(f"cannot be opened: {error.strerror}. Check the path.", path=name[:200]) from error
    if folder:
        yield from _folder(path, name, form, rules)
    elif there and _belongs_to_claims(path, form, rules):
        yield SourceFile(str(path.parent), "claims", path.parent)
    elif there:
        yield _file(path, name, form, rules)
    elif glob.has_magic(name):
        matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - absolute patterns too
        if not matches:
            raise SourceError("no file matches. Check the pattern.", path=name)
        for match in matches:
            if Path(match).is_file():
                yield _file(Path(match), match, form, rules)
    else:
        raise SourceError("no such file or folder. Check the path.", path=name)


def _belongs_to_claims(path: Path, form: str | None, rules: Mapping | None) -> bool:
    """Tell whether a file is a part of a folder of claims, which is read as a whole."""
    tables = path.stem in ("claims", "entities", "document") and path.suffix in (".csv", ".tsv", ".yaml", ".yml")
    plain = form is None and rules is None and tables
    return form == "claims" or (plain and (path.parent / "document.yaml").is_file())


def _folder(path: Path, name: str, form: str | None, rules: Mapping | None) -> Iterator[SourceFile]:
    from kg.building.sources import document_folders

    if form == "claims" or (form is None and document_folders(path)):
        yield SourceFile(name, "claims", path)
        return
    found = 0
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path).parts
        if any(part.startswith(".") or part in _SKIPPED for part in inside) or not file.is_file():
            continue
        suffix, _ = suffixes_of(file.name)
        own = suffix in RDF_SUFFIXES or (suffix in TABLE_SUFFIXES and rules is not None)
        if own or (suffix not in TABLE_SUFFIXES and suffix[1:] in plugins(READERS)):
            found += 1
            yield _file(file, str(file), form, rules)
    if not found:
        raise SourceError(f"no RDF files in this folder. Looked for {_suffixes()}.", path=name)


def _file(path: Path, name: str, form: str | None, rules: Mapping | None) -> SourceFile:
    with said_by(name, form or ""), path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise SourceError("the file is empty. Give it data.", path=name)
    suffix, named = suffixes_of(path.name)
    packing = packing_of(head)
    if PACKINGS.get(named, packing) != packing:
        message = f"cannot be read: its name ends in {named} and it is not {PACKINGS[named]}. Check the file."
        raise SourceError(message, path=name)
    if packing:
        with said_by(name, form or ""), open_unpacked(path, packing, name) as stream:
            head = stream.read(_HEAD)
    return _described(SourceFile(name, form or "", path, packing), suffix, head, rules)


def _standard_input(form: str | None, rules: Mapping | None, stdin: IO[bytes] | None) -> SourceFile:
    stream = io.BufferedReader(_Raw(sys.stdin.buffer if stdin is None else stdin), 1 << 16)
    head = stream.peek(_HEAD)[:_HEAD]
    if not head:
        raise SourceError("nothing came. Pipe a file into it.", path="standard input")
    packing = packing_of(head)
    if packing and form is None:
        raise SourceError("is packed. Say what it holds with --from.", path="standard input")
    return _described(SourceFile("standard input", form or "", None, packing, None, stream), "", head, rules)


class _Raw(io.RawIOBase):
    """Standard input that is not closed with what reads it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _described(source: SourceFile, suffix: str, head: bytes, rules: Mapping | None) -> SourceFile:
    """Return the source with its form and mapping."""
    from dataclasses import replace

    form = source.form or _form(source.name, suffix, head)
    if form in ("csv", "tsv", "xlsx", "parquet"):
        if rules is None:
            raise SourceError(
                "a table needs a mapping that says what its rows mean. `kgq mapping FILE` drafts one; "
                "then give it with --mapping.",
                path=source.name,
            )
        return replace(source, form=form, mapping=rules)
    if form == "mapping":
        from kg.reading.mapping import read_mapping

        if source.path is None:
            raise SourceError("a mapping must be a file. Name it.", path=source.name)
        return replace(source, form=form, mapping=read_mapping(source.path))
    return replace(source, form=form)


def _form(name: str, suffix: str, head: bytes) -> str:
    """Tell what a file is: by its name where that is plain, else by how it begins."""
    told = RDF_SUFFIXES.get(suffix) or TABLE_SUFFIXES.get(suffix)
    if told is not None and suffix not in _DOUBTFUL:
        return told
    if suffix in (".yaml", ".yml"):
        return "mapping"
    if suffix not in _DOUBTFUL and suffix[1:] in plugins(READERS):
        return suffix[1:]
    strange = foreign(head)
    if strange:
        remedy = _A_DOCUMENT if suffix in _DOCUMENTS else "Unpack or convert it."
        raise SourceError(f"is {strange}, which is not read as a graph. {remedy}", path=name)
    seen = sniff(head)
    if seen or told:
        return seen or cast("str", told)
    if suffix[1:] in plugins(READERS):
        return suffix[1:]
    ends = f"Its name must end in {_suffixes()}, or say what it is with --from."
    remedy = _A_DOCUMENT if suffix in _DOCUMENTS else ends
    raise SourceError(f"neither its name nor its content tells what it is. {remedy}", path=name)


def _placed(quads: Iterator[Quad], graph: str) -> Iterator[Quad]:
    target = NamedNode(graph)
    for quad in quads:
        if isinstance(quad.graph_name, DefaultGraph):
            yield Quad(quad.subject, quad.predicate, quad.object, target)
        else:
            yield quad


def _renamed(quads: Iterator[Quad]) -> Iterator[Quad]:
    """Give blank nodes new labels: those of two files are two, whatever they are called."""
    names: dict[BlankNode, BlankNode] = {}
    for quad in quads:
        parts = [
            names.setdefault(part, BlankNode()) if isinstance(part, BlankNode) else part
            for part in (quad.subject, quad.object, quad.graph_name)
        ]
        yield Quad(parts[0], quad.predicate, parts[1], parts[2])  # type: ignore[arg-type]


def _suffixes() -> str:
    return ", ".join(RDF_SUFFIXES) + " (or one of these and .gz or .zst)"
