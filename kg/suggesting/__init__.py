"""Candidate claims from a text, without a model: what its sentences and lists say of the graph's own names.

Nothing here enters a graph. A candidate that was understood to the last word is *sure*; whatever has a word left
over, a pronoun for a subject or two possible meanings is shown with the reason.
"""

from __future__ import annotations

__all__: list[str] = []
