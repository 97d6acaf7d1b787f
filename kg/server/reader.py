"""A reader process: one request at a time over a graph it cannot change, until it is killed or sent home."""

from __future__ import annotations

import marshal
import os
import socket
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from pyoxigraph import Store

from kg.engines.oxigraph import OxigraphEngine
from kg.errors import LimitError
from kg.server import evaluation, wire
from kg.server.board import Board
from kg.server.confinement import die_with_parent, limit_memory, take_sockets_away
from kg.server.evaluation import Answering, Bounds, Output, RefusedError
from kg.server.lane import Lane

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.server.scholar import Scholar

__all__ = ["Plan", "run", "store_of"]

Emit: TypeAlias = Callable[[int, int, bytes], None]

STACK = 256 * 1024 * 1024
"""Bytes of stack: the engine recurses over algebra; only what is touched becomes memory."""
_GROWN = 64 * 1024 * 1024
_WORDY = frozenset({"ask", "overview", "map"})
"""What cannot be answered without the vocabulary."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every reader of one graph is told.

    Attributes:
        union: whether the default graph is the union of all graphs.
        prefixes: short names a query may use without declaring them.
        rows: rows of a result at most; 0 is no limit.
        size: bytes of a result at most.
        memory: bytes of address space a reader may add.
        relay: address SERVICE calls go through; empty where they are refused.
        board: what lanes share with the parent; None where there are none.
    """

    union: bool = False
    prefixes: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    size: int = 0
    memory: int = 0
    relay: str = ""
    board: Board | None = None


def store_of(graph: KnowledgeGraph) -> Store:
    """Return the engine's store of a graph in memory."""
    engine = graph.dataset.engine
    assert isinstance(engine, OxigraphEngine)  # noqa: S101 - files and the built-in graph are opened by it
    return engine.store


