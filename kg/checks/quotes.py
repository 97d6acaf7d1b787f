"""Whether the quotes of a graph are where they say they are: against their own numbers, and against the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.dataset import Dataset
from kg.documents.text import SourceText
from kg.results import Problem
from kg.terms import lexical

__all__ = ["BROKEN", "Verification", "verify", "verify_quotes"]

BROKEN = frozenset({"broken-quote", "broken-evidence", "no-quote"})
"""Names of the checks that concern one quote."""

_QUOTES = """
SELECT DISTINCT ?evidence ?document ?exact ?start ?end ?prefix ?suffix {
  ?evidence a kgq:Evidence .
  OPTIONAL { ?evidence oa:hasSource ?document }
  OPTIONAL { ?evidence oa:hasSelector ?quote . ?quote oa:exact ?exact
             OPTIONAL { ?quote oa:prefix ?prefix } OPTIONAL { ?quote oa:suffix ?suffix } }
  OPTIONAL { ?evidence oa:hasSelector ?position . ?position oa:start ?start ; oa:end ?end }
}"""
_DOCUMENTS = """
SELECT DISTINCT ?document ?title ?sha256 ?length ?first ?last {
  ?document a kgq:Document .
  OPTIONAL { ?document dcterms:title ?title } OPTIONAL { ?document kgq:sha256 ?sha256 }
  OPTIONAL { ?document kgq:codePoints ?length }
  OPTIONAL { ?document kgq:extentStart ?first ; kgq:extentEnd ?last }
}"""
_WITHOUT = """
SELECT DISTINCT ?claim ?id { ?claim a kgq:StatedClaim . OPTIONAL { ?claim dcterms:identifier ?id }
  FILTER NOT EXISTS { ?claim kgq:hasEvidence ?evidence . ?evidence a kgq:Evidence } }"""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and what is wrong.

    Attributes:
        quotes: how many quotes the graph has.
        compared: how many of them were compared with the text.
        documents: titles of the documents whose text was at hand.
        missing: titles of those whose text was not.
        problems: one for each broken quote, and for each text that is not the one encoded.
    """

    quotes: int
    compared: int
    documents: tuple[str, ...]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]


def verify(dataset: Dataset, source: Path | None = None) -> list[Problem]:
    """Return what :func:`verify_quotes` finds wrong; an empty list means that everything checked holds."""
    return list(verify_quotes(dataset, () if source is None else (source,)).problems)


@dataclass(frozen=True, slots=True)
class _Document:
    iri: str
    title: str
    sha256: str
    length: int | None
    extent: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Quote:
    evidence: str
    document: str
    exact: str
    start: int
    end: int
    prefix: str
    suffix: str

    @property
    def place(self) -> str:
        return f"{self.start}–{self.end}"


def verify_quotes(dataset: Dataset, sources: Iterable[Path] = ()) -> Verification:
    """Check every quote of a graph.

    Lengths and limits are always checked. A text is recognised by its SHA-256; where it is at hand, every quote
    must be exactly the words from its start to its end.

    Args:
        dataset: the graph.
        sources: text files, in any order.
    """
    documents = _documents(dataset)
    quotes, problems = _quotes(dataset)
    problems += _unsupported(dataset)
    texts, more = _match(documents, sources)
    problems += more
    compared = 0
    for quote in quotes:
        document, text = documents.get(quote.document), texts.get(quote.document)
        problem = _numbers(quote, document)
        if problem is None and text is not None:
            compared += 1
            problem = _words(quote, text)
        if problem is not None:
            problems.append(problem)
    return Verification(
        quotes=len(quotes),
        compared=compared,
        documents=tuple(document.title for iri, document in documents.items() if iri in texts),
        missing=tuple(document.title for iri, document in documents.items() if iri not in texts),
        problems=tuple(problems),
    )


def _documents(dataset: Dataset) -> dict[str, _Document]:
    found: dict[str, _Document] = {}
    for row in sorted(dataset.select(_DOCUMENTS).dicts(), key=str):
        iri = lexical(row["document"])
        length = int(lexical(row["length"])) if "length" in row else None
        extent = (int(lexical(row["first"])), int(lexical(row["last"]))) if "first" in row else None
        title = lexical(row.get("title")) or iri
        found.setdefault(iri, _Document(iri, title, lexical(row.get("sha256")), length, extent))
    return found


