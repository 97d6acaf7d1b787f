"""A worker process: opens the graph, then answers one request at a time until it is killed or its parent goes.

The engine cannot be interrupted from Python, so what runs too long is ended with its process. Requests and answers
travel over the standard streams, each a line of JSON; this module knows nothing of the protocol of assistants.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Mapping
from typing import IO, Any

from kg.errors import (
    AmbiguousNameError,
    KgError,
    QueryError,
    UnknownEntityError,
)
from kg.evaluation import STACK_BYTES, run_bounded
from kg.mcp.lookups import Desk

__all__ = ["main"]

_LARGEST = 8 * 1024 * 1024
"""Bytes of items that one answer may carry to the parent; what is beyond is left off, and said to be."""


def main(settings: Mapping[str, Any]) -> None:
    """Be a worker; never returns.

    Args:
        settings: ``sources``, ``lang``, ``lexicon`` and ``memory``, as :class:`kg.mcp.settings.Settings` has them.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints may come between the answers
    _die_with_parent()
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    try:
        desk = run_bounded(lambda: _open(settings))
    except (KgError, OSError, SyntaxError, ValueError) as error:
        _send(answers, {"failed": " ".join(str(error).split())[:2000]})
        os._exit(1)
    _confine(int(settings["memory"]))
    _send(answers, {"version": desk.graph.dataset.version, "claims": desk.graph.dataset.has_claims})
    while True:
        request = requests.get()
        _send(answers, run_bounded(lambda: _answered(desk, request)))  # noqa: B023 - done before the next


def _listen(requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Pass requests on; end the process with the parent, even in the middle of an evaluation."""
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    os._exit(0)


def _open(settings: Mapping[str, Any]) -> Desk:
    from kg.knowledge_graph import open_graph

    sources = list(settings["sources"])
    graph = open_graph(sources or None, lang=settings["lang"], lexicon=settings["lexicon"] or None)
    _ = graph.dataset
    return Desk(graph)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        from kg.server.confinement import die_with_parent

        die_with_parent()


def _confine(memory: int) -> None:
    if sys.platform == "linux":
        from kg.server.confinement import limit_memory, take_sockets_away

        limit_memory(memory and memory + STACK_BYTES)
        take_sockets_away()


def _send(answers: IO[bytes], answer: Mapping[str, Any]) -> None:
    data = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    answers.write(len(data).to_bytes(4, "big") + data)
    answers.flush()


def _answered(desk: Desk, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        head, sections = desk.answer(request["verb"], request["given"])
    except KgError as error:
        return {"refused": _advice(error)}
    except MemoryError:
        return {"refused": "the call needed more memory than it may take. Ask for less: add LIMIT or a FILTER."}
    except Exception as error:  # noqa: BLE001 - a defect of ours: the operator sees where, the model what to do
        traceback.print_exc()
        return {
            "refused": f"kgq failed on this call ({type(error).__name__}). That is a defect of kgq, not of the "
            "call; try another tool, such as 'sparql'."
        }
    return {"head": head, "sections": _bounded(head, sections)}


def _bounded(head: dict[str, Any], sections: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Return what one answer may carry; a result that large is never read to its end."""
    left = _LARGEST
    kept: dict[str, list[Any]] = {}
    for name, items in sections.items():
        kept[name] = []
        for item in items:
            left -= len(json.dumps(item))
            if left < 0 and any(kept.values()):
                head["note"] = f"{head.get('note', '')} The result is too large to be kept whole.".strip()
                return {**{other: [] for other in sections}, **kept}
            kept[name].append(item)
    return kept


def _advice(error: KgError) -> str:
    """Say what happened, then what a model can do about it with the tools it has."""
    if isinstance(error, UnknownEntityError):
        near = " or ".join(f"'{name}'" for name in error.suggestions)
        meant = f" Did you mean {near}?" if near else ""
        return f"nothing in the graph is called '{error.name[:200]}'.{meant} Look names up with find_entity."
    if isinstance(error, AmbiguousNameError):
        return f"{str(error)[:2000]} Call again with one of these."
    if isinstance(error, QueryError):
        return f"{str(error)[:2000]} Correct the query; the tool 'schema' lists classes, properties and prefixes."
    return str(error)[:2000]
