"""The store on disk, as a program uses it: transactions, the log, undo, backup, and a dataset to read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from kg.dataset import Dataset
from kg.errors import SourceError
from kg.store.disk import disk_errors
from kg.store.folder import KEPT, StoreFolder, has_marker
from kg.store.generation import Facts, SourceRecord
from kg.store.journal import Entry, Past
from kg.store.loading import Report
from kg.store.lock import WAIT
from kg.store.reading import store_dataset
from kg.store.recovery import now
from kg.store.transaction import Transaction

__all__ = ["DiskStore", "open_store"]


class DiskStore:
    """A store on disk.

    >>> import tempfile
    >>> from pyoxigraph import Literal, NamedNode, Quad
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = open_store(folder + "/store", create=True)
    ...     with store.transaction() as transaction:
    ...         _ = transaction.add([Quad(NamedNode("http://example.com/a"), NamedNode("e:b"), Literal("c"))])
    ...     [(entry.action, entry.added) for entry in store.log()]
    [('change', 1)]

    Args:
        folder: where it is.
        command: what the log and those who wait are told about this program.
        wait: seconds to wait for another writer.
        waiting: called with a sentence on who is waited for.
        durable: whether a change is acknowledged only once a power cut cannot take it back.
    """

    def __init__(
        self,
        folder: StoreFolder,
        *,
        command: str = "",
        wait: float = WAIT,
        waiting: Callable[[str], None] | None = None,
        durable: bool = False,
    ) -> None:
        self.folder = folder
        self.command = command or f"python, process {os.getpid()}"
        self.wait = wait
        self.waiting = waiting
        self.durable = durable

    @contextmanager
    def transaction(self, *, report: Report | None = None, optimize: bool = True) -> Iterator[Transaction]:
        """Change the store: all of the block at once, or nothing where it raises.

        Args:
            report: called with how far a load has come.
            optimize: put the engine's files in order after a load, which makes queries that read much faster.

        Raises:
            SourceError: another process writes, or the disk is full, read-only or damaged.
        """
        with self._locked():
            with disk_errors(self.folder.path, "written to"):
                transaction = Transaction(self.folder, self.command, report, optimize=optimize)
            try:
                yield transaction
                if transaction.changed:
                    transaction.commit(durable=self.durable)
            finally:
                transaction.abandon()

    def __repr__(self) -> str:
        return f"DiskStore({str(self.folder.path)!r})"

    def dataset(self, *, union: bool | None = None) -> Dataset:
        """Return the newest state to read; it stays as it is whatever is written later."""
        return store_dataset(self.folder.path, union=union)

    @property
    def version(self) -> str:
        """What identifies the newest state."""
        return self.folder.reading().identity

    def facts(self) -> Facts:
        """Return counts, prefixes and sources."""
        reading = self.folder.reading()
        return Facts() if reading.generation is None else reading.generation.facts()

    def sources(self) -> list[SourceRecord]:
        """Return what was loaded, by name."""
        return [record for _, record in sorted(self.facts().sources.items())]

    def log(self) -> list[Entry]:
        """Return every change, the oldest first."""
        return self.folder.journal.entries(self.folder.state().change)

    def undo(self) -> tuple[Entry, Entry]:
        """Take the last change back; what was taken back before is passed over.

        Returns:
            the entry of this, and that of the change that was taken back.

        Raises:
            SourceError: there is none, or the state before it is no longer kept.
        """
        with self._locked():
            past = self._past()
            undone = past.states[-1]
            if len(past.states) < 2:
                raise SourceError("nothing to take back: no change is kept.", path=str(self.folder.path))
            return self._go_to(past.states[-2], "undo", undone), undone

    def redo(self) -> tuple[Entry, Entry]:
        """Bring back the change that was taken back last.

        Raises:
            SourceError: there is none, or the store was changed since.
        """
        with self._locked():
            past = self._past()
            if not past.undone:
                raise SourceError(
                    "nothing to bring back: nothing was taken back last.", path=str(self.folder.path)
                )
            redone = past.undone[-1]
            return self._go_to(redone, "redo", redone), redone

    def _past(self) -> Past:
        return Past.of(self.folder.journal.entries(self.folder.state().change))

    def _is_damaged(self, generation: str) -> bool:
        if not generation:
            return False  # the empty state has no files
        try:
            self.folder.generation(generation).check()
        except SourceError:
            return True
        return False

    def _go_to(self, target: Entry, action: str, about: Entry) -> Entry:
        begun = time.monotonic()
        state = self.folder.state()
        if target.generation:
            generation = self.folder.generation(target.generation)
            if not generation.path.exists():
                raise SourceError(
                    f"the state before change {about.number} is no longer kept; the last {KEPT} are. "
                    "Restore a backup.",
                    path=str(self.folder.path),
                )
            if not self._is_damaged(state.generation):  # else what lies further back may be the one that helps
                generation.check()
        before = self.log()[-1].quads
        net = None if before is None or target.quads is None else target.quads - before
        entry = Entry(
            state.change + 1,
            now(),
            action,
            self.command,
            (f"change {about.number} ({about.action})",),
            None if net is None else max(0, net),
            None if net is None else max(0, -net),
            target.quads,
            target.generation,
            round(time.monotonic() - begun, 3),
        )
        with disk_errors(self.folder.path, "written to"):
            self.folder.journal.append(entry)
            self.folder.switch(
                replace(state, generation=target.generation, live="", change=entry.number), durable=self.durable
            )
        self.folder.collect()
        return entry

    def _locked(self) -> AbstractContextManager[None]:
        return self.folder.locked(self.command, wait=self.wait, waiting=self.waiting)


def open_store(
    path: str | Path,
    *,
    create: bool = False,
    command: str = "",
    wait: float = WAIT,
    waiting: Callable[[str], None] | None = None,
    durable: bool = False,
) -> DiskStore:
    """Open a store on disk.

    Args:
        path: its folder.
        create: whether an empty folder, or none, becomes a store.
        command: what the log and those who wait are told about this program.
        wait: seconds to wait for another writer.
        waiting: called with a sentence on who is waited for.
        durable: whether a change is acknowledged only once a power cut cannot take it back.

    Raises:
        SourceError: it is no store, damaged, or of a later version of kgq.
    """
    folder = StoreFolder(Path(path))
    if not create and not has_marker(folder.path):
        raise SourceError("is not a store. Make one with kgq init, or name another folder.", path=str(path))
    folder.prepare()
    return DiskStore(folder, command=command, wait=wait, waiting=waiting, durable=durable)
