"""The SPARQL endpoint: HTTP in one process, evaluation in processes that can be killed."""

from __future__ import annotations

__all__: list[str] = []
