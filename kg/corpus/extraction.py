"""The text of a file, by well-kept extractors: what quotes are taken from and positions count in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.corpus.pdf_text import layout, lines_of
from kg.documents.text import read_bytes
from kg.errors import MissingExtraError, SourceError

__all__ = ["MEDIA_TYPES", "Extracted", "extract"]

MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""The documents that can be read, by the end of their name."""

_SPACES = re.compile(r"[ \t\xa0]+")
_BLOCKS = (
    "p", "div", "section", "article", "header", "footer", "li", "ul", "ol", "table", "tr", "blockquote", "pre",
    "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "figcaption", "br", "hr",
)  # fmt: skip
_SILENT = ("script", "style", "template", "noscript", "nav", "svg", "math", "iframe", "head", "title")
_LARGEST_MEMBER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document's canonical text and where it comes from.

    Attributes:
        text: with line feeds for line ends; positions count its code points.
        sha256: of the original bytes.
        media_type: of the original.
        headings: code point, words and level (from 1) of each heading that the format marks as one.
        pages: code point at which each page begins; empty for formats without pages.
        title: what the format gives as its title, '' for none.
    """

    text: str
    sha256: str
    media_type: str
    headings: tuple[tuple[int, str, int], ...] = ()
    pages: tuple[int, ...] = ()
    title: str = ""

    def page(self, position: int) -> int | None:
        """Return the page of a position, from 1; None without pages.

        >>> Extracted("ab", "", "", pages=(0, 1)).page(1)
        2
        """
        return sum(start <= position for start in self.pages) or None


def extract(path: Path) -> Extracted:
    """Return the text of a file.

    Args:
        path: text, Markdown, HTML, PDF or DOCX, told by the end of its name.

    Raises:
        SourceError: the file cannot be read, is of another kind, encrypted, damaged, or holds no text.
        MissingExtraError: the package that reads this format is not installed.
    """
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    if path.is_dir():
        raise SourceError("this is a folder. Name a file in it.", path=str(path))
    if media_type is None:
        known = ", ".join(sorted(MEDIA_TYPES))
        raise SourceError(
            f"'{path.suffix or path.name}' is no document kgq reads. It reads {known}.", path=str(path)
        )
    data, problems = read_bytes(path)
    if data is None:
        raise SourceError(f"{problems[0].message}. {problems[0].remedy.capitalize()}.", path=str(path))
    readers: dict[str, Callable[[bytes, Path], Extracted]] = {
        "text/plain": _plain,
        "text/markdown": _plain,
        "text/html": _html,
        "application/pdf": _pdf,
    }
    found = readers.get(media_type, _docx)(data, path)
    if not found.text.strip():
        hint = "Pages that were scanned need text recognition first." if found.pages else "Check the file."
        raise SourceError(f"there is no text in it. {hint}", path=str(path))
    return Extracted(
        found.text, hashlib.sha256(data).hexdigest(), media_type, found.headings, found.pages, found.title
    )


def _plain(data: bytes, path: Path) -> Extracted:
    return Extracted(_lines(_decoded(data, path)), "", "")


def _decoded(data: bytes, path: Path) -> str:
    """Decode UTF-8, or UTF-16 with its mark; another encoding is not guessed: a wrong one would alter quotes."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"byte 0x{data[error.start]:02X} at offset {error.start} is not UTF-8. Save the file as UTF-8.",
            path=str(path),
            line=line,
        ) from error


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _html(data: bytes, path: Path) -> Extracted:
    try:
        from bs4 import BeautifulSoup
    except ImportError as error:
        raise MissingExtraError("reading HTML", "documents") from error
    soup = BeautifulSoup(data, "html.parser")
    title = " ".join(soup.title.get_text().split()) if soup.title is not None else ""
    pieces = _Pieces()
    try:
        _walk(soup.body or soup, pieces)
    except RecursionError as error:
        raise SourceError("the elements nest too deep. Simplify the page.", path=str(path)) from error
    return pieces.extracted(title=title)


