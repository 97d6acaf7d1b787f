"""Evaluates SPARQL that a model wrote: it reads one graph, and takes a bounded part of a result."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from pyoxigraph import Triple

from kg.dataset import Dataset
from kg.errors import PolicyError, QueryError
from kg.sparql_text import guard
from kg.terms import to_json

__all__ = ["MOST", "query"]

MOST = 5_000
"""Rows or triples taken of one result; pages are cut from these."""
_FORMS = ("SELECT", "ASK", "CONSTRUCT")


def query(dataset: Dataset, sparql: str) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return what stands above a result, and its rows and triples.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> query(Dataset(OxigraphEngine()), "ASK { ?s ?p ?o }")[0]["boolean"]
    False

    Args:
        dataset: what to query.
        sparql: SELECT, ASK or CONSTRUCT; it may use the dataset's prefixes without declaring them.

    Raises:
        PolicyError: it has another form, or SERVICE, FROM or LOAD in it.
        QueryError: it is not valid, or nested too deep.
    """
    form = _checked(sparql)
    head: dict[str, Any] = {"form": form, "variables": [], "boolean": None, "note": ""}
    sections: dict[str, list[Any]] = {"rows": [], "triples": []}
    engine, prefixes, union = dataset.engine, dataset.prefixes, dataset.union
    if form == "ASK":
        head["boolean"] = engine.ask(sparql, prefixes=prefixes, union=union)
    elif form == "SELECT":
        found = engine.select(sparql, prefixes=prefixes, union=union, limit=MOST + 1)
        head["variables"] = list(found.variables)
        sections["rows"] = [{name: to_json(term) for name, term in row.items()} for row in found.dicts()]
    else:
        distinct = dict.fromkeys(islice(engine.construct(sparql, prefixes=prefixes, union=union), 4 * MOST))
        sections["triples"] = [_triple(triple) for triple in islice(distinct, MOST + 1)]
    head["note"] = _note(form, sections)
    return head, {name: items[:MOST] for name, items in sections.items()}


def _checked(sparql: str) -> str:
    """Return the form of a query that may be evaluated."""
    try:
        seen = guard(sparql)
    except PolicyError as error:
        raise PolicyError(
            f"{str(error).partition('.')[0]}. This graph is read-only and answers from itself alone: write one "
            "SELECT, ASK or CONSTRUCT without SERVICE, FROM or LOAD."
        ) from error
    for word in ("FROM", "LOAD"):
        if word in seen.keywords:
            raise PolicyError(f"{word} is refused: there is one dataset here. Leave it out; GRAPH ?g narrows.")
    if seen.form == "DESCRIBE":
        raise PolicyError("DESCRIBE is refused. Use the tool 'describe' for one thing, or write a CONSTRUCT.")
    if seen.form not in _FORMS:
        raise QueryError(
            "not valid SPARQL: no SELECT, ASK or CONSTRUCT in it. For a question in English use 'ask'."
        )
    return seen.form


def _triple(triple: Triple) -> list[str]:
    return [str(triple.subject), str(triple.predicate), str(triple.object)]


def _note(form: str, sections: Mapping[str, list[Any]]) -> str:
    found = sections["rows"] or sections["triples"]
    if len(found) > MOST:
        return (
            f"Only the first {MOST:,} are kept. Add a FILTER, or ORDER BY with LIMIT and OFFSET, for the others."
        )
    if form != "ASK" and not found:
        return (
            "Nothing matches this pattern. Check names with find_entity, and classes and properties with schema."
        )
    return ""
