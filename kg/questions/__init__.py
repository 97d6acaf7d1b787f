"""English questions over any labelled graph, without a model: words, readings, SPARQL, answers."""

from __future__ import annotations

from kg.questions.answer import ask

__all__ = ["ask"]
