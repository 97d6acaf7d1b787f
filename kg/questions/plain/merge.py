"""Two mentions that are one thing: *the city Austin*, *Sacramento is the capital*."""

from __future__ import annotations

from kg.questions.plain.graph import Node
from kg.vocabulary import Vocabulary
from kg.vocabulary.datatypes import is_date

__all__ = ["Merger"]


class Merger:
    """Decides whether two nodes may be one, and makes it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.schema = vocabulary.schema

    def merge(self, left: Node, right: Node) -> Node | None:
        """Return one node for two that name the same thing (*the city Austin*), or None if they cannot."""
        if left.kind == right.kind == "entity" or (left.waiting and right.waiting):
            return None
        if left.question in ("where", "when") or right.question in ("where", "when"):
            return None if "value" not in (left.kind, right.kind) else self._merge_values(left, right)
        extremes = bool(left.superlative) + bool(right.superlative)
        if (
            (left.kind == "value") != (right.kind == "value")
            or extremes == 2
            or (extremes and 1 in (len(left.iris), len(right.iris)))
        ):
            return None
        if left.kind == "value" or right.kind == "value":
            return self._merge_values(left, right)
        if left.types and right.types and not self._compatible(left, right):
            return None
        base, extra = (right, left) if right.kind == "entity" or right.waiting else (left, right)
        types = base.types & extra.types or base.types or extra.types
        return base._replace(
            kind="entity" if base.iris or extra.iris else base.kind,
            classes=tuple(dict.fromkeys((*base.classes, *extra.classes))),
            types=types,
            iris=base.iris or extra.iris,
            role=base.role or extra.role,
            role_inverse=base.role_inverse if base.role else extra.role_inverse,
            owned=base.owned if base.role else extra.owned,
            superlative=base.superlative or extra.superlative,
            most=base.most or extra.most,
            counted=base.counted or extra.counted,
            each=base.each or extra.each,
            aggregate=base.aggregate or extra.aggregate,
            question=base.question or extra.question,
            show=base.show or extra.show,
            words=f"{left.words} {right.words}".strip(),
            start=min(left.start, right.start),
        )

    def _merge_values(self, left: Node, right: Node) -> Node | None:
        if left.kind != right.kind:
            return None
        base, extra = (left, right) if left.role or left.measure else (right, left)
        if base.role and extra.role and base.role != extra.role:
            return None
        if extra.question == "when" and base.role:
            term = self.vocabulary.properties[base.role]
            if (
                not is_date(term.datatype)
                and "year" not in term.label.lower()
                and "date" not in term.label.lower()
            ):
                return None
        return base._replace(
            texts=base.texts or extra.texts,
            superlative=base.superlative or extra.superlative,
            aggregate=base.aggregate or extra.aggregate,
            each=base.each or extra.each,
            filters=(*base.filters, *extra.filters),
            question=base.question or extra.question,
            show=base.show or extra.show,
            words=f"{left.words} {right.words}".strip(),
        )

    def _compatible(self, left: Node, right: Node) -> bool:
        if right.kind == "entity" or left.kind == "entity":
            entity, other = (right, left) if right.kind == "entity" else (left, right)
            wanted = other.classes or tuple(other.types)
            return bool(entity.types & frozenset(wanted))
        overlaps = self.vocabulary.overlaps
        return any(a == b or (a, b) in overlaps for a in left.types for b in right.types)

    def _narrow(self, node: Node) -> Node | None:
        """Keep the namesakes that are instances of the classes asked for."""
        if not node.classes:
            return node
        entities = self.vocabulary.entities
        kept = tuple(
            i for i in node.iris if all(c in entities[i].types for c in node.classes) or i not in entities
        )
        return node._replace(iris=kept) if kept else None
