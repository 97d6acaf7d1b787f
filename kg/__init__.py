"""kgq's library: a knowledge graph that can be cited, and asked in English.

>>> import kg
>>> kg.open_graph().explain("F090").evidence[0].quote
'Hyperscalers • Bear: • Technology risk • Demand risk • Capex risk'
"""

from __future__ import annotations

from kg.errors import (
    AmbiguousNameError,
    EngineError,
    KgError,
    LimitError,
    MissingExtraError,
    PluginError,
    PolicyError,
    QueryError,
    SourceError,
    UnknownEntityError,
)
from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.results import (
    Answer,
    AnswerRow,
    Cell,
    Claim,
    Derivation,
    Evidence,
    Premise,
    Problem,
    Reading,
    Rows,
)

__all__ = [
    "AmbiguousNameError",
    "Answer",
    "AnswerRow",
    "Cell",
    "Claim",
    "Derivation",
    "EngineError",
    "Evidence",
    "KgError",
    "KnowledgeGraph",
    "LimitError",
    "MissingExtraError",
    "PluginError",
    "PolicyError",
    "Premise",
    "Problem",
    "QueryError",
    "Reading",
    "Rows",
    "SourceError",
    "UnknownEntityError",
    "open_graph",
]
