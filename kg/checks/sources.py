"""Any file or folder of sources held against what kgq expects of it. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

from pyoxigraph import Quad

from kg.building.build import build
from kg.building.sources import Sources, document_folders, read_ontology, read_sources
from kg.checks.graphs import UNFINISHED, Step, check_graph
from kg.checks.places import Places
from kg.dataset import Dataset
from kg.documents.document import read_document, read_entities
from kg.documents.entities import ENTITY_COLUMNS, ENTITY_OPTIONAL, parse_entities
from kg.documents.rdf import RDF_FORMATS, read_rdf
from kg.documents.tables import read_table
from kg.documents.text import SourceText, read_utf8
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import KgError, SourceError
from kg.inference import read_rule
from kg.reading.mapping import is_mapping
from kg.reading.sources import find_sources
from kg.resources import ontology_folder
from kg.results import Problem
from kg.syntaxes import RDF_SUFFIXES, suffixes_of
from kg.terms import PREFIXES
from kg.validation import validate

__all__ = ["UNFINISHED", "UNREADABLE", "check"]

UNREADABLE = frozenset({"missing-file", "not-readable", "not-utf8", "empty-file", "syntax"})
"""Names of the checks that fail where a source cannot be read at all."""

_KGQ = PREFIXES["kgq"]
_LOOKED_AT = 200_000
_DOCUMENT_FILES = ("claims", "entities", "document")


def check(
    paths: Iterable[Path] = (),
    *,
    source: Path | None = None,
    shapes: Sequence[Path] = (),
    time_limit: float | None = None,
    step: Step | None = None,
) -> list[Problem]:
    """Return every problem of files and folders; of the sources that ship with kgq by default.

    A folder is checked the way it would be built. A file of such a folder is checked together with its
    neighbours, because a claim is only right next to its document and entities. RDF that uses kgq's terms is
    checked against kgq's shapes; all other RDF together, as :func:`kg.checks.graphs.check_graph` does it.

    Args:
        paths: files and folders.
        source: the document's text, to check the quotes against.
        shapes: files of SHACL shapes for RDF, in place of its own.
        time_limit: seconds for RDF that is not kgq's.
        step: told what is being done.
    """
    given = list(paths) or [ontology_folder()]
    units = list(dict.fromkeys(_unit(path) for path in given))
    plain = [path for path in units if shapes or _is_plain(path)]
    found: list[Problem] = []
    for path in units:
        if path not in plain:
            found.extend(_checked(path, source))
    if plain:
        found.extend(_caught(plain[0], lambda: _graph(plain, shapes, time_limit, step)))
    return list(dict.fromkeys(found))


def _is_plain(path: Path) -> bool:
    """Tell whether a path is RDF, or tables with a mapping, without a term of kgq's."""
    if path.is_dir() and (document_folders(path) or not any(path.rglob("*"))):
        return False
    suffix, packing = suffixes_of(path.name)
    if not path.is_dir() and not (path.is_file() and (suffix in RDF_SUFFIXES or is_mapping(path))):
        return False
    try:
        ours = any(_is_ours(q) for s in find_sources([path]) for q in islice(s.quads(), _LOOKED_AT))
    except KgError:
        return path.is_file()
    return not ours or (path.is_file() and (bool(packing) or suffix not in RDF_FORMATS))


def _graph(
    paths: Sequence[Path], shapes: Sequence[Path], time_limit: float | None, step: Step | None
) -> list[Problem]:
    """Check RDF as one graph; what cannot be read is told, and then nothing else."""
    engine, prefixes = OxigraphEngine(), dict[str, str]()
    sources = []
    problems = []
    for path in paths:
        try:
            for found in find_sources([path]):
                if step is not None:
                    step(f"reading {found.name}")
                prefixes.update(found.load(engine.store))
                sources.append(found)
        except SourceError as error:  # noqa: PERF203 - every file is to be told of
            problems.append(_told(error, path))
    if problems:
        return problems
    own = {name: iri for name, iri in prefixes.items() if name}
    dataset = Dataset(engine, prefixes=own, union=True)
    place = Places(sources, prefixes)
    return check_graph(dataset, place=place, shapes=shapes, time_limit=time_limit, step=step)


def _unit(path: Path) -> Path:
    """Return what has to be checked for a path: the folder of sources it belongs to, or itself."""
    folder = path.parent
    if path.is_dir() or not path.is_file():
        return path
    if path.stem in _DOCUMENT_FILES and path.suffix.lower() in (".csv", ".tsv", ".yaml", ".yml"):
        return folder.parents[1] if _is_root(folder.parent.parent) else folder
    if path.suffix.lower() == ".rq" and _is_root(folder.parent):
        return folder.parent
    return folder if _is_root(folder) and path.suffix.lower() in RDF_FORMATS else path


