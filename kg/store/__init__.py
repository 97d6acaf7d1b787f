"""The store on disk: a folder that one process changes at a time, each change at once or not at all.

>>> import tempfile
>>> from kg.store import open_store
>>> with tempfile.TemporaryDirectory() as folder:
...     store = open_store(f"{folder}/store", create=True)
...     with store.transaction() as transaction:
...         transaction.update("INSERT DATA { <http://example.com/a> <http://example.com/b> 'c' }")
...     store.facts().quads
1
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.store.folder import StoreFolder, has_marker, is_store
    from kg.store.reading import store_dataset
    from kg.store.store import DiskStore, open_store
    from kg.store.transaction import Transaction

__all__ = ["DiskStore", "StoreFolder", "Transaction", "has_marker", "is_store", "open_store", "store_dataset"]

_MODULES = {
    "DiskStore": "store",
    "StoreFolder": "folder",
    "Transaction": "transaction",
    "has_marker": "folder",
    "is_store": "folder",
    "open_store": "store",
    "store_dataset": "reading",
}


def __getattr__(name: str) -> Any:
    """Import a module only when something in it is asked for: who reads does not need what writes."""
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module 'kg.store' has no attribute '{name}'")
    return getattr(import_module(f"kg.store.{_MODULES[name]}"), name)
