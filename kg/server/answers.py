"""Questions, entities, claims and maps as JSON and HTML, made in a reader from the façade."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kg.errors import AmbiguousNameError, KgError, UnknownEntityError
from kg.server.evaluation import RefusedError

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.maps import Map

__all__ = ["HTML", "JSON", "answer"]

JSON, HTML = 10, 12
"""Numbers of the media types in :data:`kg.server.media.MEDIA`."""

KINDS = ("stated", "inferred", "background")
Parameters = Mapping[str, str]


def answer(graph: KnowledgeGraph, verb: str, given: Parameters) -> tuple[int, bytes]:
    """Return the media type and the bytes of an answer.

    Raises:
        RefusedError: 400 for a parameter that is none, 404 for what the graph does not hold, 409 for two things of
            one name.

    >>> from kg import open_graph
    >>> media, body = answer(open_graph(), "ask", {"q": "who bears capex risk"})
    >>> json.loads(body)["status"]
    'answered'
    """
    try:
        return _VERBS[verb](graph, given)
    except UnknownEntityError as error:
        raise RefusedError(404, str(error)) from error
    except AmbiguousNameError as error:
        raise RefusedError(409, str(error)) from error
    except (KgError, ValueError) as error:  # a value that makes no name or IRI
        raise RefusedError(400, str(error)) from error


def _json(found: Any) -> tuple[int, bytes]:
    return JSON, json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _include(given: Parameters) -> tuple[str, ...]:
    names = tuple(name.strip() for name in given.get("include", "stated,inferred").split(",") if name.strip())
    wrong = [name for name in names if name not in KINDS]
    if wrong or not names:
        raise RefusedError(
            400, f"'{given['include'][:100]}' names no kinds of claims. Choose from {', '.join(KINDS)}."
        )
    return names


def _number(given: Parameters, name: str, default: int, highest: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= highest):
        raise RefusedError(400, f"'{text[:40]}' is no {name}. Give a number up to {highest}.")
    return int(text)


def _ask(graph: KnowledgeGraph, given: Parameters) -> tuple[int, bytes]:
    found = graph.query(given["q"], include=_include(given))
    if given.get("reading"):
        reading = _number(given, "reading", 0, 999)
        if reading >= len(found.readings):
            raise RefusedError(404, f"the question has no reading {reading}. Leave the parameter out.")
        found = graph.choose(found, reading)
    return _json(found.to_dict())


def _entity(graph: KnowledgeGraph, given: Parameters) -> tuple[int, bytes]:
    return _json(graph.show(given["name"]).to_dict())


def _claims(graph: KnowledgeGraph, given: Parameters) -> tuple[int, bytes]:
    limit = _number(given, "limit", 100, 10_000)
    filters = {
        name: given[name]
        for name in ("subject", "predicate", "object", "kind", "polarity", "modality", "scenario", "mentioning")
        if given.get(name)
    }
    if filters.get("kind", "stated") not in KINDS:
        raise RefusedError(400, f"'{filters['kind'][:40]}' is no kind of claim. Choose from {', '.join(KINDS)}.")
    found = graph.claims(**filters, limit=limit + 1)
    return _json({"claims": [claim.to_dict() for claim in found[:limit]], "truncated": len(found) > limit})


def _search(graph: KnowledgeGraph, given: Parameters) -> tuple[int, bytes]:
    hits = graph.search(given["q"], limit=_number(given, "limit", 20, 200))
    return _json({"hits": [hit.to_dict() for hit in hits]})


def _overview(graph: KnowledgeGraph, given: Parameters) -> tuple[int, bytes]:
    del given
    return _json({**graph.overview().to_dict(), "prefixes": dict(graph.dataset.prefixes)})


def _map(graph: KnowledgeGraph, given: Parameters) -> tuple[int, bytes]:
    return HTML, _drawn(graph, given).html.encode()


def _drawn(graph: KnowledgeGraph, given: Parameters) -> Map:
    from kg.maps import draw_answer, draw_around, draw_overview
    from kg.network import read_network

    network = read_network(graph.dataset, include=_include(given))
    if given.get("q"):
        found = graph.query(given["q"], include=_include(given))
        if found.status != "answered" or not found.rows:
            raise RefusedError(404, f"there is no answer to draw: {found.status.replace('_', ' ')}.")
        return draw_answer(network, found)
    if given.get("entity"):
        entity = graph.find(given["entity"])
        if entity.iri not in network.entities:
            raise RefusedError(404, f"nothing is claimed of '{entity.label}'.")
        return draw_around(network, [entity.iri], entity.label, hops=_number(given, "hops", 1, 6))
    return draw_overview(network, "The graph", limit=_number(given, "limit", 0, 100_000) or None)


_VERBS: Mapping[str, Callable[..., tuple[int, bytes]]] = {
    "ask": _ask,
    "entity": _entity,
    "claims": _claims,
    "search": _search,
    "overview": _overview,
    "map": _map,
}
