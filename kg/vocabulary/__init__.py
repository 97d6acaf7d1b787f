"""What can be asked of a graph: its classes, properties and entities, their words, and how the data connects them."""

from __future__ import annotations

from kg.vocabulary.terms import ClassTerm, EntityTerm, PropertyTerm, Usage
from kg.vocabulary.vocabulary import Vocabulary

__all__ = ["ClassTerm", "EntityTerm", "PropertyTerm", "Usage", "Vocabulary"]
