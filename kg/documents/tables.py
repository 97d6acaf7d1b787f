"""Rows of a source table, from CSV, TSV or YAML, each with the line it begins on."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.documents.spelling import did_you_mean
from kg.documents.text import read_utf8
from kg.documents.yaml_source import Located, read_yaml
from kg.results import Problem

__all__ = ["Row", "read_table"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column name (missing ones are empty) and where it begins."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def problem(self, rule: str, message: str, value: str, remedy: str) -> Problem:
        """Return an error that stands at this row."""
        return Problem("error", message, self.file, self.line, value, remedy, rule)


def read_table(
    path: Path, required: Sequence[str], optional: Sequence[str] = ()
) -> tuple[list[Row], list[Problem]]:
    """Read the rows of a CSV or TSV file, or of a YAML file with the same fields.

    Args:
        path: the file; ``.yaml`` and ``.yml`` are read as YAML, ``.tsv`` with tabs, everything else as CSV.
        required: columns that a CSV header must have, in any order.
        optional: columns that it may have.

    Returns:
        the rows, and every problem found; rows are empty where the header is wrong.
    """
    text, problems = read_utf8(path)
    if text is None:
        return [], problems
    if path.suffix.lower() in (".yaml", ".yml"):
        return _yaml_rows(text, str(path), {*required, *optional})
    mark = "\t" if path.suffix.lower() == ".tsv" else ","
    return _csv_rows(text, str(path), required, optional, mark)


def _csv_rows(
    text: str, name: str, required: Sequence[str], optional: Sequence[str], mark: str
) -> tuple[list[Row], list[Problem]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    header: list[str] = []
    for line, cells in _records(text, name, problems, mark):
        if not header:
            problems.extend(_header_problems(cells, name, line, required, optional))
            if problems:
                return [], problems
            header = cells
        elif len(cells) != len(header):
            message = f"the row has {len(cells)} cells, the header has {len(header)}"
            remedy = "put cells that hold a comma or a line break in double quotes"
            problems.append(Problem("error", message, name, line, ",".join(cells)[:80], remedy, "wrong-cells"))
        else:
            rows.append(Row(name, line, dict(zip(header, cells, strict=True))))
    if header and not rows and not problems:
        problems.append(Problem("error", "there is no row below the header", name, 1, "", "add one", "empty-file"))
    return rows, problems


def _records(text: str, name: str, problems: list[Problem], mark: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it begins on: a quoted cell may span lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            remedy = "double every double quote inside a quoted cell, and close it"
            problems.append(Problem("error", f"not CSV: {error}", name, begins, "", remedy, "syntax"))
            return
        if cells:
            yield begins, cells
        begins = reader.line_num + 1


def _header_problems(
    cells: Sequence[str], name: str, line: int, required: Sequence[str], optional: Sequence[str]
) -> list[Problem]:
    allowed = [*required, *optional]
    missing = [column for column in required if column not in cells]
    extra = [column for column in cells if column not in allowed]
    problems: list[Problem] = []
    if missing:
        remedy = f"write the header {','.join(required)}"
        message = f"missing column{'s' * (len(missing) > 1)} {_listed(missing)}"
        problems.append(Problem("error", message, name, line, ", ".join(missing), remedy, "wrong-columns"))
    for column in extra:
        remedy = did_you_mean(column, allowed, "remove it")
        problems.append(
            Problem("error", f"unknown column '{column}'", name, line, column, remedy, "wrong-columns")
        )
    for column in sorted({column for column in cells if cells.count(column) > 1}):
        message = f"the column '{column}' occurs twice"
        problems.append(Problem("error", message, name, line, column, "remove one of them", "wrong-columns"))
    return problems


def _yaml_rows(text: str, name: str, allowed: Collection[str]) -> tuple[list[Row], list[Problem]]:
    root, problems = read_yaml(text, name)
    if root is None:
        return [], problems
    if not isinstance(root.value, list):
        remedy = "write one '- id: …' entry a row"
        return [], [
            Problem("error", "a list of entries is expected here", name, root.line, "", remedy, "wrong-shape")
        ]
    rows: list[Row] = []
    for entry in root.value:
        rows.extend(_yaml_entry(entry, name, allowed, problems))
    return rows, problems


def _yaml_entry(entry: Located, name: str, allowed: Collection[str], problems: list[Problem]) -> list[Row]:
    """Return the row of one entry, and one more for each item of its ``evidence``."""
    if not isinstance(entry.value, dict):
        remedy = "write 'field: value' lines"
        problems.append(
            Problem("error", "an entry of fields is expected", name, entry.line, "", remedy, "wrong-shape")
        )
        return []
    cells: dict[str, str] = {}
    further: list[Located] = []
    for field, located in entry.value.items():
        if field == "evidence" and isinstance(located.value, list):
            further = located.value
        elif field not in allowed:
            remedy = did_you_mean(field, allowed, "remove it")
            message = f"unknown field '{field}'"
            problems.append(Problem("error", message, name, located.line, field, remedy, "wrong-columns"))
        else:
            cells[field] = _cell(located)
    rows = [Row(name, entry.line, cells)]
    for item in further:
        quotes = _yaml_entry(item, name, ("heading", "quote", "start", "prefix", "suffix"), problems)
        rows.extend(Row(name, row.line, {"id": cells.get("id", ""), **row.cells}) for row in quotes)
    if further and not cells.get("quote") and len(rows) > 1:
        first = rows.pop(1)  # the first item is the entry's own evidence
        rows[0] = Row(name, entry.line, {**cells, **first.cells})
    return rows


def _cell(located: Located) -> str:
    """Return a scalar as it is, a list joined by `` | ``, a mapping in the notation of qualifiers."""
    value = located.value
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " | ".join(_cell(item) for item in value)
    pairs: list[str] = []
    for key, item in value.items():
        words = item.value if isinstance(item.value, list) else [item]
        pairs.extend(f"{key}={_escaped(_cell(word))}" for word in words)
    return "; ".join(pairs)


def _escaped(words: str) -> str:
    return words.replace(";", "\\;")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
