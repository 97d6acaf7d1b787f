"""What can be set about the server for assistants, with defaults that are safe."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["LOOPBACK", "MOST_ROWS", "SMALLEST", "Settings"]

MIB = 1024 * 1024
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MOST_ROWS = 200
"""Rows that one call may ask for."""
SMALLEST = 4_000
"""Bytes of a result that an operator may go down to: less would not hold a single quote with its place."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything `kgq mcp` can be told.

    Attributes:
        sources: RDF files and folders; empty for the built-in graph.
        lang: language of labels, where there is a choice.
        lexicon: file with the user's own words; empty for none.
        time: seconds one call may take.
        rows: rows of a result, where the call does not say.
        size: bytes of a result, as structured content and as text each.
        memory: bytes of address space a call may add to what the graph takes; 0 is no limit.
        workers: calls that run side by side.
        host, port: where to listen for HTTP; port 0 picks a free one.
        token: bearer token that HTTP needs; empty for none.
        hosts: further names this server is called by, for the check of the Host header.
    """

    sources: tuple[str, ...] = field(default=())
    lang: str = "en"
    lexicon: str = ""
    time: float = 10.0
    rows: int = 20
    size: int = 32_000
    memory: int = 1024 * MIB
    workers: int = 3
    host: str = "127.0.0.1"
    port: int = 8001
    token: str = ""
    hosts: tuple[str, ...] = ()
