"""What a part of the bench found: tables, curves, and what was missing; kept as JSON until the report is written."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "Curve", "Result", "Table", "read_results"]

FOLDER = Path(__file__).with_name("results")


@dataclass
class Table:
    """A table; a number stands as it was measured and is rounded when written.

    Attributes:
        facts: when it was measured, and how busy the machine was.
    """

    title: str
    columns: list[str]
    rows: list[list[Any]] = field(default_factory=list)
    note: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Curve:
    """Curves over one axis, or bars if the places on it are words.

    Attributes:
        series: for each name its points.
    """

    title: str
    x: str
    y: str
    series: dict[str, list[tuple[Any, float]]] = field(default_factory=dict)
    name: str = ""


@dataclass
class Result:
    """What one part found."""

    part: str
    title: str
    what: str
    tables: list[Table] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def save(self, folder: Path) -> None:
        """Keep it as JSON, beside what was measured before of other sizes."""
        folder.mkdir(parents=True, exist_ok=True)
        before = read_results(folder).get(self.part)
        if before is not None:
            self._add(before)
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / f"{self.part}.json").write_text(text + "\n", encoding="utf-8")

    def _add(self, before: Result) -> None:
        new = {table.title for table in self.tables}
        self.tables = sorted([*(t for t in before.tables if t.title not in new), *self.tables], key=_by_number)
        for curve in self.curves:
            for old in (each for each in before.curves if each.name == curve.name):
                for name, points in old.series.items():
                    kept = dict([*points, *curve.series.get(name, ())])
                    places = kept if any(isinstance(x, str) for x in kept) else sorted(kept)
                    curve.series[name] = [(x, kept[x]) for x in places]


def _by_number(table: Table) -> int:
    digits = "".join(mark for mark in table.title.partition(" triples")[0] if mark.isdigit())
    return int(digits or 0)


def read_results(folder: Path) -> dict[str, Result]:
    """Return what is kept, by the names of the parts."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        tables = [Table(**table) for table in data.pop("tables")]
        curves = [Curve(**curve) for curve in data.pop("curves")]
        found[path.stem] = Result(**data, tables=tables, curves=curves)
    return found
