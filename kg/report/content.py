"""What a report holds, before it becomes a page: plain data, in the order it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.results import Answer, AnswerRow, Claim, Evidence, leaves

if TYPE_CHECKING:
    from kg.conflicts import Conflict
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["Fact", "Finding", "Quote", "Report", "make_report"]

_MOST_QUOTES = 4
_STATEMENT = ("subject", "property", "object")


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage as it is shown: its words, its heading, the document it is from."""

    words: str
    heading: str
    document: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of an answer: what it says, how that is known, and what shows it.

    Attributes:
        text: the values, or a sentence.
        kind: ``stated``, ``inferred`` …, with what limits it.
        because: the premises of an inferred row.
        cells: its values, one a column, where the answer is shown as a table.
        against: what other claims say against it, each with its quotes.
    """

    text: str
    kind: str
    limits: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    because: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    against: tuple[tuple[str, tuple[Quote, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A question and what the graph answers.

    Attributes:
        status: as in the answer.
        verdict: what a yes/no question comes to, '' for others.
        facts: the rows; of a question that is not answered none.
        near: the nearest facts, where nothing is stated.
        picture: the answer drawn, as SVG; '' for none.
        head: names of the columns of an answer that is shown as a table; else empty.
    """

    question: str
    status: str
    verdict: str
    facts: tuple[Fact, ...]
    near: tuple[Fact, ...] = ()
    sparql: str = ""
    paraphrase: str = ""
    picture: str = ""
    head: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything a report says.

    Attributes:
        title: what it is called.
        findings: question by question.
        conflicts: claims that disagree, both with their quotes.
        documents: title and date of each document that the graph rests on.
    """

    title: str
    findings: tuple[Finding, ...]
    conflicts: tuple[tuple[str, Fact, Fact], ...] = ()
    documents: tuple[tuple[str, str], ...] = field(default=())

    @property
    def answered(self) -> int:
        """How many questions are answered."""
        return sum(finding.status == "answered" for finding in self.findings)


def make_report(
    graph: KnowledgeGraph,
    questions: Sequence[tuple[str, Sequence[str]]],
    title: str,
    *,
    pictures: bool = True,
) -> Report:
    """Ask questions and gather what a report needs.

    Args:
        graph: what is asked.
        questions: each with the kinds of claims that count.
        title: what the report is called.
        pictures: whether each answer is drawn.

    >>> from kg.knowledge_graph import open_graph
    >>> report = make_report(open_graph(), [("who bears capex risk", ("stated",))], "Risk", pictures=False)
    >>> report.findings[0].facts[0].text
    'hyperscalers bear capex risk'
    """
    from kg.conflicts import find_conflicts
    from kg.report.picture import Pictures

    documents = _documents(graph)
    drawn = Pictures(graph) if pictures and graph.dataset.has_claims else None
    findings = []
    for text, include in questions:
        answer = graph.query(text, include=tuple(include))
        findings.append(_finding(answer, dict(documents), drawn.of(answer) if drawn is not None else ""))
    found = find_conflicts(graph.dataset, graph.lang) if graph.dataset.has_claims else []
    titles = {iri: title for iri, (title, _) in documents.items()}
    return Report(
        title,
        tuple(findings),
        tuple(_conflict(conflict, titles) for conflict in found),
        tuple(sorted(documents.values(), key=lambda d: (d[1], d[0]))),
    )


def _documents(graph: KnowledgeGraph) -> dict[str, tuple[str, str]]:
    rows = graph.dataset.select(
        "SELECT ?d (SAMPLE(?t) AS ?title) (SAMPLE(?i) AS ?issued) { ?d a kgq:Document ; dcterms:title ?t"
        " OPTIONAL { ?d dcterms:issued ?i } } GROUP BY ?d"
    ).rows
    return {str(d)[1:-1]: (getattr(title, "value", ""), getattr(issued, "value", "")) for d, title, issued in rows}


def _finding(answer: Answer, documents: dict[str, tuple[str, str]], picture: str) -> Finding:
    titles = {iri: title for iri, (title, _) in documents.items()}
    verdict = "" if answer.boolean is None else "Yes" if answer.boolean else "No"
    tabular = len(answer.columns) > 2 and answer.columns != _STATEMENT
    return Finding(
        answer.question,
        answer.status,
        "Disputed" if answer.disputed else verdict,
        tuple(_fact(row, titles, against=not answer.disputed) for row in answer.rows),
        tuple(_fact(row, titles) for row in answer.related[:5]),
        answer.sparql or "",
        answer.paraphrase or "",
        picture,
        answer.columns if tabular else (),
    )


def _fact(row: AnswerRow, titles: dict[str, str], *, against: bool = True) -> Fact:
    values = " · ".join("–" if cell is None else cell.value for cell in row.cells)
    kind = [row.kind] + ([row.modality] if row.modality not in ("asserted", "metadata") else [])
    kind += ["denied"] if row.polarity == "negative" else []
    text = row.text or values
    if len(row.cells) == 1 and values.isdecimal() and values not in text:
        text = f"{values}: {text}"  # a count, and what was counted
    cells = tuple("–" if cell is None else cell.value for cell in row.cells)
    others = row.disputed_by if against else ()  # a disputed answer shows both sides by itself
    denials = tuple((c.text, _quotes(c.evidence or leaves(c.because), titles)) for c in others)
    limits = tuple(words for every in row.qualifiers.values() for words in every if words not in text)
    evidence = row.evidence or leaves(row.because)
    because = tuple(premise.text for premise in row.because[0].premises) if row.because else ()
    triples = tuple(" ".join(triple) for triple in row.triples[:2])
    return Fact(text, ", ".join(kind), limits, _quotes(evidence, titles), because or triples, cells, denials)


def _quotes(evidence: Sequence[Evidence], titles: dict[str, str]) -> tuple[Quote, ...]:
    found = [Quote(" ".join(e.quote.split()), e.heading, titles.get(e.document, "")) for e in evidence]
    return tuple(dict.fromkeys(found))[:_MOST_QUOTES]


def _conflict(conflict: Conflict, titles: dict[str, str]) -> tuple[str, Fact, Fact]:
    return conflict.reason, _claim_fact(conflict.first, titles), _claim_fact(conflict.second, titles)


def _claim_fact(claim: Claim, titles: dict[str, str]) -> Fact:
    because = tuple(premise.text for premise in claim.because[0].premises) if claim.because else ()
    return Fact(claim.text, claim.kind, (), _quotes(claim.quotes, titles), because)
