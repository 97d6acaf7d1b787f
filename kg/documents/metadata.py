"""``document.yaml``: which bytes were encoded, whose voices they hold, and which part of them counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.documents.spelling import did_you_mean
from kg.documents.text import SourceText, read_utf8
from kg.documents.yaml_source import Located, read_yaml
from kg.results import Problem
from kg.terms import PREFIXES

__all__ = ["DocumentInfo", "Heading", "Voice", "read_document_info"]

_FIELDS = (
    "iri", "title", "issued", "creator", "source", "language", "media_type", "encoding", "bytes", "code_points",
    "sha256", "extent", "voices", "headings", "rights", "encoded_by", "encoded_on", "text",
    "original", "original_sha256", "pages",
)  # fmt: skip
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?\Z")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]+\Z")
_SHA = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody to whom the document gives the word."""

    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, the code point at which it begins, and its level from 1; 0 if the format shows none."""

    start: int
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document as its encoders describe it.

    Attributes:
        iri: the document's IRI, below which claims, evidence and voices are named.
        sha256: checksum of the bytes.
        code_points: length of the decoded text.
        extent: first code point that counts, and the one after the last.
        file: where this was read.
        has_text: whether the text is one of the sources (the field ``text``), and so always at hand.
    """

    iri: str
    title: str
    sha256: str
    code_points: int
    extent: tuple[int, int]
    language: str = "en"
    issued: str = ""
    creator: str = ""
    source: str = ""
    media_type: str = ""
    rights: str = ""
    encoded_by: str = ""
    encoded_on: str = ""
    voices: Mapping[str, Voice] = field(default_factory=dict)
    headings: tuple[Heading, ...] = ()
    file: str = ""
    has_text: bool = False

    def voice_iri(self, name: str) -> str:
        """Return the IRI of a voice."""
        return f"{self.iri}/voice/{name}"

    def claim_iri(self, identifier: str) -> str:
        """Return the IRI of a claim."""
        return f"{self.iri}/claim/{identifier}"

    @property
    def graph(self) -> str:
        """Return the IRI of the named graph of the document's claims."""
        return f"{self.iri}/claims"


def read_document_info(
    path: Path, source: SourceText | None = None
) -> tuple[DocumentInfo | None, SourceText | None, list[Problem]]:
    """Read ``document.yaml``, and the text where it is at hand.

    Args:
        path: the file.
        source: a text that may be the document's: it is if its checksum is the one given, or none is given.
            Otherwise the file that the field ``text`` names, next to ``path``.
    """
    content, problems = read_utf8(path)
    if content is None:
        return None, None, problems
    root, problems = read_yaml(content, str(path))
    if root is None:
        return None, None, problems
    if not isinstance(root.value, dict):
        remedy = "write 'title: …', 'sha256: …' lines"
        wrong = Problem(
            "error", "a mapping of fields is expected", str(path), root.line, "", remedy, "wrong-shape"
        )
        return None, None, [wrong]
    reader = _Reader(root, str(path), problems)
    text = reader.source(source, path.parent)
    info = reader.info(text)
    failed = any(problem.severity == "error" for problem in reader.problems)
    return (None if failed else info), text, reader.problems


