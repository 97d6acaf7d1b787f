"""What the next writer does first: puts in order what a killed one left, and brings old layouts up to date."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from pyoxigraph import Store

from kg.errors import SourceError
from kg.store.generation import Facts
from kg.store.journal import Entry
from kg.store.lock import engine_is_busy

if TYPE_CHECKING:
    from kg.store.folder import StoreFolder

__all__ = ["now", "settle", "upgrade"]


def now() -> str:
    """Return the time as the journal writes it."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def settle(folder: StoreFolder) -> None:
    """Put a store in order; only for the holder of its lock.

    Lines of the journal and generations of changes that never came to be are removed. What an endpoint had
    committed in place when it was killed becomes a state of its own.
    """
    _upgrade(folder)
    state = folder.state()
    if state.live:
        by = folder.journal.begun(state.change)
        live = folder.generation(state.live)
        if by is None or not live.path.exists():
            folder.switch(replace(state, live=""))
        else:
            _adopt(folder, by)
    folder.journal.tidy(folder.state().change)
    folder.collect()


def _adopt(folder: StoreFolder, by: str) -> None:
    """Make what was written in place the state that counts."""
    state = folder.state()
    live = folder.generation(state.live)
    if engine_is_busy(live.data):
        raise SourceError(
            "the endpoint that wrote to this store is still ending. Try again in a moment.", path=str(folder.path)
        )
    made = folder.new_generation()
    made.create_from(live)
    engine = Store(str(made.data))
    engine.flush()
    quads = len(engine)
    del engine
    made.write_facts(replace(made.facts(), quads=quads))
    made.seal()
    change = state.change + 1
    folder.journal.tidy(state.change)
    note = "what it had acknowledged when it was stopped"
    folder.journal.append(Entry(change, now(), "recover", by, (note,), quads=quads, generation=made.name))
    folder.switch(replace(state, generation=made.name, live="", change=change))


def upgrade(folder: StoreFolder) -> None:
    """Bring a store of an older layout up to date.

    Raises:
        SourceError: it may not be written to, or an older kgq is writing to it.
    """
    with folder.locked("upgrade"):
        pass  # whoever takes the lock does it


def _upgrade(folder: StoreFolder) -> None:
    """From layout 1 (one folder of the engine's files) to 2; begun anew if it was interrupted."""
    if folder.layout() != 1:
        return
    first = folder.generation("00000000-layout-1")
    old = folder.path / "data"
    if not first.data.exists():
        if not first.path.exists():
            first.create()
        if old.exists():
            old.rename(first.data)
        else:
            first.data.mkdir()
    engine = Store(str(first.data))
    engine.flush()
    quads = len(engine)
    del engine
    first.write_facts(Facts(quads=quads))
    first.seal()
    folder.journal.tidy(0)
    folder.journal.append(Entry(1, now(), "upgrade", "kgq", quads=quads, generation=first.name))
    folder.switch(replace(folder.state(), generation=first.name, live="", change=1))
    shutil.rmtree(folder.path / "snapshots", ignore_errors=True)
    folder.mark()
