"""A store folder: its marker, its lock, its snapshots.

```
STORE/kgq-store.json    the marker: what this folder is, and which layout
STORE/lock              held (flock) by the one process that may write, with its pid inside
STORE/data/             the engine's files
STORE/snapshots/<name>/ hard-linked copies that never change, for readers
```
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import SourceError

__all__ = ["StoreFolder", "is_store"]

MARKER = "kgq-store.json"
LAYOUT = 1


def is_store(path: Path) -> bool:
    """Say whether a folder is a store: it carries the marker, or it is empty and may become one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder: is_store(Path(folder))
    True
    """
    return (path / MARKER).is_file() or (path.is_dir() and not any(path.iterdir()))


class StoreFolder:
    """A store on disk, by its place.

    Attributes:
        path: the folder.
        data: the engine's files.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.data = self.path / "data"
        self._snapshots = self.path / "snapshots"

    def prepare(self) -> None:
        """Make an empty folder a store, or check that this is one.

        Raises:
            SourceError: it holds something else, or was written by a later version of kgq.
        """
        marker = self.path / MARKER
        if marker.is_file():
            layout = json.loads(marker.read_text(encoding="utf-8")).get("layout")
            if layout != LAYOUT:
                raise SourceError(
                    f"the store has layout {layout} and this kgq reads {LAYOUT}. Use the kgq that wrote it.",
                    path=str(self.path),
                )
            return
        if self.path.exists() and not is_store(self.path):
            raise SourceError(
                "the folder is neither a store nor empty. Name an empty one to make a store.", path=str(self.path)
            )
        self.path.mkdir(parents=True, exist_ok=True)
        made = self.path / f".{MARKER}.new"
        made.write_text(json.dumps({"layout": LAYOUT, "engine": "oxigraph"}) + "\n", encoding="utf-8")
        made.replace(marker)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who writes, for as long as the block runs.

        Raises:
            SourceError: another process holds the store; says which.
        """
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                raise SourceError(
                    f"process {holder} is writing to this store. Stop it, or ask its endpoint.",
                    path=str(self.path),
                ) from error
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def snapshot_place(self) -> Path:
        """Return a new place for a snapshot."""
        self._snapshots.mkdir(exist_ok=True)
        return self._snapshots / secrets.token_hex(8)

    def discard(self, snapshot: Path) -> None:
        """Remove a snapshot nobody reads any more."""
        if snapshot.parent == self._snapshots:
            shutil.rmtree(snapshot, ignore_errors=True)

    def discard_all(self) -> None:
        """Remove every snapshot; only for the holder of the lock, before anybody reads."""
        shutil.rmtree(self._snapshots, ignore_errors=True)
