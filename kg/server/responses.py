"""The headers of a whole answer to a query, the same wherever it is sent from."""

from __future__ import annotations

from functools import lru_cache

from kg.server import media, wire

__all__ = ["NOSNIFF", "REVALIDATE", "TYPES", "VARY", "query_headers", "rendered"]

NOSNIFF = (b"x-content-type-options", b"nosniff")
VARY = (b"vary", b"accept, accept-encoding")
REVALIDATE = (b"cache-control", b"no-cache")
TYPES = tuple(name.encode() for name in media.MEDIA)
_GZIP = (b"content-encoding", b"gzip")


@lru_cache(maxsize=64)
def _rendered(version: str, extra: int) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in query_headers(version, extra)) + b"content-length: "


def rendered(version: str, extra: int, size: bytes) -> bytes:
    """Return the headers of a whole answer of some bytes as they are sent."""
    return _rendered(version, extra) + size + b"\r\n"


def query_headers(version: str, extra: int) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer, the type first, then the ETag if it has one."""
    chosen = extra & wire.MEDIA_MASK
    headers = [(b"content-type", TYPES[chosen])]
    if not extra & wire.VOLATILE:
        gzipped = "-gzip" if extra & wire.COMPRESSED else ""
        headers.append((b"etag", f'"{version}.{chosen}{gzipped}"'.encode()))
    headers += [VARY, REVALIDATE, NOSNIFF]
    if extra & wire.COMPRESSED:
        headers.append(_GZIP)
    return headers
