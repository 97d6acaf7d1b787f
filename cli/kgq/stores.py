"""The store that a command changes: the one named with -g, or that of the folder's kgq.toml."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kgq.options import Session

if TYPE_CHECKING:
    from kg.store import DiskStore

__all__ = ["changing_options", "the_store"]

F = TypeVar("F", bound=Callable[..., Any])

WAIT = 10.0


def changing_options(function: F) -> F:
    """Give a command the options of all that change a store: ``wait`` and ``durable``."""
    wait = click.option("--wait", type=click.FloatRange(0), default=WAIT, show_default=True, metavar="SECONDS",
                        help="How long to wait for another writer.")  # fmt: skip
    durable = click.option("--durable", is_flag=True, help="Return only once a power cut cannot take it back.")
    return wait(durable(function))


def the_store(session: Session, *, create: bool = False, wait: float = WAIT, durable: bool = False) -> DiskStore:
    """Open the store that is meant.

    Args:
        session: names it.
        create: whether an empty folder, or none, becomes one.
        wait: seconds to wait for another writer.
        durable: whether a change is acknowledged only once a power cut cannot take it back.

    Raises:
        click.UsageError: none is named, or several.
        kg.errors.SourceError: it is no store.
    """
    from kg.store import open_store

    if len(session.graphs) != 1 or "://" in session.graphs[0]:
        named = "none is" if not session.graphs else f"{', '.join(session.graphs)} is none"
        raise click.UsageError(
            f"this needs a store, and {named}. Make one with 'kgq init FOLDER', or name one with -g."
        )
    command = " ".join(["kgq", *sys.argv[1:]])
    place = Path(session.graphs[0])
    return open_store(place, create=create, command=command, wait=wait, waiting=session.say, durable=durable)
