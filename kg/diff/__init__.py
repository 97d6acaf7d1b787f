"""What sets two graphs apart: their facts, whatever their blank nodes are called."""

from __future__ import annotations

from kg.diff.facts import FactDiff, diff_facts

__all__ = ["FactDiff", "diff_facts"]
