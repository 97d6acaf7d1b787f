"""What a command needs of the operating system, said before anything breaks."""

from __future__ import annotations

import os

__all__ = ["need_forks"]


def need_forks(command: str) -> None:
    """Refuse a command that splits into processes where the system cannot.

    Raises:
        kg.errors.KgError: Windows.
    """
    if not hasattr(os, "fork"):
        from kg.errors import KgError

        raise KgError(f"{command} needs processes that fork, which this system lacks. Run kgq in WSL, or on Unix.")
