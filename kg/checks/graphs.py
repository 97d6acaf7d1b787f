"""Any graph held against shapes and hygiene, within a bound on time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, NamedNode, Quad

from kg.building.sources import read_ontology
from kg.checks.hygiene import CHECKS, look
from kg.checks.quotes import verify_quotes
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import KgError, LimitError, QueryError, SourceError
from kg.evaluation import run_bounded
from kg.reading.sources import find_sources
from kg.resources import ontology_folder
from kg.results import Problem
from kg.sparql_text import guard
from kg.terms import PREFIXES
from kg.validation import Place, hygiene, shacl

if TYPE_CHECKING:
    import rdflib

__all__ = ["UNFINISHED", "Step", "check_graph"]

UNFINISHED = "not-finished"
"""The rule of a problem that says a check was given up."""

Step = Callable[[str], None]
"""Told what is being done."""

_SH = PREFIXES["sh"]
_SHAPES = frozenset({_SH + "NodeShape", _SH + "PropertyShape"})
_TARGETS = frozenset(_SH + name for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"))
_QUERIES = frozenset(_SH + name for name in ("select", "ask", "construct", "update"))
_SCRIPTS = frozenset(_SH + name for name in ("js", "jsLibrary", "jsFunctionName"))


def check_graph(
    dataset: Dataset,
    *,
    place: Place | None = None,
    shapes: Sequence[Path] = (),
    texts: Sequence[Path] = (),
    time_limit: float | None = None,
    step: Step | None = None,
) -> list[Problem]:
    """Return everything that is wrong with a graph.

    A graph with claims is held against what kgq expects of claims, and its quotes against its documents; any other
    against the hygiene of :mod:`kg.checks.hygiene` and the shapes that it carries.

    Args:
        dataset: the graph.
        place: where an IRI comes from, to say file and line.
        shapes: files of SHACL shapes, in place of the graph's own.
        texts: texts of documents, to compare quotes with.
        time_limit: seconds for all checks together; what is not finished by then is said to be so.
        step: told what is being done.

    Raises:
        SourceError: the shapes cannot be read or applied.
        PolicyError: a query in the shapes would open a connection.
    """
    where = place or (lambda _: ("", None))
    chosen = _read_shapes(shapes) if shapes else None
    work: list[tuple[str, Callable[[], list[Problem]]]] = []
    if dataset.has_claims:
        dataset = _with_terms(dataset)
        work.append(("hygiene", lambda: hygiene(dataset, place=where)))
        work.append(("quotes", lambda: list(verify_quotes(dataset, texts).problems)))
    else:
        work += [(each.name, partial(look, dataset, each, where)) for each in CHECKS]
        chosen = chosen if chosen is not None else _own_shapes(dataset)
    if chosen is not None or dataset.has_claims:
        work.append(("shapes", lambda: _shaped(dataset, where, chosen)))
    return _within(work, time_limit, step)


def _with_terms(dataset: Dataset) -> Dataset:
    """Return a dataset of claims with the terms that ship with kgq, where it does not bring them along."""
    if dataset.engine.ask("ASK { kgq:Claim ?p ?o }", prefixes=dataset.prefixes, union=True):
        return dataset
    engine = OxigraphEngine()
    engine.add(dataset.engine.quads())
    engine.add(read_ontology(ontology_folder()).quads())
    return Dataset(engine, prefixes=dataset.prefixes, union=True)


def _within(
    work: Iterable[tuple[str, Callable[[], list[Problem]]]], time_limit: float | None, step: Step | None
) -> list[Problem]:
    found: list[Problem] = []
    end = None if time_limit is None else time.monotonic() + time_limit
    for name, run in work:
        if step is not None:
            step(name)
        left = None if end is None else end - time.monotonic()
        try:
            if left is not None and left <= 0:
                raise LimitError("no time left")
            found.extend(run_bounded(run, time_limit=left))
        except LimitError:
            message = f"the check '{name}' was given up after {time_limit:g} s in all"
            remedy = "allow more with --time-limit, or check a part of the graph"
            found.append(Problem("warning", message, "", None, name, remedy, UNFINISHED))
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda p: (p.severity != "error", p.file, p.line or 0, p.rule, p.message))


def _shaped(dataset: Dataset, place: Place, shapes: rdflib.Graph | None) -> list[Problem]:
    try:
        return shacl(dataset, place=place, shapes=shapes)
    except KgError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:240] or type(error).__name__
        raise SourceError(f"the shapes cannot be applied: {reason}. Correct them.") from error


def _read_shapes(paths: Sequence[Path]) -> rdflib.Graph:
    quads = [quad for source in find_sources(paths) for quad in source.quads()]
    if not any(_is_shape(quad) for quad in quads):
        names = ", ".join(map(str, paths))
        raise SourceError("there is no SHACL shape in it. Name a file that has sh:NodeShape.", path=names)
    return _as_rdflib(quads)


def _own_shapes(dataset: Dataset) -> rdflib.Graph | None:
    """Return the graphs of a dataset that hold shapes, None where there are none."""
    graphs = {
        quad.graph_name
        for target in _TARGETS | {PREFIXES["rdf"] + "type"}
        for quad in _matching(dataset, target)
        if _is_shape(quad)
    }
    if not graphs:
        return None
    return _as_rdflib(quad for quad in dataset.engine.quads() if quad.graph_name in graphs)


def _matching(dataset: Dataset, predicate: str) -> list[Quad]:
    about = f"?s <{predicate}> ?o"
    if predicate == PREFIXES["rdf"] + "type":
        about = f"VALUES ?o {{ {' '.join(f'<{iri}>' for iri in sorted(_SHAPES))} }} {about}"
    rows = dataset.engine.select(f"SELECT ?s ?o ?g {{ {{ GRAPH ?g {{ {about} }} }} UNION {{ {about} }} }}")
    return [Quad(s, NamedNode(predicate), o, g or DefaultGraph()) for s, o, g in rows]  # type: ignore[arg-type]


def _is_shape(quad: Quad) -> bool:
    typed = isinstance(quad.object, NamedNode) and quad.object.value in _SHAPES
    return typed or quad.predicate.value in _TARGETS


def _as_rdflib(quads: Iterable[Quad]) -> rdflib.Graph:
    """Return shapes for pyshacl, their queries guarded: rdflib evaluates those, and would follow SERVICE."""
    import rdflib

    import kg.engines.rdf_lib  # noqa: F401 - keeps rdflib from opening what FROM names
    from kg.terms import to_rdflib

    graph = rdflib.Graph()
    for quad in quads:
        if quad.predicate.value in _SCRIPTS:
            raise SourceError("the shapes call JavaScript, and kgq runs none. Write SPARQL or SHACL Core.")
        if quad.predicate.value in _QUERIES:
            try:
                guard(getattr(quad.object, "value", ""))
            except QueryError as error:
                raise SourceError(f"a query in the shapes is refused: {error}") from error
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return graph
