"""Any file or folder of sources held against what kgq expects of it. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pyoxigraph import Quad

from kg.building.build import build
from kg.building.sources import Sources, document_folders, read_ontology, read_sources
from kg.dataset import Dataset
from kg.documents.document import read_document, read_entities
from kg.documents.entities import ENTITY_COLUMNS, ENTITY_OPTIONAL, parse_entities
from kg.documents.rdf import RDF_FORMATS, read_rdf
from kg.documents.tables import read_table
from kg.documents.text import SourceText, read_utf8
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import KgError, SourceError
from kg.inference import read_rule
from kg.resources import ontology_folder
from kg.results import Problem
from kg.terms import PREFIXES
from kg.validation import validate

__all__ = ["UNREADABLE", "check"]

UNREADABLE = frozenset({"missing-file", "not-readable", "not-utf8", "empty-file", "syntax"})
"""Names of the checks that fail where a source cannot be read at all."""

_KGQ = PREFIXES["kgq"]
_DOCUMENT_FILES = ("claims", "entities", "document")


def check(paths: Iterable[Path] = (), *, source: Path | None = None) -> list[Problem]:
    """Return every problem of files and folders; of the sources that ship with kgq by default.

    A folder is checked the way it would be built. A file of such a folder is checked together with its
    neighbours, because a claim is only right next to its document and entities; any other RDF file is
    checked against the terms and shapes that ship with kgq.

    Args:
        paths: files and folders.
        source: the document's text, to check the quotes against.
    """
    given = list(paths) or [ontology_folder()]
    found: list[Problem] = []
    for path in dict.fromkeys(_unit(path) for path in given):
        found.extend(_checked(path, source))
    return list(dict.fromkeys(found))


def _unit(path: Path) -> Path:
    """Return what has to be checked for a path: the folder of sources it belongs to, or itself."""
    folder = path.parent
    if path.is_dir() or not path.is_file():
        return path
    if path.stem in _DOCUMENT_FILES and path.suffix.lower() in (".csv", ".yaml", ".yml"):
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
    if ending in (".csv", ".yaml", ".yml"):
        return _table(path, source)
    remedy = f"name a folder, or a file that ends in .csv, .yaml, .rq or {', '.join(RDF_FORMATS)}"
    return [Problem("error", "not a kind of source", str(path), None, path.suffix, remedy, "not-readable")]


def _folder(path: Path, source: Path | None) -> list[Problem]:
    return _caught(path, lambda: build(read_sources(path, source=source)).problems)


def _caught(path: Path, work: Callable[[], list[Problem]]) -> list[Problem]:
    try:
        return work()
    except KgError as error:
        message = str(error)
        place, line = (error.path, error.line) if isinstance(error, SourceError) else (str(path), None)
        for prefix in (f"{place}:{line}: ", f"{place}: "):
            message = message.removeprefix(prefix)
        return [Problem("error", message.rstrip("."), place, line, str(path), "", "not-readable")]


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
    first = (text or "").split("\n", 1)[0].strip().split(",")
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
