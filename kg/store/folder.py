"""A store folder: its marker, its lock, its generations, and the pointer to the one that counts.

```
STORE/kgq-store.json      the marker: what this folder is, and which layout
STORE/lock                held (flock) by the one process that may write, with its number and command inside
STORE/current             the pointer: the generation that counts, replaced as a whole
STORE/log.jsonl           what changed, when, by which command
STORE/generations/<name>/ states of the store; those that readers see never change
```

A change makes a generation beside the present one and then replaces the pointer: before that nothing is visible,
after it everything. An endpoint that takes updates writes to a generation of its own in place (``live`` in the
pointer) and publishes copies of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import SourceError
from kg.store.disk import disk_errors, read_json, sync, write_whole
from kg.store.generation import Generation
from kg.store.journal import Journal, Past
from kg.store.lock import WAIT, engine_is_busy, is_locked, write_lock

__all__ = ["KEPT", "LAYOUT", "Reading", "State", "StoreFolder", "has_marker", "is_store"]

MARKER = "kgq-store.json"
LAYOUT = 2
KEPT = 5
"""Changes that can be taken back."""


def is_store(path: Path) -> bool:
    """Say whether a folder is a store: it carries the marker, or it is empty and may become one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder: is_store(Path(folder))
    True
    """
    return has_marker(path) or (path.is_dir() and not any(path.iterdir()))


def has_marker(path: Path) -> bool:
    """Say whether a folder is a store already."""
    return (path / MARKER).is_file()


@dataclass(frozen=True, slots=True)
class State:
    """What the pointer says.

    Attributes:
        generation: the state that readers see; empty for a store that nothing was put into.
        live: a generation that is written to in place, where an endpoint runs or was killed.
        change: the number of the last entry of the journal that counts.
    """

    generation: str = ""
    live: str = ""
    change: int = 0


class Reading:
    """A state of the store held by a reader: it stays until the reader lets go.

    Attributes:
        generation: what is read; None for an empty store.
        identity: identifies the content, for caches.
    """

    def __init__(self, generation: Generation | None, identity: str, descriptor: int | None) -> None:
        self.generation = generation
        self.identity = identity
        self._descriptor = descriptor

    def close(self) -> None:
        """Let go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __del__(self) -> None:
        self.close()


