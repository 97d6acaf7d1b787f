"""A first draft of a mapping, from a table's header and its first rows. Guesses are marked; a person decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from kg.errors import SourceError
from kg.reading.mapping import Mapping
from kg.reading.sources import find_sources
from kg.reading.tables import Cells, open_table
from kg.terms import PREFIXES

__all__ = ["draft_mapping"]

_ROWS = 1_000
_XSD = PREFIXES["xsd"]
_LOOKS = {
    "xsd:integer": re.compile(r"[+-]?\d{1,18}\Z"),
    "xsd:decimal": re.compile(r"[+-]?\d+\.\d+\Z"),
    "xsd:date": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z"),
    "xsd:boolean": re.compile(r"(true|false)\Z"),
    "iri": re.compile(r"https?://[^\s<>\"{}|^`\\]+\Z"),
}
_ZEROS = re.compile(r"0\d")  # an integer would lose them


@dataclass(frozen=True)
class _Column:
    name: str
    values: tuple[str, ...]
    kind: str


def draft_mapping(path: Path, *, form: str | None = None, namespace: str = "http://example.org/") -> str:
    """Return a mapping for a table as YAML: it can be loaded as it is, and is meant to be corrected.

    The subject is made from the first column that never repeats; every other column becomes a property, with the
    datatype that all of its first 1,000 values have.

    Args:
        path: the table.
        form: ``csv``, ``tsv``, ``xlsx`` or ``parquet``; by default told by its name.
        namespace: what new names begin with.

    Raises:
        SourceError: the table cannot be read, or has no rows.
    """
    found = find_sources([path], form=form, rules=Mapping(str(path), path.parent, ()))[0]
    if found.form not in ("csv", "tsv", "xlsx", "parquet"):
        raise SourceError("is no table. Name a CSV, TSV, Excel or Parquet file.", path=str(path))
    with open_table(replace(found, mapping=None)) as table:
        rows = [cells for _, cells in islice(table.rows, _ROWS)]
        columns = [_column(name, rows) for name in table.columns]
    if not rows:
        raise SourceError("the table has no rows. Add one, so that there is something to go by.", path=str(path))
    return _written(path.name, found.form, columns, len(rows), namespace)


def _column(name: str, rows: Sequence[Cells]) -> _Column:
    values = tuple(text for cells in rows if (text := cells.get(name, ("", ""))[0]))
    types = {cells[name][1] for cells in rows if name in cells}
    if types and types != {""}:
        return _Column(name, values, "cell" if len(types) == 1 else "")
    for kind, look in _LOOKS.items():
        if values and all(map(look.match, values)):
            padded = kind == "xsd:integer" and any(map(_ZEROS.match, values))
            return _Column(name, values, "" if padded else kind)
    return _Column(name, values, "")


def _written(name: str, form: str, columns: Sequence[_Column], rows: int, namespace: str) -> str:
    stem = re.sub(r"\W+", " ", name.split(".", 1)[0]).strip() or "row"
    kind = "".join(word[:1].upper() + word[1:] for word in re.split(r"[\s_]+", stem))
    slug = re.sub(r"[\s_]+", "-", stem).lower()
    key = next((c for c in columns if len(set(c.values)) == rows and c.kind != "iri"), None)
    label = next((c for c in columns if c is not key and not c.kind and c.values), key)
    subject = f"ex:{slug}/$({_escaped(key.name)})" if key is not None else f"ex:{slug}/" + "-".join(
        f"$({_escaped(column.name)})" for column in columns)  # fmt: skip
    remark = "the first column that never repeats" if key else "no column is without repetition: choose a key"
    lines = [
        f"# A draft for {name}: change names and types to what the columns mean, then",
        f'#   kgq load {name} --mapping THIS-FILE        or   kgq -g THIS-FILE query "…"',
        "prefixes:",
        f"  ex: {namespace}",
        "mappings:",
        f"  {slug}:",
        f"    sources: [{_quoted(f'{name}~{form}')}]",
        f"    s: {_quoted(subject)}  # {remark}",
        "    po:",
        f"      - [a, {_quoted('ex:' + kind)}]",
    ]
    if label is not None:
        lines.append(f"      - [rdfs:label, {_quoted(_reference(label))}]  # what people call it?")
    lines += [f"      - {_pair(column)}" for column in columns]
    return "".join(f"{line}\n" for line in lines)


def _pair(column: _Column) -> str:
    words = re.sub(r"\W+", " ", column.name).split()
    local = "".join(word[:1].upper() + word[1:] for word in words) or "column"
    property_ = _quoted(f"ex:{local[:1].lower()}{local[1:]}")
    value = _reference(column)
    if column.kind == "iri":
        return f"[{property_}, {_quoted(value + '~iri')}]"
    if column.kind in ("", "cell"):
        return f"[{property_}, {_quoted(value)}]"
    return f"[{property_}, {_quoted(value)}, {column.kind}]"


def _reference(column: _Column) -> str:
    return f"$({_escaped(column.name)})"


def _escaped(name: str) -> str:
    return re.sub(r"([\\()])", r"\\\1", name)


def _quoted(text: str) -> str:
    if re.fullmatch(r"[A-Za-z$][\w$()./:~-]*", text):
        return text
    return "'" + text.replace("'", "''") + "'"
