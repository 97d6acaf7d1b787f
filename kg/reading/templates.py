"""Templates of a mapping: text with ``$(column)`` in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Column", "Template", "parse_template"]

_UNSAFE = re.compile(r"[^\w.~-]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column whose cell stands in the text."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """Text and columns in turn.

    Attributes:
        parts: in order.
        line: where it stands in the mapping.
    """

    parts: tuple[str | Column, ...]
    line: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns used."""
        return tuple(part.name for part in self.parts if isinstance(part, Column))

    @property
    def constant(self) -> str | None:
        """The text, where no column is used."""
        return None if self.columns else "".join(part for part in self.parts if isinstance(part, str))

    @property
    def single(self) -> str | None:
        """The column, where there is nothing else."""
        first = self.parts[0] if len(self.parts) == 1 else None
        return first.name if isinstance(first, Column) else None

    def fill(self, cells: Mapping[str, str], *, encode: bool) -> str | None:
        """Return the text with cells in it; None where one of them is empty.

        Args:
            cells: by column.
            encode: whether cells become parts of an IRI: everything but letters, digits and ``-._~`` is
                percent-encoded, as R2RML does it. A template that is one column alone is taken as it is.
        """
        found: list[str] = []
        whole = self.single is not None
        for part in self.parts:
            if isinstance(part, str):
                found.append(part)
                continue
            cell = cells.get(part.name, "")
            if cell == "":
                return None
            found.append(_UNSAFE.sub(_percent, cell) if encode and not whole else cell)
        return "".join(found)


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))


def parse_template(written: str, line: int = 0) -> Template:
    r"""Return the template that a text stands for; a backslash takes the meaning of the next character away.

    >>> parse_template("ex:$(id)/x").parts
    ('ex:', Column(name='id'), '/x')

    Raises:
        ValueError: a column is not closed, or has no name.
    """
    parts: list[str | Column] = []
    text = ""
    at = 0
    while at < len(written):
        if written[at] == "\\" and at + 1 < len(written):
            text += written[at + 1]
            at += 2
        elif written.startswith("$(", at):
            end = _closing(written, at + 2)
            name = re.sub(r"\\(.)", r"\1", written[at + 2 : end])
            if not name:
                raise ValueError("names no column")
            if text:
                parts.append(text)
                text = ""
            parts.append(Column(name))
            at = end + 1
        else:
            text += written[at]
            at += 1
    if text:
        parts.append(text)
    return Template(tuple(parts), line)


def _closing(written: str, at: int) -> int:
    while at < len(written):
        if written[at] == "\\":
            at += 2
        elif written[at] == ")":
            return at
        else:
            at += 1
    raise ValueError("opens a column and does not close it")