class Reader:
    """The loop of one reader process."""

    def __init__(
        self,
        connection: socket.socket,
        plan: Plan,
        graph: KnowledgeGraph | None,
        errors: int,
        scholar: Scholar | None = None,
    ) -> None:
        self.errors = errors
        self.scholar = scholar
        self.opened = graph
        self.connection = connection
        self.plan = plan
        self.snapshot = ""
        service: Callable[[str, str], str] | None = None
        if plan.relay:
            from kg.server.outgoing import rewrite_service

            service = lambda text, base: rewrite_service(text, plan.relay, base)  # noqa: E731
        self.answering = Answering(
            Store() if graph is None else store_of(graph),
            plan.union,
            plan.prefixes,
            service,
            Bounds(plan.rows, plan.size),
        )
        self.resident = _resident()
        self.emit: Emit = partial(wire.send, connection)

    def serve(self) -> None:
        """Answer until the parent goes, or until this process has grown too large to keep."""
        requests = wire.Requests(self.connection)
        board = self.plan.board
        lane = Lane(self.connection, board, self.answer) if board is not None else None
        while True:
            if lane is not None and lane.open and not requests.waiting:
                lane.serve()
                if not lane.open and self._has_grown():  # with what it handed over
                    break
            request = requests.next()
            if request is None:
                return
            if lane is not None and request[0] == "lend":
                lane.take(request[1], request[2], requests.descriptor())
                continue
            if lane is not None and request[0] == "recall":
                lane.recall()
                continue
            started = monotonic()
            self.answer(request)
            if monotonic() - started > 0.1 and self._has_grown():
                break
        wire.send(self.connection, wire.BYE)

    def _has_grown(self) -> bool:
        return _resident() > self.resident + _GROWN

    def answer(self, request: tuple[Any, ...], emit: Emit | None = None) -> None:
        """Answer one request: exactly one WHOLE, one HEAD … END, or an ERROR at any point.

        Args:
            request: what to do.
            emit: who takes the frames; the parent does if nobody is named.
        """
        self.emit = emit or partial(wire.send, self.connection)
        try:
            if request[1] != self.snapshot:
                self._open(request[1])
            _VERBS[request[0]](self, *request[2:])
        except RefusedError as refused:
            self._refuse(refused.status, str(refused))
        except LimitError as error:
            self._refuse(504, str(error))
        except MemoryError:
            self._refuse(504, "the evaluation needed more memory than it may take.")
        except OSError as error:
            self._refuse(500, f"the evaluation failed: {' '.join(str(error).split())[:500]}")
        except Exception:  # noqa: BLE001 - a bug of ours: the operator sees it, the client a status, and we go on
            os.write(self.errors, traceback.format_exc().encode("utf-8", "replace"))
            self._refuse(500, "something went wrong here. The server's log says what.")

    def _refuse(self, status: int, message: str) -> None:
        self.emit(wire.ERROR, 0, wire.error_payload(status, message))

    def _open(self, snapshot: str) -> None:
        self.answering.store = Store.read_only(snapshot)
        self.snapshot = snapshot
        self.opened = None

    def _output(self, compress: bool, *, whole: bool = False) -> Callable[[int, bool], Output]:
        emit = self.emit

        def make(chosen: int, volatile: bool) -> Output:
            flags = chosen | (wire.VOLATILE if volatile else 0)
            return Output(
                lambda gzipped: emit(wire.HEAD, flags | (wire.COMPRESSED if gzipped else 0), b""),
                lambda block: emit(wire.DATA, 0, block),
                self.answering.bounds,
                compress=compress,
                whole=whole,
            )

        return make

    def _finish(self, chosen: int, volatile: bool, output: Output) -> None:
        rest = output.finish()
        if output.streaming:
            if rest:
                self.emit(wire.DATA, 0, rest)
            self.emit(wire.END, 0, b"")
        else:
            flags = (wire.VOLATILE if volatile else 0) | (wire.COMPRESSED if output.compressed else 0)
            self.emit(wire.WHOLE, chosen | flags, rest)

    def query(  # noqa: PLR0917 - as they travel
        self,
        text: str,
        base: str,
        results: int,
        graph: int,
        default: tuple[str, ...] | None,
        named: tuple[str, ...] | None,
        compress: bool,
    ) -> None:
        """Evaluate a query."""
        request = (text, base, results, graph, default, named)
        self._finish(*evaluation.evaluate(self.answering, request, self._output(compress)))

    def graph(self, name: str | None, chosen: int, compress: bool) -> None:
        """Serialise one graph."""
        output = evaluation.read_graph(self.answering.store, name, chosen, self._output(compress))
        self._finish(chosen, False, output)

    def parse(self, body: bytes, form: str, base: str) -> None:
        """Turn RDF into N-Quads."""
        from pyoxigraph import RdfFormat

        found = RdfFormat.from_media_type(form)
        if found is None:
            raise RefusedError(415, f"'{form[:100]}' is not an RDF format.")
        self.emit(wire.WHOLE, 9, evaluation.parsed(body, found, base))

    def update(self, text: str, default: tuple[str, ...] | None, named: tuple[str, ...] | None) -> None:
        """Check an update, and write the request's graphs and the places of LOAD into it."""
        from kg.server.updates import check_update, load_targets, with_using

        check_update(text)
        if default is not None or named is not None:
            text = with_using(text, default or (), named or ())
        loads = load_targets(text) if "load" in text.lower() else []
        self.emit(wire.WHOLE, 0, marshal.dumps((text, loads)))

    def api(self, verb: str, given: dict[str, str], compress: bool) -> None:
        """Answer a question, or describe an entity, or draw a map."""
        from kg.server.answers import answer

        graph = self._graph()
        for_now = self.scholar is not None and verb in _WORDY and self.scholar.lend(graph)
        chosen, body = answer(graph, verb, given)
        output = self._output(compress, whole=not for_now)(chosen, False)  # so that the parent can keep it
        output.write(body)
        self._finish(chosen, False, output)

    def _graph(self) -> KnowledgeGraph:
        if self.opened is None:
            from kg.dataset import Dataset
            from kg.knowledge_graph import KnowledgeGraph

            dataset = Dataset(OxigraphEngine(self.answering.store), union=self.plan.union)
            self.opened = KnowledgeGraph(dataset)
        return self.opened

    def graphs(self) -> None:
        """List the graphs with their sizes, as JSON."""
        import json

        found = json.dumps(evaluation.count_graphs(self.answering.store)).encode()
        self.emit(wire.WHOLE, 10, found)


_VERBS: Mapping[str, Callable[..., None]] = {
    "query": Reader.query,
    "graph": Reader.graph,
    "parse": Reader.parse,
    "graphs": Reader.graphs,
    "update": Reader.update,
    "api": Reader.api,
}


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def run(
    connection: socket.socket, plan: Plan, graph: KnowledgeGraph | None, scholar: Scholar | None = None
) -> None:
    """Be a reader; never returns. Called in a process just forked."""
    die_with_parent()
    threading.stack_size(STACK)
    limit_memory(plan.memory and plan.memory + STACK)
    if not plan.relay:
        take_sockets_away()
    errors = os.dup(2)
    with Path(os.devnull).open("wb") as nothing:  # what the engine says while it dies is the client's doing
        os.dup2(nothing.fileno(), 2)
    thread = threading.Thread(target=_serve, args=(connection, plan, graph, errors, scholar))
    thread.start()
    thread.join()
    os._exit(0)


def _serve(
    connection: socket.socket, plan: Plan, graph: KnowledgeGraph | None, errors: int, scholar: Scholar | None
) -> None:
    try:
        Reader(connection, plan, graph, errors, scholar).serve()
    except (BrokenPipeError, ConnectionResetError):
        pass  # the parent hung up on us: it has what it wants
    finally:
        os._exit(0)
