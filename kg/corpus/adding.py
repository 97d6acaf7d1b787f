"""Adds a document to a project: the original, its canonical text, and what is known of it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.building.build import write_bytes
from kg.corpus.extraction import Extracted, extract
from kg.corpus.project import Project, document_slug
from kg.errors import SourceError
from kg.terms import PREFIXES

__all__ = ["Added", "Broken", "add_document"]


@dataclass(frozen=True, slots=True)
class Broken:
    """A quote of an earlier version that the new text does not have.

    Attributes:
        claim: identifier of its claim.
        quote: its words.
        line: where it stands in ``claims.csv``.
        reason: what became of it.
    """

    claim: str
    quote: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding a document.

    Attributes:
        folder: where it is kept.
        extracted: its text.
        state: ``new``, ``unchanged`` or ``changed``.
        moved: how many quotes were anchored again at another place.
        broken: the quotes that could not be; then nothing was changed.
    """

    folder: Path
    extracted: Extracted
    state: str
    moved: int = 0
    broken: tuple[Broken, ...] = ()


def add_document(
    project: Project, path: Path, *, name: str = "", about: Mapping[str, str] | None = None, force: bool = False
) -> Added:
    """Keep a document with its hash and canonical text; one that is there already is brought up to date.

    Args:
        project: where to.
        path: text, Markdown, HTML, PDF or DOCX.
        name: what its folder is called; by default after the file.
        about: title, issued, creator, source, as far as known.
        force: whether a changed text replaces the old one although quotes break; their rows go to ``broken.csv``.

    Raises:
        SourceError: the file cannot be read, or the folder cannot be written to.
        MissingExtraError: the package that reads this format is not installed.
    """
    extracted = extract(path)
    folder = project.documents / document_slug(name or path.name)
    text_file = folder / "text.txt"
    old = text_file.read_text("utf-8") if text_file.is_file() else None
    if old == extracted.text and not about:
        return Added(folder, extracted, "unchanged")
    rows, broken, moved = _anchored_again(folder, extracted.text) if old is not None else (None, [], 0)
    if broken and not force:
        return Added(folder, extracted, "changed", moved, tuple(broken))
    _write_folder(folder, path, extracted, {**_known(folder), **(about or {})})
    if rows is not None:
        lost = {(b.claim, b.quote) for b in broken}
        kept = [row for row in rows if (row["id"], row["quote"]) not in lost]
        gone = [row for row in rows if (row["id"], row["quote"]) in lost]
        if kept:
            _write_table(folder / "claims.csv", kept)
        else:
            (folder / "claims.csv").unlink(missing_ok=True)
        if gone:
            _write_table(folder / "broken.csv", gone)
    return Added(folder, extracted, "new" if old is None else "changed", moved, tuple(broken))


def _known(folder: Path) -> dict[str, str]:
    """Return what the description says already, so that bringing a text up to date loses none of it."""
    import yaml

    file = folder / "document.yaml"
    data = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else None
    keep = ("title", "issued", "creator", "source", "language", "rights", "voices", "iri")
    return {key: value for key, value in (data or {}).items() if key in keep}


def _write_folder(folder: Path, path: Path, extracted: Extracted, about: Mapping[str, Any]) -> None:
    import yaml

    description: dict[str, Any] = {
        "title": extracted.title.strip() or _first_heading(extracted) or re.sub("[-_]", " ", path.stem),
        "media_type": extracted.media_type,
        "language": "en",
        **{key: value for key, value in about.items() if value},
        "iri": about.get("iri") or f"{PREFIXES['doc']}{hashlib.sha256(extracted.text.encode()).hexdigest()[:12]}",
        "text": "text.txt",
        "original": f"original{path.suffix.lower()}",
        "original_sha256": extracted.sha256,
    }
    if extracted.headings:
        description["headings"] = [
            {"start": start, "text": words, "level": level} for start, words, level in extracted.headings
        ]
    if extracted.pages:
        description["pages"] = list(extracted.pages)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / description["original"])
    except shutil.SameFileError:
        pass
    except OSError as error:
        raise SourceError(f"cannot be written: {error.strerror}. Name another place.", path=str(folder)) from error
    write_bytes(folder / "text.txt", extracted.text.encode("utf-8"))
    write_bytes(
        folder / "document.yaml", yaml.safe_dump(description, sort_keys=False, allow_unicode=True).encode()
    )


def _first_heading(extracted: Extracted) -> str:
    """Return the heading that a text begins with, if it is the only one of its level: its title."""
    levels = [level for _, _, level in extracted.headings]
    begins = bool(levels) and not extracted.text[: extracted.headings[0][0]].strip()
    return extracted.headings[0][1] if begins and levels.count(levels[0]) == 1 else ""


def _anchored_again(folder: Path, text: str) -> tuple[list[dict[str, str]], list[Broken], int]:
    """Find the quotes of a folder's claims in another text: at one place, or at the one nearest to the old."""
    file = folder / "claims.csv"
    if not file.is_file():
        return [], [], 0
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    broken: list[Broken] = []
    moved = 0
    for n, row in enumerate(rows, 2):
        quote, start = row.get("quote") or "", row.get("start") or ""
        if not quote:
            continue
        places = [match.start() for match in re.finditer(re.escape(quote), text)]
        if not places:
            broken.append(Broken(row["id"], quote, n, "is no longer in the text"))
            continue
        given = int(start) if start.isdigit() else places[0]
        best = min(places, key=lambda at: abs(at - given))
        if len(places) > 1 and not _same_context(row, text, best):
            broken.append(Broken(row["id"], quote, n, f"stands {len(places)} times in the text now"))
            continue
        moved += str(best) != start
        row["start"] = str(best)
    return rows, broken, moved


def _same_context(row: Mapping[str, str], text: str, at: int) -> bool:
    prefix, suffix = row.get("prefix") or "", row.get("suffix") or ""
    end = at + len(row["quote"])
    return bool(prefix or suffix) and text[:at].endswith(prefix) and text[end:].startswith(suffix)


def _write_table(path: Path, rows: list[dict[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(path, out.getvalue().encode("utf-8"))
