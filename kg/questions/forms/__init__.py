"""The forms of questions about claims, tried in order; the plain clause comes last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.questions.claims_ask import ClaimAsker
    from kg.questions.claims_compile import Context
    from kg.questions.claims_lattice import Spelling
    from kg.results import Answer

__all__ = ["answer_form"]


def answer_form(asker: ClaimAsker, text: str, words: Sequence[Spelling], context: Context) -> Answer:
    """Answer a question by the first form that fits it."""
    return asker.respond(text, asker.understand(words, context))