class _Reader:
    """Turns the located YAML of one file into a description, collecting problems on the way."""

    def __init__(self, root: Located, file: str, problems: list[Problem]) -> None:
        self.root = root
        self.file = file
        self.problems = problems
        for name, located in root.value.items() if isinstance(root.value, dict) else ():
            if name not in _FIELDS:
                self.wrong(located.line, f"unknown field '{name}'", name, did_you_mean(name, _FIELDS, "remove it"))

    def wrong(self, line: int, message: str, value: str, remedy: str, rule: str = "document") -> None:
        self.problems.append(Problem("error", message, self.file, line, value, remedy, rule))

    def line(self, *path: str) -> int:
        found = self.root.at(*path)
        return found.line if found is not None else 1

    def source(self, given: SourceText | None, folder: Path) -> SourceText | None:
        """Return the text at hand: the one given if it is this document's, else the one that ``text`` names."""
        named, sha256 = self.root.text("text"), self.root.text("sha256").lower()
        if given is not None and (given.sha256 == sha256 or not (sha256 or named)):
            return given
        if not named:
            return None
        text, problems = SourceText.read(folder / named)
        self.problems.extend(problems)
        if text is not None and sha256 not in ("", text.sha256):
            message = f"the text {named} has SHA-256 {text.sha256}, not the one given here: it was changed"
            remedy = "put the old text back, or correct sha256 and check the quotes"
            self.wrong(self.line("sha256"), message, sha256, remedy, "checksum")
        return text

    def info(self, text: SourceText | None) -> DocumentInfo:
        sha256 = self._sha256(text)
        length = self._number("code_points", default=len(text.text) if text else None)
        if text is not None and length != len(text.text):
            message = f"the text has {len(text.text)} code points, not {length}"
            self.wrong(self.line("code_points"), message, str(length), f"write {len(text.text)}", "checksum")
        extent = (self._number("extent", "start", default=0), self._number("extent", "end", default=length))
        if not 0 <= extent[0] < extent[1] <= length:
            message = (
                f"the extent {extent[0]} to {extent[1]} does not lie within the {length} code points of the text"
            )
            self.wrong(self.line("extent"), message, f"{extent[0]}–{extent[1]}", "correct start and end")
        words = {name: " ".join(self.root.text(name).split()) for name in _FIELDS}
        if not words["title"]:
            self.wrong(1, "the document has no title", "", "add 'title: …'")
        if words["issued"] and not _DATE.match(words["issued"]):
            self.wrong(
                self.line("issued"), f"'{words['issued']}' is not a date", words["issued"], "write YYYY-MM-DD"
            )
        return DocumentInfo(
            iri=self._iri(sha256),
            title=words["title"],
            sha256=sha256,
            code_points=length,
            extent=extent,
            language=words["language"] or "en",
            issued=words["issued"],
            creator=words["creator"],
            source=words["source"],
            media_type=words["media_type"],
            rights=words["rights"],
            encoded_by=words["encoded_by"],
            encoded_on=words["encoded_on"],
            voices=self._voices(),
            headings=self._headings(),
            file=self.file,
            has_text=bool(self.root.text("text")),
        )

    def _sha256(self, text: SourceText | None) -> str:
        given = self.root.text("sha256").lower()
        if given and not _SHA.match(given):
            remedy = "write the 64 hexadecimal digits that `sha256sum FILE` prints"
            self.wrong(self.line("sha256"), f"'{given}' is not a SHA-256", given, remedy)
        elif not given and text is None:
            remedy = "name the text ('text: FILE'), or give sha256 and code_points"
            self.wrong(1, "neither the text nor its SHA-256 is known", "", remedy)
        return given or (text.sha256 if text else "")

    def _iri(self, sha256: str) -> str:
        given = self.root.text("iri")
        if given and not _IRI.match(given):
            self.wrong(
                self.line("iri"), f"'{given}' is not an IRI", given, "write an absolute IRI, or leave it out"
            )
        return given or f"{PREFIXES['doc']}{sha256[:12]}"

    def _number(self, *path: str, default: int | None) -> int:
        written = self.root.text(*path)
        if not written and default is not None:
            return default
        if written.isascii() and written.isdigit():
            return int(written)
        name = ".".join(path)
        self.wrong(
            self.line(*path), f"{name} '{written}' is not a whole number", written, f"give {name} as digits"
        )
        return 0

    def _voices(self) -> dict[str, Voice]:
        located = self.root.at("voices")
        if located is None:
            return {"text": Voice("the document")}
        if not isinstance(located.value, dict) or not located.value:
            self.wrong(
                located.line, "voices is not a mapping", "", "write 'voices:' and below it 'name: {label: …}'"
            )
            return {}
        found: dict[str, Voice] = {}
        for name, voice in located.value.items():
            if not re.fullmatch(r"[\w-]+", name):
                self.wrong(voice.line, f"'{name}' cannot name a voice", name, "use letters, digits and '-'")
            label = voice.value if isinstance(voice.value, str) else voice.text("label")
            found[name] = Voice(label or name, " ".join(voice.text("note").split()))
        return found

    def _headings(self) -> tuple[Heading, ...]:
        located = self.root.at("headings")
        if located is None:
            return ()
        found: list[Heading] = []
        for item in located.value if isinstance(located.value, list) else [located]:
            start = item.text("start")
            if not (start.isascii() and start.isdigit()) or not item.text("text"):
                remedy = "write '- {start: 12, text: \"…\"}'"
                self.wrong(item.line, "a heading needs start and text", start, remedy)
                continue
            level = item.text("level") or "0"
            found.append(Heading(int(start), item.text("text"), int(level) if level.isdigit() else 0))
        return tuple(sorted(found, key=lambda heading: heading.start))