def _quotes(dataset: Dataset) -> tuple[list[_Quote], list[Problem]]:
    found: list[_Quote] = []
    problems: list[Problem] = []
    for row in dataset.select(_QUOTES).dicts():
        text = {name: lexical(term) for name, term in row.items()}
        try:
            start, end = int(text["start"]), int(text["end"])
            quote = _Quote(
                text["evidence"], text["document"], text["exact"], start, end,
                text.get("prefix", ""), text.get("suffix", ""),
            )  # fmt: skip
        except (KeyError, ValueError):
            remedy = "build the graph again from its sources"
            message = f"the evidence <{text['evidence']}> lacks its document, quote or position"
            problems.append(Problem("error", message, "", None, text["evidence"], remedy, "broken-evidence"))
        else:
            found.append(quote)
    return sorted(found, key=lambda quote: (quote.document, quote.start, quote.end)), problems


def _unsupported(dataset: Dataset) -> list[Problem]:
    found = []
    for claim, identifier in dataset.select(_WITHOUT):
        name = lexical(identifier) or lexical(claim)
        message, remedy = f"the stated claim {name} has no quote", "build the graph again from its sources"
        found.append(Problem("error", message, "", None, lexical(claim), remedy, "no-quote"))
    return found


def _match(
    documents: dict[str, _Document], sources: Iterable[Path]
) -> tuple[dict[str, SourceText], list[Problem]]:
    """Tell by checksum which text is which document's; one that fits none goes to the document left."""
    texts: dict[str, SourceText] = {}
    problems: list[Problem] = []
    strangers: list[SourceText] = []
    for path in sources:
        text, wrong = SourceText.read(path)
        problems.extend(wrong)
        if text is None:
            continue
        matching = [iri for iri, document in documents.items() if document.sha256 == text.sha256]
        texts.update(dict.fromkeys(matching, text))
        if not matching:
            strangers.append(text)
    unmatched = [document for iri, document in documents.items() if iri not in texts]
    for text in strangers:
        expected = (
            f"“{unmatched[0].title}” has {unmatched[0].sha256}" if len(unmatched) == 1 else "no document has that"
        )
        message = f"the text has SHA-256 {text.sha256}; {expected}"
        remedy = "name the file that was encoded, unchanged"
        problems.append(Problem("error", message, text.path, None, text.sha256, remedy, "checksum"))
    if len(strangers) == 1 and len(unmatched) == 1:
        texts[unmatched[0].iri] = strangers[0]
    return texts, problems


def _numbers(quote: _Quote, document: _Document | None) -> Problem | None:
    if document is None:
        return _broken(quote, "its document is not in the graph")
    if len(quote.exact) != quote.end - quote.start or quote.start < 0:
        return _broken(
            quote, f"has {len(quote.exact)} code points, its place has room for {quote.end - quote.start}"
        )
    if document.length is not None and quote.end > document.length:
        return _broken(quote, f"ends after the document, which has {document.length} code points")
    if document.extent is not None and not document.extent[0] <= quote.start <= quote.end <= document.extent[1]:
        return _broken(quote, f"lies outside the encoded part, {document.extent[0]}–{document.extent[1]}")
    return None


def _words(quote: _Quote, text: SourceText) -> Problem | None:
    there = text.text[quote.start : quote.end]
    if there != quote.exact:
        return _broken(quote, f"the text has “{there}” there")
    before, after = text.text[: quote.start], text.text[quote.end :]
    if not before.endswith(quote.prefix) or not after.startswith(quote.suffix):
        return _broken(quote, "its prefix or suffix is not what stands around it")
    return None


def _broken(quote: _Quote, reason: str) -> Problem:
    message = f"broken quote at {quote.place}: “{quote.exact}”: {reason}"
    remedy = "correct it in the sources and build again"
    return Problem("error", message, "", None, quote.exact, remedy, "broken-quote")
