"""Bytes of a file, unpacked on the way: gzip and Zstandard, within bounds that a bomb does not keep.

What is unpacked may be 256 times as large as what was packed (deflate itself reaches 1,032, Zstandard more than
10,000; RDF rarely 60), and 64 MiB in any case.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from kg.errors import SourceError

__all__ = ["UNPACKING_ERRORS", "Progress", "UnpackedStream", "open_unpacked", "packing_of"]

Progress = Callable[[int], None]
"""Told how many bytes of the file were read since it was told last."""

FREE_BYTES = 64 * 1024 * 1024
RATIO = 256
_WINDOW_LOG = 27  # 128 MiB, what the zstd command itself allows unless told otherwise
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
UNPACKING_ERRORS: tuple[type[Exception], ...] = (EOFError, zlib.error)
"""What a damaged packed file raises, besides OSError."""


def packing_of(head: bytes) -> str:
    """Return how a file is packed by its first bytes: ``gzip``, ``zstd`` or ''.

    >>> packing_of(b"@prefix"), packing_of(bytes.fromhex("1f8b08"))
    ('', 'gzip')
    """
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")


class _Counted(io.RawIOBase):
    """A file that counts the bytes read from it."""

    def __init__(self, stream: IO[bytes], progress: Progress | None) -> None:
        self._stream = stream
        self._progress = progress
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        size = len(data)
        buffer[:size] = data
        self.count += size
        if self._progress is not None and size:
            self._progress(size)
        return size

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class UnpackedStream(io.RawIOBase):
    """The content of a file, unpacked where it is packed, and no more of it than its size can account for.

    Args:
        stream: the file; closed with this one.
        packing: ``gzip``, ``zstd`` or ''.
        name: the file as the user named it, for messages.
        progress: told about every piece read.

    Raises:
        SourceError: what is unpacked is out of proportion, while reading.
    """

    def __init__(self, stream: IO[bytes], packing: str, name: str, progress: Progress | None = None) -> None:
        self._counted = _Counted(stream, progress)
        self._packed = io.BufferedReader(self._counted, 1 << 16)
        self._name = name
        self._bounded = bool(packing)
        self._given = 0
        self._inner = _unpacked(self._packed, packing)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read unpacked bytes into a buffer."""
        data = self._inner.read(len(buffer))
        size = len(data)
        buffer[:size] = data
        self._given += size
        if self._bounded and self._given > FREE_BYTES + RATIO * self._counted.count:
            raise SourceError(
                f"unpacks to more than {RATIO} times its size ({self._given:,} bytes so far). "
                "Unpack it yourself if you trust it.",
                path=self._name,
            )
        return size

    def close(self) -> None:
        """Close the file too."""
        if not self.closed:
            self._inner.close()
            self._packed.close()
        super().close()


def open_unpacked(
    source: Path | IO[bytes], packing: str, name: str, progress: Progress | None = None
) -> io.BufferedReader:
    """Open a file, or take a stream, for reading its content.

    Args:
        source: where the bytes are.
        packing: ``gzip``, ``zstd`` or ''.
        name: for messages.
        progress: told about every piece read.
    """
    stream = cast("IO[bytes]", source.open("rb")) if isinstance(source, Path) else source
    return io.BufferedReader(UnpackedStream(stream, packing, name, progress), 1 << 18)


def _unpacked(stream: Any, packing: str) -> IO[bytes]:
    if packing == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    if packing == "zstd":
        return _zstd(stream)
    return cast("IO[bytes]", stream)


def _zstd(stream: Any) -> IO[bytes]:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:  # before Python 3.14
        from backports import zstd
    options = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    return cast("IO[bytes]", _ZstdReader(zstd.ZstdFile(stream, options=options), zstd.ZstdError))


class _ZstdReader:
    """A Zstandard file whose errors are those of other files."""

    def __init__(self, stream: Any, error: type[Exception]) -> None:
        self._stream = stream
        self._error = error

    def read(self, size: int) -> bytes:
        try:
            return cast("bytes", self._stream.read(size))
        except self._error as error:
            raise OSError(f"damaged: {str(error).rstrip('.')}") from error

    def close(self) -> None:
        self._stream.close()
