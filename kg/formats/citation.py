"""Turns claims into references: footnotes, BibTeX, Markdown. The quote and its place always come along."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.claims import ClaimReader
from kg.dataset import Dataset
from kg.results import Answer, Claim, Derivation, Evidence
from kg.terms import lexical, local_name

__all__ = ["STYLES", "cite", "claims_of"]

STYLES = ("footnote", "markdown", "bibtex")
"""The forms a citation can take."""

_FACTS = """SELECT ?d ?p ?o { VALUES ?d { %s }
  VALUES ?p { dcterms:title dcterms:issued dcterms:creator dcterms:source dcterms:language rdfs:label }
  ?d ?p ?o }"""
_BIBTEX = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {character: "\\" + character for character in "{}$&#%_"}
)


@dataclass(frozen=True, slots=True)
class _Document:
    iri: str
    title: str
    issued: str = ""
    creator: str = ""
    source: str = ""


def claims_of(dataset: Dataset, answer: Answer) -> list[Claim]:
    """Return the claims an answer rests on, in the order of its rows."""
    return ClaimReader(dataset).many(iri for row in answer.rows for iri in row.claims)


def cite(dataset: Dataset, claims: Sequence[Claim], style: str = "footnote") -> str:
    """Return references for claims.

    A stated claim is cited by its quotes, an inferred one by its rule and the quotes its proof ends in, and a
    background one by its source.

    Args:
        dataset: where the documents are described.
        claims: what to cite.
        style: ``footnote`` (numbered lines), ``markdown`` (sentences with footnotes) or ``bibtex``.

    Raises:
        ValueError: no such style.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> cite(Dataset(OxigraphEngine()), [])
    ''
    """
    documents = _documents(dataset, {evidence.document for claim in claims for evidence in claim.quotes})
    if style == "footnote":
        lines = [f"[{n}] {_reference(claim, documents, plain=True)}" for n, claim in enumerate(claims, 1)]
        return "\n".join(lines)
    if style == "markdown":
        return _markdown(claims, documents)
    if style == "bibtex":
        return "\n\n".join(_bibtex(claims, documents))
    raise ValueError(f"no citation style '{style}'; there are {', '.join(STYLES)}.")


def _documents(dataset: Dataset, iris: set[str]) -> dict[str, _Document]:
    facts: dict[str, dict[str, list[str]]] = {iri: defaultdict(list) for iri in sorted(iris)}
    if facts:
        for document, predicate, value in dataset.select(_FACTS % " ".join(str(NamedNode(i)) for i in facts)).rows:
            facts[lexical(document)][local_name(lexical(predicate))].append(lexical(value))

    def first(about: dict[str, list[str]], *names: str) -> str:
        return next((min(about[name]) for name in names if about.get(name)), "")

    return {
        iri: _Document(
            iri,
            first(about, "title", "label") or iri,
            first(about, "issued"),
            ", ".join(sorted(about.get("creator", ()))),
            first(about, "source"),
        )
        for iri, about in facts.items()
    }


def _reference(claim: Claim, documents: dict[str, _Document], *, plain: bool) -> str:
    name = f" (claim {claim.identifier})" if claim.identifier else ""
    if claim.kind == "background":
        return f"{claim.text}: background knowledge, {claim.source or 'source not recorded'}{name}."
    passages = "; ".join(_passages(claim.quotes, documents, plain))
    if claim.kind == "inferred":
        sources = "; ".join(_background(claim.because[:1]))
        grounds = "; ".join(part for part in (passages, sources) if part)
        rule = claim.because[0].label if claim.because else "a rule"
        return f"{claim.text}: inferred ({rule}) from {grounds or 'no recorded premise'}{name}."
    return f"{passages or claim.text}{name}."


def _passages(quotes: Sequence[Evidence], documents: dict[str, _Document], plain: bool) -> Iterator[str]:
    """Yield, for each document, what it is and the quotes from it with their places."""
    for iri in dict.fromkeys(evidence.document for evidence in quotes):
        document = documents[iri]
        title = document.title if plain else f"*{document.title}*"
        source = ", ".join(part for part in (document.creator, title, document.issued) if part)
        yield f"{source}: {'; '.join(_passage(evidence) for evidence in quotes if evidence.document == iri)}"


def _passage(evidence: Evidence) -> str:
    heading = f"§ {evidence.heading}, " if evidence.heading else ""
    return f"“{evidence.quote}” ({heading}characters {evidence.start}–{evidence.end})"


def _background(proofs: Sequence[Derivation]) -> Iterator[str]:
    for proof in proofs:
        for premise in proof.premises:
            if premise.kind == "background":
                yield f"background knowledge that {premise.text}"
            yield from _background(premise.because[:1])


def _markdown(claims: Sequence[Claim], documents: dict[str, _Document]) -> str:
    keys = {claim.iri: claim.identifier or f"c{n}" for n, claim in enumerate(claims, 1)}
    body = [f"{claim.text[:1].upper()}{claim.text[1:]}.[^{keys[claim.iri]}]" for claim in claims]
    notes = [f"[^{keys[claim.iri]}]: {_reference(claim, documents, plain=False)}" for claim in claims]
    return "\n\n".join(["\n".join(body), "\n".join(notes)]) if claims else ""


def _bibtex(claims: Sequence[Claim], documents: dict[str, _Document]) -> Iterator[str]:
    """Yield an entry for each document, its note holding the passages, and one for each background source."""
    quotes: dict[str, dict[Evidence, None]] = {}
    for claim in claims:
        for evidence in claim.quotes:
            quotes.setdefault(evidence.document, {})[evidence] = None
    for iri, passages in quotes.items():
        document = documents[iri]
        note = "; ".join(map(_passage, passages))
        fields = {
            "author": document.creator,
            "title": document.title,
            "year": document.issued[:4],
            "date": document.issued,
            "url": document.source,
            "note": note,
        }
        yield _entry(_key(document.title, document.issued), fields)
    for n, claim in enumerate((claim for claim in claims if claim.kind == "background"), 1):
        yield _entry(
            f"background{claim.identifier or n}",
            {"title": claim.text, "url": claim.source or "", "note": "background"},
        )


def _entry(key: str, fields: dict[str, str]) -> str:
    lines = [
        f"  {name} = {{{_url(value) if name == 'url' else value.translate(_BIBTEX)}}},"
        for name, value in fields.items()
        if value
    ]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _url(value: str) -> str:
    return value.replace("{", "%7B").replace("}", "%7D")


def _key(title: str, issued: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.casefold())
    return "-".join([*words[:3], issued[:4]]).strip("-") or "document"
