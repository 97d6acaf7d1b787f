"""The store on disk: a folder that one process changes at a time, each change at once or not at all.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     store = open_store(f"{folder}/store", create=True)
...     with store.transaction() as transaction:
...         transaction.update("INSERT DATA { <http://example.com/a> <http://example.com/b> 'c' }")
...     store.facts().quads
1
"""

from __future__ import annotations

from kg.store.folder import StoreFolder, has_marker, is_store
from kg.store.store import DiskStore, open_store, store_dataset
from kg.store.transaction import Transaction

__all__ = ["DiskStore", "StoreFolder", "Transaction", "has_marker", "is_store", "open_store", "store_dataset"]
