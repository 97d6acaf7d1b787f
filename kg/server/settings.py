"""What an operator can set about the endpoint, with defaults that are safe."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

__all__ = ["SLOTS", "Limits", "Settings", "Tokens", "default_memory", "default_workers"]

MIB = 1024 * 1024
SLOTS = 8
"""Evaluations for each quick place, the slow ones that gave theirs up included."""


def default_workers() -> int:
    """Return how many quick evaluations run side by side: two a core, four at least."""
    return min(32, max(4, 2 * (os.cpu_count() or 2)))


def default_memory(slots: int) -> int:
    """Return the bytes one evaluation may take so that all of them fit in three quarters of the machine.

    >>> default_memory(1_000_000) // MIB
    256
    """
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(256 * MIB, min(2048 * MIB, pages * 3 // 4 // slots))


class Tokens(NamedTuple):
    """What a request must bear; '' where nothing is asked for.

    Attributes:
        write: the token for writing, which may read, too.
        read: the token for reading.
    """

    write: str = ""
    read: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take.

    Attributes:
        time: seconds of evaluation.
        rows: rows of a result; 0 is no limit.
        size: bytes of a result.
        memory: bytes of address space an evaluation may add.
        body: bytes of a request body, after inflation too.
        queue: requests that wait for a free worker.
    """

    time: float = 10.0
    rows: int = 0
    size: int = 1024 * MIB
    memory: int = 1024 * MIB
    body: int = 64 * MIB
    queue: int = 512


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything `kgq serve` can be told.

    Attributes:
        sources: RDF files and folders, or one store folder; empty for the built-in graph.
        host: address to listen on.
        port: port to listen on; 0 picks a free one.
        workers: quick evaluations side by side; slow ones get seven times as many places of their own.
        limits: what one request may take.
        writable: whether updates and the graph store take writes.
        write_token: bearer token that writing needs; empty only with ``--no-token`` on loopback.
        read_token: bearer token that reading needs; empty for none.
        allow_service: URL prefixes that SERVICE may reach.
        allow_load: URL prefixes that LOAD may reach.
        cors: origins that browsers may call from; ``*`` for all.
        union: whether the default graph is the union of all graphs; None lets the data decide.
        durable: whether every commit reaches the disk before it is acknowledged.
        slow: seconds from which a query is logged as slow; 0 never.
        access_log: file for a JSON line a request, ``-`` for stderr, empty for none.
        cache: bytes of responses kept.
        project: the folder whose documents are reviewed on the page; None for none.
        base: folders of sources that its documents build on.
        proxies: addresses and networks of proxies that say truly who asks, by which scheme and host.
        root: path that the endpoint is found under; '' or ``/some/path``.
    """

    sources: Sequence[Path] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = field(default_factory=default_workers)
    limits: Limits = Limits()
    writable: bool = False
    write_token: str = ""
    read_token: str = ""
    allow_service: tuple[str, ...] = ()
    allow_load: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    union: bool | None = None
    durable: bool = False
    slow: float = 0.0
    access_log: str = ""
    cache: int = 64 * MIB
    project: Path | None = None
    base: tuple[Path, ...] = ()
    proxies: tuple[str, ...] = ()
    root: str = ""

    @property
    def slots(self) -> int:
        """Evaluations that can be under way at once, quick and slow."""
        return SLOTS * self.workers
