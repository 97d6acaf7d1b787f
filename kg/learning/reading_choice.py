"""The answer that one reading of an ambiguous question gives, once somebody said which is meant."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from kg.dataset import Dataset
from kg.results import Answer, AnswerRow, Cell, Claim, Reading
from kg.terms import PREFIXES, Term
from kg.vocabulary import Vocabulary

__all__ = ["answer_reading"]

_CLAIM = "claim"
_STRING = PREFIXES["xsd"] + "string"


def answer_reading(
    dataset: Dataset, vocabulary: Vocabulary, answer: Answer, reading: Reading, *, lang: str = "en"
) -> Answer:
    """Run the query of a reading, and join its rows with the claims they rest on.

    Args:
        dataset: what is asked.
        vocabulary: of that dataset.
        answer: the ambiguous one.
        reading: one of its readings.
        lang: the language of labels.
    """
    chosen = answer._replace(readings=(), paraphrase=reading.paraphrase, sparql=reading.sparql, suggestions=(),
        explanation=(*answer.explanation, f"chosen: {reading.paraphrase}"),
    )  # fmt: skip
    if reading.sparql.lstrip().upper().startswith("ASK"):
        return chosen._replace(status="answered", boolean=dataset.ask(reading.sparql))
    found = dataset.select(reading.sparql)
    shown = [n for n, name in enumerate(found.variables) if not name.startswith(_CLAIM)]
    support = [n for n in range(len(found.variables)) if n not in shown]
    grouped: dict[tuple[Cell | None, ...], dict[str, None]] = {}
    for row in found:
        cells = tuple(_cell(vocabulary, row[n]) for n in shown)
        claims = grouped.setdefault(cells, {})
        claims.update((term.value, None) for n in support if isinstance(term := row[n], NamedNode))
    rows = tuple(_rows(dataset, grouped, lang))
    columns = tuple(found.variables[n] for n in shown)
    return chosen._replace(status="answered" if rows else "not_stated", columns=columns, rows=rows)


def _rows(dataset: Dataset, grouped: dict[tuple[Cell | None, ...], dict[str, None]], lang: str) -> list[AnswerRow]:
    wanted = list(dict.fromkeys(iri for claims in grouped.values() for iri in claims))
    if not wanted:
        return [AnswerRow(cells) for cells in grouped if any(cells)]
    from kg.claims import ClaimReader
    from kg.questions.claims.rows import make_row

    known: dict[str, Claim] = {claim.iri: claim for claim in ClaimReader(dataset, lang).many(wanted)}
    return [
        make_row(cells, [[known[iri] for iri in claims if iri in known]])
        for cells, claims in grouped.items()
        if any(cells)
    ]


def _cell(vocabulary: Vocabulary, term: Term | None) -> Cell | None:
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return Cell((vocabulary.claim_terms or vocabulary).label(term.value), iri=term.value)
    if isinstance(term, Literal):
        plain = term.language or term.datatype.value == _STRING
        return Cell(term.value, datatype=None if plain else term.datatype.value, lang=term.language or None)
    return Cell(str(term))
