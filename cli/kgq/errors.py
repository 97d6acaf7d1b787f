"""What is wrong with a command line, said to its user."""

from __future__ import annotations

__all__ = ["UsageError"]


class UsageError(Exception):
    """A command line that makes no sense; the message says what to write."""