class _Pieces:
    """Text under construction: blocks apart, spaces folded, headings noted."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, int]] = []
        self.current = ""

    def add(self, text: str) -> None:
        self.current += text

    def close(self, *, level: int = 0, lead: str = "") -> None:
        words = _SPACES.sub(" ", " ".join(self.current.split()))
        if words:
            self.blocks.append((lead + words, level))
        self.current = ""

    def extracted(self, *, title: str = "") -> Extracted:
        self.close()
        text, headings = "", []
        for words, level in self.blocks:
            if text:
                text += "\n" if _is_item(words) else "\n\n"
            if level:
                headings.append((len(text), words, level))
            text += words
        return Extracted(text + "\n" if text else "", "", "", tuple(headings), title=title)


def _is_item(words: str) -> bool:
    return words.lstrip(" ").startswith("- ")


def _walk(node: Any, pieces: _Pieces, depth: int = 0) -> None:
    """Add the text of an element; block elements stand apart, list items get a dash."""
    from bs4.element import NavigableString, PreformattedString, Tag

    for child in node.children:
        if isinstance(child, PreformattedString):
            continue  # comments, declarations
        if isinstance(child, NavigableString):
            pieces.add(str(child))
        elif isinstance(child, Tag) and child.name not in _SILENT:
            block = child.name in _BLOCKS
            if block:
                pieces.close(lead=_bullet(node, depth))
            _walk(child, pieces, depth + (child.name in ("ul", "ol")))
            if block:
                level = int(child.name[1]) if re.fullmatch("h[1-6]", child.name) else 0
                pieces.close(level=level, lead=_bullet(child, depth))


def _bullet(node: Any, depth: int) -> str:
    return "  " * max(0, depth - 1) + "- " if node.name == "li" else ""


def _pdf(data: bytes, path: Path) -> Extracted:
    import io

    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise MissingExtraError("reading PDF", "documents") from error
    import logging

    logging.getLogger("pypdf").setLevel(
        logging.CRITICAL
    )  # it tells of every oddity of a file; we tell what is wrong
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceError("it is encrypted. Save a copy without a password.", path=str(path))
        text, pages, headings = layout([lines_of(page) for page in reader.pages])
        title = str(reader.metadata.title or "") if reader.metadata is not None else ""
        title = "" if title.strip("() ").lower() in ("anonymous", "untitled") else title
    except SourceError:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
    ) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SourceError(f"not a PDF that can be read: {reason}. Save it anew.", path=str(path)) from error
    known = tuple(headings) if len(headings) > 1 else ()
    return Extracted(_lines(text) if text.strip() else "", "", "", known, tuple(pages), title)


def _docx(data: bytes, path: Path) -> Extracted:
    import io
    import zipfile

    try:
        import docx
    except ImportError as error:
        raise MissingExtraError("reading DOCX", "documents") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(member.file_size > _LARGEST_MEMBER for member in archive.infolist()):
                raise SourceError("a part of it unpacks to more than 64 MB. Split it.", path=str(path))
        document = docx.Document(io.BytesIO(data))
        pieces = _Pieces()
        for words, level, lead in _paragraphs(document):
            pieces.add(words)
            pieces.close(level=level, lead=lead)
        title = str(document.core_properties.title or "")
    except SourceError:
        raise
    except Exception as error:  # the package raises what the parser below it raises
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SourceError(f"not a DOCX that can be read: {reason}. Save it anew.", path=str(path)) from error
    return pieces.extracted(title=title)


def _paragraphs(document: Any) -> Iterator[tuple[str, int, str]]:
    """Yield the paragraphs and table rows of a document in order: words, level of a heading, what leads."""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                yield " | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)), 0, ""
            continue
        style = str(block.style.name if block.style is not None else "")
        depth = re.search(r"(\d)\Z", style)
        item = style.startswith("List")
        lead = "  " * (int(depth[1]) - 1 if depth else 0) + "- " if item else ""
        level = 1 if style == "Title" else 1 + int(depth[1] if depth else 1) if style.startswith("Heading") else 0
        yield block.text, level, lead
