"""Rows as binary tables: Parquet and Excel, with numbers, dates and truth values as what they are."""

from __future__ import annotations

import datetime
import decimal
import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pyoxigraph import Literal

from kg.errors import LimitError, MissingExtraError
from kg.formats.written import Export
from kg.results import Rows
from kg.terms import PREFIXES, Term, lexical

__all__ = ["TABLE_FORMATS", "rows_table", "table_bytes"]

TABLE_FORMATS = ("parquet", "xlsx")
"""The formats by name."""

_EXCEL_ROWS = 1_048_576
_EXCEL_CELL = 32_767
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_XSD = PREFIXES["xsd"]
_WHOLE = ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt")
_READERS: dict[str, Callable[[str], object]] = {
    **{_XSD + name: int for name in _WHOLE},
    _XSD + "decimal": decimal.Decimal,
    _XSD + "double": float,
    _XSD + "float": float,
    _XSD + "boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}[text],
    _XSD + "date": datetime.date.fromisoformat,
    _XSD + "dateTime": lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")),
}


def rows_table(rows: Rows, format: str) -> Export:  # noqa: A002 - what everybody calls it
    """Return the solutions of a SELECT as Parquet or Excel.

    Args:
        rows: the solutions.
        format: one of :data:`TABLE_FORMATS`.

    Raises:
        LimitError: more rows than the format holds.
        MissingExtraError: the extra ``tables`` is not installed.
    """
    return table_bytes(rows.variables, [[_value(term) for term in row] for row in rows], format)


def table_bytes(columns: Sequence[str], body: Sequence[Sequence[Any]], format: str) -> Export:  # noqa: A002
    """Return a table as Parquet or Excel, with what the format could not hold; see :func:`rows_table`."""
    return _parquet(columns, body) if format == "parquet" else _excel(columns, body)


def _value(term: Term | None) -> object:
    """Return a term as a value of Python; where its text does not fit its datatype, the text."""
    if term is None:
        return None
    if isinstance(term, Literal) and term.datatype.value in _READERS:
        try:
            return _READERS[term.datatype.value](term.value)
        except (ValueError, KeyError, ArithmeticError):
            return term.value
    return lexical(term)


def _parquet(columns: Sequence[str], body: Sequence[Sequence[Any]]) -> Export:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Parquet", "tables") from error
    losses: list[str] = []
    arrays = []
    for at, name in enumerate(columns):
        values = [row[at] for row in body]
        try:
            if len({type(value) for value in values if value is not None}) > 1:
                raise TypeError("several types in one column")
            arrays.append(pa.array(values))
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            arrays.append(pa.array([None if value is None else _text(value) for value in values], pa.string()))
            losses.append(f"the column '{name}' holds values of several types, and is written as text.")
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=_distinct(columns)), out)
    return Export(out.getvalue(), tuple(losses))


def _excel(columns: Sequence[str], body: Sequence[Sequence[Any]]) -> Export:
    try:
        import openpyxl
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise MissingExtraError("Excel", "tables") from error
    if len(body) >= _EXCEL_ROWS:
        raise LimitError(f"Excel holds {_EXCEL_ROWS - 1:,} rows, and these are {len(body):,}. Use parquet or csv.")
    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime.datetime(2000, 1, 1)
    sheet = book.create_sheet("answer")
    cut = replaced = 0
    for row in [columns, *body]:
        cells = []
        for value in row:
            shown = _excel_value(value)
            cell = WriteOnlyCell(sheet)
            if isinstance(shown, str):
                clean = _CONTROL.sub("\ufffd", shown)
                replaced += clean != shown
                cut += len(clean) > _EXCEL_CELL
                cell.value = clean[:_EXCEL_CELL]
                cell.data_type = "s"  # what begins with = is a text, not a formula
            else:
                cell.value = shown
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return Export(out.getvalue(), tuple(_losses(cut, replaced)))


def _losses(cut: int, replaced: int) -> Iterable[str]:
    if cut:
        yield f"{cut} cells are cut to {_EXCEL_CELL:,} characters, the most that Excel holds."
    if replaced:
        yield f"control characters in {replaced} cells are replaced by U+FFFD: Excel has none."


def _excel_value(value: object) -> object:
    """Return a value as Excel can hold it: big numbers, zones and what is not finite as text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, decimal.Decimal)):
        return value if -(10**15) < value < 10**15 else str(value)
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, datetime.datetime):
        return value if value.tzinfo is None and value.year >= 1900 else value.isoformat()
    if isinstance(value, datetime.date):
        return value if value.year >= 1900 else value.isoformat()
    return str(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _distinct(columns: Sequence[str]) -> list[str]:
    """Return names of which none occurs twice: Parquet's readers would show one of them alone."""
    found: list[str] = []
    for name in columns:
        number = 2
        unique = name
        while unique in found:
            unique, number = f"{name}_{number}", number + 1
        found.append(unique)
    return found
