"""The writer: the one process that holds the store open for writing, one update at a time.

An update runs in a thread of its own so that a snapshot can be taken beside it. The whole process is
killed when an update takes too long: each update is one transaction of the engine, so it is there or not.
"""

from __future__ import annotations

import errno
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Store

from kg.server import wire
from kg.server.confinement import die_with_parent, limit_memory, take_sockets_away
from kg.server.reader import STACK

__all__ = ["run"]

MIB = 1024 * 1024


class Writer:
    """The loop of the writer process."""

    def __init__(self, connection: socket.socket, store: Store, *, durable: bool) -> None:
        self.connection = connection
        self.store = store
        self.durable = durable
        self._sending = threading.Lock()
        self._work: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()

    def serve(self) -> None:
        """Take orders; snapshots at once, updates in order."""
        worker = threading.Thread(target=self._update_in_order, daemon=True)
        worker.start()
        requests = wire.Requests(self.connection)
        while (request := requests.next()) is not None:
            if request[1] == "snapshot":
                self._answer(request[0], partial(self.store.backup, request[2]))
            else:
                self._work.put(request)
        self._work.put(None)
        worker.join()

    def _update_in_order(self) -> None:
        while (request := self._work.get()) is not None:
            number, verb, *arguments = request
            self._answer(number, partial(self._commit, verb, arguments))

    def _commit(self, verb: str, arguments: list[Any]) -> int:
        found = _VERBS[verb](self, *arguments)
        if self.durable:
            self.store.flush()
        return int(found or 0)

    def _answer(self, number: int, work: Callable[[], Any]) -> None:
        status, message, broken = 0, "", False
        try:
            status = int(work() or 0)
        except SyntaxError as error:
            status, message = 400, f"not valid SPARQL: {' '.join(str(error).split())[:2000]}"
        except (ValueError, RuntimeError) as error:
            status, message = 500, f"the update cannot be done: {' '.join(str(error).split())[:2000]}"
        except MemoryError:
            status, message = 504, "the update needed more memory than it may take."
        except OSError as error:
            status, message = _trouble(error)
            broken = True
        with self._sending:
            wire.send(self.connection, wire.WHOLE, 0, _reply(number, status, message, broken))
        if broken:  # after an error of the disk the engine takes no more writes until it is opened anew
            os._exit(1)

    def update(self, text: str, base: str, prefixes: Mapping[str, str]) -> None:
        """Run a SPARQL update as one transaction."""
        try:
            self.store.update(text, base_iri=base, prefixes=dict(prefixes))
        except SyntaxError as error:
            from kg.engines.syntax_errors import explain_syntax

            raise SyntaxError(explain_syntax(text, str(error), prefixes, base=base, update=True)) from error

    def put(self, name: str | None, statements: bytes, replace: bool) -> int:
        """Fill one graph with N-Triples, in place of what it holds or beside it; 1 if the graph is new."""
        new = name is not None and not self.store.contains_named_graph(NamedNode(name))
        target = "DEFAULT" if name is None else f"GRAPH {NamedNode(name)}"
        steps = [f"CLEAR SILENT {target}"] if replace else []
        if name is not None:
            steps.append(f"CREATE SILENT {target}")
        body = statements.decode()
        steps.append(f"INSERT DATA {{ {body} }}" if name is None else f"INSERT DATA {{ {target} {{ {body} }} }}")
        self.store.update(" ;\n".join(steps))
        return int(new)

    def drop(self, name: str | None) -> int:
        """Remove one graph; 1 if there was none."""
        if name is None:
            self.store.update("CLEAR DEFAULT")
            return 0
        if not self.store.contains_named_graph(NamedNode(name)):
            return 1
        self.store.update(f"DROP GRAPH {NamedNode(name)}")
        return 0


_VERBS: Mapping[str, Callable[..., int | None]] = {"update": Writer.update, "put": Writer.put, "drop": Writer.drop}


def _reply(number: int, status: int, message: str, last: bool) -> bytes:
    import marshal

    return marshal.dumps((number, status, message, last))


def _trouble(error: OSError) -> tuple[int, str]:
    """Return what a client is told of an error of the disk; the operator is told all of it, with the path."""
    text = " ".join(str(error).split())
    with suppress(OSError):  # the log may be on the same disk
        os.write(2, f"kgq: the store cannot be written to: {text[:500]}\n".encode())
    full = any(os.strerror(code) in text for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
    if full:
        return 507, "the store cannot be written to: its disk is full. Nothing that was acknowledged is lost."
    return 500, "the store cannot be written to. The server's log says why. Nothing that was acknowledged is lost."


def _open(data: str) -> Store:
    for _ in range(200):
        try:
            return Store(data)
        except OSError as error:  # noqa: PERF203 - a predecessor just killed may still hold the lock
            if "lock" not in str(error).lower():
                raise
            time.sleep(0.02)
    return Store(data)


def run(connection: socket.socket, data: str, memory: int, durable: bool) -> None:
    """Be the writer; never returns. Called in a process just forked."""
    die_with_parent()
    take_sockets_away()
    threading.stack_size(STACK)
    try:
        Path(data).mkdir(parents=True, exist_ok=True)
        store = _open(data)
    except OSError as error:
        wire.send(connection, wire.WHOLE, 0, _reply(wire.NEVER_BEGAN, *_trouble(error), True))
        os._exit(1)
    limit_memory(memory and memory + 2 * STACK + 256 * MIB)
    Writer(connection, store, durable=durable).serve()
    store.flush()
    os._exit(0)
