"""What there is to know of a query before it runs, read from its text once and kept for the next time.

A look-up takes the embedded engine about thirty microseconds; to read the text closely, to bind its filters and to
hand it to another thread takes twice that. So a short text is not read more closely than it needs, and what was
found is kept by the text, together with whether the query was over in a moment.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import ref

from kg.sparql_text import PROLOGUE, declares_all, guard, is_small

if TYPE_CHECKING:
    from kg.dataset import Dataset

__all__ = ["QueryPlan", "plan"]

_KEPT = 256
_LONG = 4_000
"""Characters of a text that is not kept: 256 of the longest take a megabyte."""

_FLAT = 32
"""Brackets and negations, at most, of a query that needs no deep stack: the engine takes up to 10 kB for each."""

_FORM = r"(SELECT|ASK|CONSTRUCT|DESCRIBE)\b"


class QueryPlan:
    """What there is to know of a query.

    Attributes:
        form: ``SELECT``, ``ASK``, ``CONSTRUCT``, ``DESCRIBE``, or what else :func:`kg.sparql_text.scan` says.
        has_dataset: whether it says itself what its default graph is.
        is_closed: whether it seems to declare all prefixes it uses: then others need not be given to the engine.
        is_flat: whether an ordinary stack is deep enough for it.
    """

    __slots__ = ("_bound", "_quick", "_text", "form", "has_dataset", "is_closed", "is_flat")

    def __init__(self, text: str) -> None:
        start = re.match(PROLOGUE, text, re.IGNORECASE)
        body = text if start is None else text[start.end() :]
        small = is_small(text)
        first = re.match(_FORM, body, re.IGNORECASE) if small and "from" not in body.lower() else None
        if first is not None:
            self.form, self.has_dataset = first[1].upper(), False
        else:
            seen = guard(text)
            self.form, self.has_dataset = seen.form, "FROM" in seen.keywords
        self.is_closed = declares_all(text)
        self.is_flat = small and sum(map(body.count, "{[(!")) <= _FLAT
        self._text = text
        self._bound: str | None = None
        self._quick: ref[Dataset] | None = None

    @property
    def bound(self) -> str:
        """The text with constants bound instead of compared: see :func:`kg.sparql_filters.bind_filters`."""
        if self._bound is None:
            self._bound = self._text
            if "filter" in self._text.lower():
                from kg.sparql_filters import bind_filters

                self._bound = bind_filters(self._text)
        return self._bound

    def is_quick(self, dataset: Dataset) -> bool:
        """Tell whether it was over in a moment the last time, on this dataset, and needs no deep stack."""
        return self._quick is not None and self._quick() is dataset

    def note(self, dataset: Dataset, *, quick: bool) -> None:
        """Take note of how it went."""
        self._quick = ref(dataset) if quick and self.is_flat else None


def plan(text: str) -> QueryPlan:
    """Return what there is to know of a query.

    Raises:
        QueryError: longer, or nested deeper, than :func:`kg.sparql_text.guard` lets pass.
        PolicyError: it holds SERVICE, or it is an update.

    >>> plan("select * { ?s ?p ?o }").form
    'SELECT'
    """
    return QueryPlan(text) if len(text) > _LONG else _kept(text)


_kept = lru_cache(_KEPT)(QueryPlan)
