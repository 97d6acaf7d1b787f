"""The nursery: a process with one thread that opens the graph once and forks the workers.

Forking a process that runs an event loop and threads is unsafe, and starting Python anew costs a quarter
second; a child of this process costs a few milliseconds and shares a graph in memory copy-on-write.
Messages on the control socket are marshalled tuples, one a packet; the socket of a new worker rides along.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import KgError
from kg.server import reader
from kg.server.board import Board
from kg.server.confinement import die_with_parent
from kg.server.reader import Plan
from kg.server.scholar import Scholar

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["main"]

PACKET = 1 << 16


@dataclass(slots=True)
class Nursery:
    """The loop of the nursery.

    Attributes:
        control: where orders come from, and births are reported to.
        plan: what readers are told.
        graph: the graph in memory; None where readers open snapshots.
        scholar: who builds the vocabulary of a large graph; None where it is there, or nobody does.
    """

    control: socket.socket
    plan: Plan
    graph: KnowledgeGraph | None
    scholar: Scholar | None = None

    def serve(self) -> None:
        """Fork what is ordered and bury the dead, until the parent goes."""
        wake, woken = socket.socketpair()
        for end in (wake, woken):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(wake, select.POLLIN)
        try:
            while True:
                for descriptor, _ in poll.poll():
                    if descriptor == wake.fileno():
                        wake.recv(4096)
                        self._bury()
                    elif not self._obey(wake, woken):
                        return
        finally:
            signal.set_wakeup_fd(-1)

    @staticmethod
    def _bury() -> None:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass

    def _obey(self, wake: socket.socket, woken: socket.socket) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self.control, PACKET, 1)
        if not message:
            return False
        kind, token, *arguments = marshal.loads(message)  # noqa: S302 - written by our own parent
        connection = socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (self.control, wake, woken):
                other.close()
            self._become(kind, connection, arguments)
        connection.close()
        self.control.send(marshal.dumps((token, pid)))
        return True

    def _become(self, kind: str, connection: socket.socket, arguments: list[Any]) -> None:
        try:
            if kind == "reader":
                reader.run(connection, self.plan, self.graph, self.scholar)
            else:
                from kg.server import writer

                writer.run(connection, *arguments)
        except BaseException as error:  # noqa: BLE001 - a forked child must never return into the parent's loop
            os.write(2, f"kgq: a {kind} process could not start: {error}\n".encode())
        finally:
            os._exit(1)


def _open(settings: Mapping[str, Any]) -> tuple[KnowledgeGraph | None, Plan, str]:
    from kg.server.loading import Opened, open_files

    if settings["on_disk"]:  # opened by each reader, after the fork: the engine on disk has threads
        opened = Opened(None, settings["union"], settings["prefixes"])
    else:
        opened = open_files(settings["sources"], union=settings["union"])
    plan = Plan(
        opened.union,
        {**opened.prefixes, **settings["prefixes"]},  # a store's, which its dump has not
        settings["rows"],
        settings["size"],
        settings["memory"],
        settings["relay"],
        Board(*settings["board"]) if settings["board"] else None,
    )
    return opened.graph, plan, opened.version


def main(descriptor: int) -> int:
    """Run the nursery over an inherited control socket."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    message = control.recv(PACKET)
    if not message:
        return 0
    try:
        graph, plan, version = _open(marshal.loads(message))  # noqa: S302 - written by our own parent
    except (KgError, OSError, SyntaxError, ValueError) as error:
        control.send(marshal.dumps(("failed", " ".join(str(error).split())[:2000])))
        return 1
    control.send(marshal.dumps(("open", version, plan.union, dict(plan.prefixes), graph is not None)))
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, pages the children share
    scholar = None
    if graph is not None and "vocabulary" not in vars(graph):
        scholar = Scholar()
        scholar.start(graph, control)
    Nursery(control, plan, graph, scholar).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