def _is_root(folder: Path) -> bool:
    return folder.is_dir() and (folder / "documents").is_dir() and bool(document_folders(folder))


def _checked(path: Path, source: Path | None) -> list[Problem]:
    if path.is_dir():
        return _folder(path, source)
    if not path.exists():
        return [
            Problem(
                "error", "no such file or folder", str(path), None, str(path), "check the path", "missing-file"
            )
        ]
    ending = path.suffix.lower()
    if ending in RDF_FORMATS:
        return _rdf(path)
    if ending == ".rq":
        return _caught(path, lambda: _rule(path))
    if ending in (".csv", ".tsv", ".yaml", ".yml"):
        return _table(path, source)
    remedy = f"name a folder, or a file that ends in .csv, .tsv, .yaml, .rq or {', '.join(RDF_FORMATS)}"
    return [Problem("error", "not a kind of source", str(path), None, path.suffix, remedy, "not-readable")]


def _folder(path: Path, source: Path | None) -> list[Problem]:
    return _caught(path, lambda: build(read_sources(path, source=source)).problems)


def _caught(path: Path, work: Callable[[], list[Problem]]) -> list[Problem]:
    try:
        return work()
    except KgError as error:
        return [_told(error, path)]


def _told(error: KgError, path: Path) -> Problem:
    """Return an error as a problem: its last sentence is the remedy."""
    place, line = (error.path, error.line) if isinstance(error, SourceError) else (str(path), None)
    message = str(error)
    for prefix in (f"{place}:{line}: ", f"{place}: "):
        message = message.removeprefix(prefix)
    told, dot, remedy = message.rstrip(".").rpartition(". ")
    told, remedy = (told, remedy[:1].lower() + remedy[1:]) if dot else (message.rstrip("."), "")
    rule = "not-utf8" if "UTF-8" in message else "syntax" if told.startswith("not valid") else "not-readable"
    rule = "empty-file" if told == "the file is empty" else rule
    return Problem("error", told, place or str(path), line, "", remedy, rule)


def _rule(path: Path) -> list[Problem]:
    rule = read_rule(path)
    Dataset(OxigraphEngine(), union=True).construct(rule.sparql)
    return []


def _table(path: Path, source: Path | None) -> list[Problem]:
    """Check a table of claims or entities under whatever name, next to the document it lies with."""
    folder = path.parent
    ontology = read_ontology(folder)
    terms = ontology.terms()
    if _looks_like_entities(path):
        rows, problems = read_table(path, ENTITY_COLUMNS, ENTITY_OPTIONAL)
        return [*problems, *parse_entities(rows, terms)[1]]
    entities, problems = read_entities(folder, terms)
    text, unread = (None, []) if source is None else SourceText.read(source)
    _, more = read_document(folder, terms, entities=entities, own=entities, source=text, claims=path)
    return [*ontology.problems, *problems, *unread, *more]


def _looks_like_entities(path: Path) -> bool:
    text, _ = read_utf8(path)
    first = (text or "").split("\n", 1)[0].strip().replace("\t", ",").split(",")
    return "label" in first and "predicate" not in first


def _rdf(path: Path) -> list[Problem]:
    """Check an RDF file: its syntax; and where it uses kgq's terms, the shapes and the hygiene too."""
    rdf, problems = read_rdf(path, graph=PREFIXES["graph"] + path.stem)
    if rdf is None or not any(_is_ours(quad) for quad in rdf.quads):
        return problems
    sources = Sources(path.parent, ontology={path.stem: rdf})
    if not any(_declares_claims(quad) for quad in rdf.quads):
        shared = read_ontology(path.parent)
        problems.extend(shared.problems)
        sources.ontology = {**shared.ontology, path.stem: rdf}
    engine = OxigraphEngine()
    engine.add(sources.quads())
    dataset = Dataset(engine, prefixes={name: iri for name, iri in sources.prefixes().items() if name}, union=True)
    return [*problems, *validate(dataset, place=sources.place)]


def _is_ours(quad: Quad) -> bool:
    return quad.predicate.value.startswith(_KGQ) or str(quad.object).startswith(f"<{_KGQ}")


def _declares_claims(quad: Quad) -> bool:
    return quad.predicate.value.endswith("#type") and str(quad.subject) == f"<{_KGQ}Claim>"
