"""The store under an endpoint that takes updates: one generation is written to in place, and copies are published.

An update is one transaction of the engine, so it is there or not when its writer is killed. Readers never see the
generation that is written to; they see copies of it (hard links, made by the engine beside a running update), and
each copy is a state of the store like any other: in the log, and to be gone back to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from kg.store.disk import disk_errors
from kg.store.folder import KEPT, State, StoreFolder
from kg.store.generation import Facts, Generation
from kg.store.journal import Entry, Past
from kg.store.recovery import now

__all__ = ["LiveStore"]


class LiveStore:
    """A store that is written to in place; made and used by the holder of its lock.

    Args:
        folder: the store, locked.
        command: what the log says who wrote.

    Attributes:
        generation: what is written to.
    """

    def __init__(self, folder: StoreFolder, command: str) -> None:
        self._folder = folder
        self._command = command
        state = folder.state()
        past = Past.of(folder.journal.entries(state.change))
        self._kept = deque((entry.generation for entry in past.states[-1 - KEPT :]), maxlen=KEPT + 1)
        self.generation = folder.new_generation()
        with disk_errors(folder.path, "written to"):
            if state.generation:
                base = folder.generation(state.generation)
                base.check()
                self.generation.create_from(base)
            else:
                self.generation.create()
                self.generation.write_facts(Facts())
            folder.switch(replace(state, live=self.generation.name))

    def begin(self) -> None:
        """Note that something may be written now that is in no copy yet."""
        with disk_errors(self._folder.path, "written to"):
            self._folder.journal.begin(self._folder.state().change + 1, self._command)

    def withdraw(self) -> None:
        """Take back what :meth:`begin` noted: nothing was written."""
        with disk_errors(self._folder.path, "written to"):
            self._folder.journal.tidy(self._folder.state().change)

    def new_copy(self) -> Generation:
        """Return a place for a copy; the engine fills its ``data``."""
        made = self._folder.new_generation()
        made.create()
        return made

    def finish_copy(self, made: Generation) -> None:
        """Complete a copy that the engine has filled."""
        made.take_along(self.generation)
        made.write_facts(replace(made.facts(), quads=None))
        made.seal(copied=True)

    def publish(
        self, made: Generation, details: Sequence[str], seconds: float, *, more: bool, durable: bool
    ) -> None:
        """Let readers see a copy.

        Args:
            made: the copy.
            details: what was written since the last one.
            seconds: what that took.
            more: whether something may have been written that is not in it.
            durable: whether to return only once a power cut cannot take it back.
        """
        folder, state = self._folder, self._folder.state()
        change = state.change + 1
        folder.journal.append(
            Entry(
                change,
                now(),
                "serve",
                self._command,
                tuple(details),
                generation=made.name,
                seconds=round(seconds, 3),
            )
        )
        if more:
            folder.journal.begin(change + 1, self._command)
        folder.switch(State(made.name, self.generation.name, change), durable=durable)
        self._kept.append(made.name)

    def collect(self, spare: frozenset[str]) -> None:
        """Remove the copies that nobody needs.

        Args:
            spare: names of those that are in use here.
        """
        self._folder.collect(spare, kept=frozenset(self._kept))

    def close(self) -> None:
        """End: what was published last is the store."""
        with disk_errors(self._folder.path, "written to"):
            self._folder.switch(replace(self._folder.state(), live=""))
            self._folder.collect()
