"""What can be asked of a graph: its classes, properties and entities, their words, and how the data connects them.

Names are imported when they are first used: a question about claims needs a small part of what lies here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.vocabulary.terms import ClassTerm, EntityTerm, PropertyTerm, Usage
    from kg.vocabulary.vocabulary import Vocabulary

__all__ = ["ClassTerm", "EntityTerm", "PropertyTerm", "Usage", "Vocabulary"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'kg.vocabulary' has no attribute '{name}'")
    return getattr(
        import_module("kg.vocabulary.vocabulary" if name == "Vocabulary" else "kg.vocabulary.terms"), name
    )
