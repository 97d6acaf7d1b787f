"""What is wrong with a claims table and can be mended without judgement, because only one thing can be meant.

Mended are: a start, where the quote occurs once and elsewhere; a quote that differs from one passage of the text
in typography alone (quotation marks, dashes, spaces); a name that differs from one known name in letter case
alone; prefix and suffix that are not what stands around the quote. Everything else takes a person.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.building.sources import document_folders, read_sources
from kg.documents.claim_rows import CLAIM_COLUMNS, CLAIM_OPTIONAL
from kg.documents.document import find_table, read_entities
from kg.documents.metadata import read_document_info
from kg.documents.ontology_terms import OntologyTerms
from kg.documents.tables import Row, read_table
from kg.documents.text import SourceText, read_utf8
from kg.errors import SourceError

__all__ = ["Fix", "apply_fixes", "find_fixes"]

_CONTEXT = 24
_ALIKE = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-"})


@dataclass(frozen=True, slots=True)
class Fix:
    """A cell and what it should be."""

    file: str
    line: int
    column: str
    old: str
    new: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column} {_short(self.old)} → {_short(self.new)} ({self.why})"


def find_fixes(paths: Iterable[Path], *, source: Path | None = None) -> list[Fix]:
    """Return what can be mended in the claims tables (CSV) of folders of claims.

    Args:
        paths: folders, or files in them.
        source: the document's text, where it is not among the sources.
    """
    folders: dict[Path, None] = {}
    for path in paths:
        base = path if path.is_dir() else path.parent
        folders.update(dict.fromkeys(document_folders(base)))
    return [fix for folder in folders for fix in _of_folder(folder, source)]


def _of_folder(folder: Path, source: Path | None) -> Iterator[Fix]:
    path = find_table(folder, "claims")
    if path.suffix != ".csv" or not path.is_file():
        return
    given = None if source is None else SourceText.read(source)[0]
    _, text, _ = read_document_info(folder / "document.yaml", given)
    rows, _ = read_table(path, CLAIM_COLUMNS, CLAIM_OPTIONAL)
    try:
        terms = read_sources(folder).terms()
    except SourceError:
        return
    names = _names(folder, terms)
    for row in rows:
        yield from _spelling(row, names)
        if text is not None and row["quote"]:
            yield from _quote(row, text)


def _names(folder: Path, terms: OntologyTerms) -> dict[str, set[str]]:
    entities = set(read_entities(folder, terms)[0])
    return {
        "subject": entities,
        "object": entities,
        "scenario": entities,
        "predicate": set(terms.predicates),
        "polarity": set(terms.polarities),
        "modality": set(terms.modalities),
        "kind": {"stated", "background"},
    }


def _spelling(row: Row, names: dict[str, set[str]]) -> Iterator[Fix]:
    for column, known in names.items():
        word = row[column].strip()
        if word and word not in known:
            meant = [name for name in known if name.casefold() == word.casefold()]
            if len(meant) == 1:
                yield Fix(row.file, row.line, column, row[column], meant[0], "letter case")


def _quote(row: Row, text: SourceText) -> Iterator[Fix]:
    quote, start = row["quote"], row["start"].strip()
    places = text.occurrences(quote)
    if not places:
        found = _alike(quote, text.text)
        if found is None:
            return
        yield Fix(row.file, row.line, "quote", quote, text.text[found[0] : found[1]], "typography of the text")
        quote, places = text.text[found[0] : found[1]], [found[0]]
    if start and len(places) == 1 and start != str(places[0]):
        yield Fix(row.file, row.line, "start", start, str(places[0]), "the quote occurs once, there")
    if len(places) != 1:
        return
    before, after = text.text[: places[0]], text.text[places[0] + len(quote) :]
    if row["prefix"] and not before.endswith(row["prefix"]):
        yield Fix(row.file, row.line, "prefix", row["prefix"], before[-_CONTEXT:], "what stands before the quote")
    if row["suffix"] and not after.startswith(row["suffix"]):
        yield Fix(row.file, row.line, "suffix", row["suffix"], after[:_CONTEXT], "what stands after the quote")


def _alike(quote: str, text: str) -> tuple[int, int] | None:
    """Return the one passage that differs from a quote in typography alone."""
    words = quote.translate(_ALIKE).split()
    if not words:
        return None
    pattern = r"\s+".join(map(re.escape, words))
    found = list(re.finditer(pattern, text.translate(_ALIKE)))  # a translation of one character by one
    return found[0].span() if len(found) == 1 else None


def apply_fixes(fixes: Sequence[Fix]) -> None:
    """Write the fixes into their files; every other line stays as it is, byte by byte.

    Raises:
        SourceError: a file cannot be written, or has changed since the fixes were found.
    """
    for file in dict.fromkeys(fix.file for fix in fixes):
        _mend(Path(file), [fix for fix in fixes if fix.file == file])


def _mend(path: Path, fixes: Sequence[Fix]) -> None:
    text, problems = read_utf8(path)
    if text is None:
        raise SourceError(f"{problems[0].message}. Check the file.", path=str(path))
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    written: list[str] = []
    begins = 0
    for cells in reader:
        raw = "".join(lines[begins : reader.line_num])
        if not header and cells:
            header = cells
        mine = [fix for fix in fixes if fix.line == begins + 1]
        written.append(_record(cells, header, mine, raw, path) if mine else raw)
        begins = reader.line_num
    _write(path, "".join(written))


def _record(cells: list[str], header: Sequence[str], fixes: Sequence[Fix], raw: str, path: Path) -> str:
    for fix in fixes:
        at = header.index(fix.column)
        if cells[at].strip() != fix.old.strip():
            raise SourceError("the file changed meanwhile. Run it again.", path=str(path), line=fix.line)
        cells[at] = fix.new
    ending = "\r\n" if raw.endswith("\r\n") else "\n"
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=ending if raw.endswith("\n") else "").writerow(cells)
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.fixed")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SourceError(
            f"cannot be written: {error.strerror}. Check its permissions.", path=str(path)
        ) from error


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return f"'{flat}'" if len(flat) <= 60 else f"'{flat[:57]}…'"
