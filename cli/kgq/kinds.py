"""The option that says on which kinds of claims a result may rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["KINDS", "include_option"]

KINDS = ("stated", "inferred", "background")


class _Kinds(click.ParamType):  # type: ignore[type-arg]
    name = "kinds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Take a comma-separated list of kinds of claims."""
        if isinstance(value, (tuple, list)):
            return tuple(value)
        found = tuple(part.strip().lower() for part in str(value).split(",") if part.strip())
        unknown = [kind for kind in found if kind not in KINDS]
        if unknown or not found:
            self.fail(f"'{value}' is not a list of kinds; the kinds are {', '.join(KINDS)}.", param, ctx)
        return found


def include_option(what: str) -> Callable[[Any], Any]:
    """Return the option ``--include``; ``what`` begins its help: "Kinds of claims to draw"."""
    return click.option(
        "--include",
        type=_Kinds(),
        default="stated,inferred",
        show_default=True,
        envvar="KGQ_INCLUDE",
        metavar="KINDS",
        help=f"{what}: {','.join(KINDS)}.",
    )
