"""Rows of a table one by one: CSV, TSV, Excel and Parquet, each row with where it stands."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from kg.errors import MissingExtraError, SourceError
from kg.reading.guards import GuardedStream
from kg.reading.quads import said_by
from kg.reading.unpacking import FREE_BYTES, RATIO, Progress
from kg.terms import PREFIXES

if TYPE_CHECKING:
    from kg.reading.sources import SourceFile

__all__ = ["Cells", "Table", "open_table"]

Cells = dict[str, tuple[str, str]]
"""A row: text and datatype ('' for none) of each cell that is not empty."""

_XSD = PREFIXES["xsd"]
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_WHOLE = 256 * 1024 * 1024
_ENTRIES = 10_000


@dataclass(frozen=True)
class Table:
    """A table, open.

    Attributes:
        columns: their names, in order.
        rows: each row with its line (of Excel and Parquet, its number; the header is row 1).
        counted: what the number of a row is: ``line`` or ``row``.
    """

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Cells]]
    counted: str = "line"


@contextmanager
def open_table(
    source: SourceFile, *, sheet: str = "", delimiter: str = "", progress: Progress | None = None
) -> Iterator[Table]:
    """Open a table.

    Args:
        source: what to read; its form is one of the tables.
        sheet: of a workbook, the sheet; the first one by default.
        delimiter: of CSV; by default a comma, or a semicolon where the header has those alone.
        progress: told how many bytes were read.

    Raises:
        SourceError: it cannot be read, here or at some row.
        MissingExtraError: Excel and Parquet need the extra ``tables``.
    """
    with source.open(progress) as stream:
        watched = GuardedStream(cast("IO[bytes]", stream), None, source.name)
        doubt = None if source.path is None else source.open
        with said_by(source.name, source.form, watched, doubt):
            if source.form == "xlsx":
                yield _workbook(stream, source.name, sheet)
            elif source.form == "parquet":
                yield _parquet(stream, source.name)
            else:
                yield _separated(watched, source, "\t" if source.form == "tsv" else delimiter)


def _separated(stream: GuardedStream, source: SourceFile, delimiter: str) -> Table:
    buffered = io.BufferedReader(stream, 1 << 18)
    text = io.TextIOWrapper(buffered, encoding="utf-8", errors="strict", newline="")
    first = text.readline(1 << 20) if not delimiter else ""
    mark = delimiter or (";" if ";" in first and "," not in first else ",")
    lines = _records(_Lines(first, text), source, mark)
    _, header = next(lines, (1, []))
    columns = _header(header, source.name)
    return Table(columns, _rows(lines, columns, source.name))


class _Lines:
    """The lines of a text, of which the first was read already."""

    def __init__(self, first: str, rest: io.TextIOWrapper) -> None:
        self._first = first
        self._rest = rest

    def __iter__(self) -> Iterator[str]:
        if self._first:
            yield self._first
        yield from self._rest


def _records(lines: _Lines, source: SourceFile, mark: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(iter(lines), delimiter=mark, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            remedy = "Double every double quote inside a quoted cell, and close it"
            raise SourceError(f"not valid CSV: {error}. {remedy}.", path=source.name, line=begins) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _rows(
    records: Iterator[tuple[int, list[str]]], columns: Sequence[str], name: str
) -> Iterator[tuple[int, Cells]]:
    for line, cells in records:
        if len(cells) != len(columns):
            message = f"the row has {len(cells)} cells, the header has {len(columns)}"
            remedy = "Put cells that hold the delimiter or a line break in double quotes"
            raise SourceError(f"{message}. {remedy}.", path=name, line=line)
        yield line, {column: (cell, "") for column, cell in zip(columns, cells, strict=True) if cell}


def _header(cells: Sequence[object], name: str) -> tuple[str, ...]:
    columns = tuple("" if cell is None else str(cell).strip() for cell in cells)
    while columns and not columns[-1]:
        columns = columns[:-1]
    if not columns:
        raise SourceError("there is no header. Name the columns in the first row.", path=name, line=1)
    for column in columns:
        if not column:
            raise SourceError("a column has no name. Name it in the first row.", path=name, line=1)
        if columns.count(column) > 1:
            message = f"the column '{column[:60]}' occurs twice. Rename one of them."
            raise SourceError(message, path=name, line=1)
    return columns


def _workbook(stream: IO[bytes], name: str, sheet: str) -> Table:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError("Excel", "tables") from error
    import warnings

    whole = _seekable(stream, name)
    _check_zip(whole, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that openpyxl does not keep
            book = openpyxl.load_workbook(whole, read_only=True, data_only=True, keep_links=False)
            if sheet and sheet not in book.sheetnames:
                known = ", ".join(f"'{each}'" for each in book.sheetnames)
                raise SourceError(f"no sheet '{sheet}'; there are {known}. Name one of them.", path=name)
            found = book[sheet] if sheet else book.worksheets[0]
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"not a workbook of Excel: {_brief(error)}. Save it again.", path=name) from error
    rows = _sheet(found, name)
    _, header = next(rows, (1, ()))
    columns = _header(header, name)
    return Table(columns, _cells(rows, columns, name), "row")


def _sheet(found: Any, name: str) -> Iterator[tuple[int, tuple[object, ...]]]:
    try:
        for number, row in enumerate(found.iter_rows(values_only=True), 1):
            if any(cell is not None and cell != "" for cell in row):
                yield number, row
    except Exception as error:
        raise SourceError(f"the sheet is damaged: {_brief(error)}. Save it again.", path=name) from error


def _cells(
    rows: Iterator[tuple[int, tuple[object, ...]]], columns: Sequence[str], name: str
) -> Iterator[tuple[int, Cells]]:
    for number, row in rows:
        cells: Cells = {}
        for column, value in zip(columns, row, strict=False):
            if isinstance(value, str) and value in _ERRORS:
                message = f"the cell of '{column}' in row {number} holds the error {value}. Correct the formula."
                raise SourceError(message, path=name, line=number)
            text = _text(value)
            if text is not None and text[0]:
                cells[column] = text
        yield number, cells


def _parquet(stream: IO[bytes], name: str) -> Table:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Parquet", "tables") from error
    try:
        file = pq.ParquetFile(_seekable(stream, name))
        columns = _header(file.schema_arrow.names, name)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SourceError(f"not valid Parquet: {_brief(error)}. Write it again.", path=name) from error
    return Table(columns, _batches(file, columns, name, pa), "row")


def _batches(file: Any, columns: Sequence[str], name: str, pa: Any) -> Iterator[tuple[int, Cells]]:
    number = 1
    try:
        for batch in file.iter_batches(batch_size=4096):
            for row in batch.to_pylist():
                number += 1
                cells: Cells = {}
                for column in columns:
                    text = _text(row[column])
                    if text is None:
                        message = f"the column '{column}' holds lists or structures. Flatten it."
                        raise SourceError(message, path=name, line=number)
                    if text[0]:
                        cells[column] = text
                yield number, cells
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"not valid Parquet: {_brief(error)}. Write it again.", path=name) from error


def _seekable(stream: IO[bytes], name: str) -> IO[bytes]:
    """Return what can be read in any order: workbooks and Parquet begin at their end."""
    data = stream.read(_WHOLE + 1)
    if len(data) > _WHOLE:
        raise SourceError(f"is larger than {_WHOLE // 1024**2} MiB. Split it, or write CSV.", path=name)
    return io.BytesIO(data)


def _check_zip(stream: IO[bytes], name: str) -> None:
    """Refuse what unpacks out of proportion before anything is unpacked."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceError(f"not a workbook of Excel: {_brief(error)}. Save it as .xlsx.", path=name) from error
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _ENTRIES or unpacked > FREE_BYTES + RATIO * packed:
        message = f"unpacks to {unpacked:,} bytes in {len(entries):,} parts, out of proportion. Save it again."
        raise SourceError(message, path=name)
    stream.seek(0)


def _text(value: object) -> tuple[str, str] | None:
    """Return a cell as text with its datatype; None for what is no single value."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is how tables write nothing
        return "", ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # a workbook has no whole numbers
    for kind, (write, datatype) in _WRITERS.items():
        if isinstance(value, kind):
            return write(value), datatype and _XSD + datatype
    return None


_WRITERS: dict[type, tuple[Callable[[Any], str], str]] = {
    str: (str, ""),
    bool: (lambda value: str(value).lower(), "boolean"),
    int: (str, "integer"),
    float: (repr, "double"),
    decimal.Decimal: (lambda value: format(value, "f"), "decimal"),
    datetime.datetime: (datetime.datetime.isoformat, "dateTime"),
    datetime.date: (datetime.date.isoformat, "date"),
    datetime.time: (datetime.time.isoformat, "time"),
    bytes: (bytes.hex, "hexBinary"),
}
"""How values are written; a bool is an int and a datetime a date, so they come first."""


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")[:160] or type(error).__name__