class StoreFolder:
    """A store on disk, by its place.

    Attributes:
        path: the folder.
        journal: what changed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.journal = Journal(self.path / "log.jsonl")
        self._generations = self.path / "generations"
        self._lock = self.path / "lock"
        self._current = self.path / "current"

    # --- the folder ----------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make an empty folder a store, or check that this is one.

        Raises:
            SourceError: it holds something else, or was written by a later version of kgq.
        """
        if has_marker(self.path):
            self.layout()
            return
        if self.path.exists() and not self._may_become_one():
            raise SourceError(
                "the folder is neither a store nor empty. Name an empty one to make a store.", path=str(self.path)
            )
        with disk_errors(self.path, "made"):
            self._generations.mkdir(parents=True, exist_ok=True)
            self._lock.touch()
            self.switch(State())
            self.mark()

    def _may_become_one(self) -> bool:
        """Say whether it is empty, or was being made when its maker was killed."""
        ours = {"generations", "lock", "current", ".current.new", f".{MARKER}.new"}
        return self.path.is_dir() and {path.name for path in self.path.iterdir()} <= ours

    def mark(self) -> None:
        """Write the marker: from now on this is a store of the present layout."""
        about = {"layout": LAYOUT, "engine": "oxigraph", "id": os.urandom(8).hex(), "written_by": _version()}
        write_whole(self.path / MARKER, json.dumps(about).encode() + b"\n")

    def layout(self) -> int:
        """Return the version of the layout.

        Raises:
            SourceError: this kgq does not know it.
        """
        marker = read_json(self.path / MARKER)
        layout = marker.get("layout")
        if not isinstance(layout, int) or not 1 <= layout <= LAYOUT:
            by = f", written by kgq {marker['written_by']}" if "written_by" in marker else ""
            raise SourceError(
                f"the store has layout {layout}{by}, and this kgq reads up to {LAYOUT}. Install that kgq.",
                path=str(self.path),
            )
        return layout

    def identity(self) -> str:
        """Return what tells this store from others, copies of it excepted."""
        return str(read_json(self.path / MARKER).get("id", ""))

    def generation(self, name: str) -> Generation:
        """Return a generation by its name."""
        return Generation(self._generations / name)

    def new_generation(self) -> Generation:
        """Return a place for a generation; those of later changes sort after those of earlier ones."""
        return self.generation(f"{self.state().change + 1:08d}-{os.urandom(4).hex()}")

    # --- the pointer ---------------------------------------------------------------------------------------

    def state(self) -> State:
        """Return what the pointer says.

        Raises:
            SourceError: it is damaged.
        """
        if self.layout() < LAYOUT:
            return State()
        found = read_json(self._current)
        try:
            return State(str(found["generation"]), str(found["live"]), int(found["change"]))
        except (KeyError, TypeError, ValueError) as error:
            raise SourceError(
                "the store is damaged: current is not what kgq wrote. Restore a backup.", path=str(self.path)
            ) from error

    def switch(self, state: State, *, durable: bool = False) -> None:
        """Make another state the one that counts.

        Args:
            state: what the pointer will say.
            durable: whether to return only once a power cut cannot take it back.
        """
        write_whole(self._current, json.dumps(asdict(state)).encode() + b"\n")
        if durable:
            sync(self.path)

    # --- writing -------------------------------------------------------------------------------------------

    @contextmanager
    def locked(
        self, command: str = "", *, wait: float = WAIT, waiting: Callable[[str], None] | None = None
    ) -> Iterator[None]:
        """Be the only one who writes, for as long as the block runs; what a killed writer left is put in order.

        Args:
            command: what those who wait are told about the holder.
            wait: seconds to wait for another writer.
            waiting: called once with a sentence on who is waited for.

        Raises:
            SourceError: another process holds the store; says which. Or the disk is read-only.
        """
        with disk_errors(self.path, "written to"):
            lock = write_lock(self._lock, command=command, wait=wait, waiting=waiting)
            lock.__enter__()
        try:
            with disk_errors(self.path, "written to"):
                from kg.store.recovery import settle

                settle(self)
            yield
        finally:
            lock.__exit__(None, None, None)

    def collect(self, spare: frozenset[str] = frozenset(), *, kept: frozenset[str] | None = None) -> None:
        """Remove the states that nobody needs; only for the holder of the lock.

        Args:
            spare: names of generations that are in use here.
            kept: those that can be gone back to, where that is known already.
        """
        state = self.state()
        if kept is None:
            kept = frozenset(Past.of(self.journal.entries(state.change)).kept(KEPT))
        needed = kept | {state.generation, state.live} | spare
        for path in self._generations.iterdir():
            if path.name.startswith(".gone-"):
                _remove(path)
            elif path.name not in needed:
                Generation(path).discard()

    def kept_bytes(self) -> tuple[int, int]:
        """Return how many earlier states are kept, and how many bytes they take beyond the present one."""
        state = self.state()
        others = [
            Generation(path)
            for path in self._generations.iterdir()
            if not path.name.startswith(".") and path.name not in (state.generation, state.live)
        ]
        return len(others), sum(other.own_bytes() for other in others)

    # --- reading -------------------------------------------------------------------------------------------

    def reading(self) -> Reading:
        """Return the newest state, held.

        Raises:
            SourceError: the store is damaged or of a later version.
        """
        if self.layout() < LAYOUT:
            from kg.store.recovery import upgrade

            upgrade(self)
        for _ in range(100):
            name = self._visible()
            if not name:
                return Reading(None, f"{self.identity()}/empty", None)
            generation = self.generation(name)
            held = generation.hold()
            if held is not None:
                reading = Reading(generation, f"{self.identity()}/{name}", held)
                if name != self.state().live:
                    generation.check()
                return reading
            if not generation.path.exists() and name == self._visible():
                break
        raise SourceError(
            f"the store is damaged: generation {name} is missing. Take the last change back (kgq undo), "
            "or restore a backup.",
            path=str(self.path),
        )

    def _visible(self) -> str:
        """Return the generation that readers see: of an endpoint that was killed, what it wrote in place."""
        state = self.state()
        if not state.live or is_locked(self._lock):
            return state.generation
        live = self.generation(state.live)
        if engine_is_busy(live.data) or not live.path.exists() or self.journal.begun(state.change) is None:
            return self.state().generation
        return self.state().live or self.state().generation


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("kgq")
    except PackageNotFoundError:
        return ""


def _remove(path: Path) -> None:
    import shutil

    shutil.rmtree(path, ignore_errors=True)
