"""An answer as people read it: what, of which kind, and the words it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.results import Answer, AnswerRow, Derivation, Evidence, Premise
from kg.wording import word_qualifiers
from kgq.output import Style
from kgq.text import Page

__all__ = ["answer_text", "claim_kind", "explanation_text", "message", "put_proof", "put_quote"]

_SHOWN_QUOTES = 1


def answer_text(answer: Answer, style: Style, width: int) -> str:
    """Return the text of an answer that was found, or of one that the graph does not state."""
    page = Page(style, width)
    if answer.status == "not_stated":
        _put_not_stated(page, answer)
    elif answer.boolean is not None:
        _put_verdict(page, answer)
    else:
        _put_rows(page, answer.rows)
    return page.text()


def message(answer: Answer) -> str:
    """Return the one line that says why there is no answer, '' where there is one."""
    near = ", ".join(f"'{term}'" for term in answer.suggestions)
    if answer.status == "not_understood":
        words = ", ".join(f"'{word}'" for word in answer.uncovered) or f"'{answer.question}'"
        hint = f"Did you mean {near}?" if near else "'kgq vocabulary' lists what can be asked."
        return f"not understood: nothing in the graph accounts for {words}. {hint}"
    if answer.status == "ambiguous":
        return f"ambiguous: {len(answer.readings)} readings. Ask one of these:"
    if answer.status == "error" and answer.error is not None:
        return answer.error["message"]
    return ""


def claim_kind(
    kind: str, modality: str = "asserted", scenario: str | None = None, polarity: str = "positive"
) -> str:
    """Say in a few words how a claim is known, and what keeps it from being plain fact."""
    parts = [kind]
    if modality not in ("asserted", "metadata", ""):
        parts.append(modality)
    if polarity == "negative":
        parts.append("denied")
    return ", ".join(parts) + (f" · {scenario}" if scenario else "")


def put_quote(page: Page, evidence: Evidence, *, indent: int = 2, more: int = 0) -> None:
    """Add a quote with the heading it stands under."""
    heading = f"§ {evidence.heading}" if evidence.heading else ""
    heading += f" (+{more} more)" if more > 0 else ""
    page.line(f"“{evidence.quote}”", right=heading, indent=indent, hang=1, right_mark=page.style.dim)


def put_proof(page: Page, proofs: Sequence[Derivation], *, indent: int = 2) -> None:
    """Add the first proof of something inferred: the rule, then each premise down to the quotes."""
    for proof in proofs[:1]:
        page.line(f"by rule: {proof.label or proof.rule}", indent=indent, hang=2, mark=page.style.dim)
        for premise in proof.premises:
            _put_premise(page, premise, indent)


def _put_premise(page: Page, premise: Premise, indent: int) -> None:
    page.line(
        f"• {premise.text}",
        right=premise.kind,
        indent=indent,
        hang=2,
        right_mark=lambda text: page.style.kind(premise.kind, text),
    )
    for evidence in premise.evidence[:_SHOWN_QUOTES]:
        put_quote(page, evidence, indent=indent + 2, more=len(premise.evidence) - _SHOWN_QUOTES)
    put_proof(page, premise.because, indent=indent + 2)


def _put_verdict(page: Page, answer: Answer) -> None:
    """Add yes or no; what limits the supporting rows limits the word."""
    limits = dict.fromkeys(words for row in answer.rows for words in _limits(row)) if answer.boolean else {}
    word = "Yes" if answer.boolean else "No"
    page.line(f"{word}: {'; '.join(limits)}" if limits else word, mark=page.style.bold)
    for row in answer.rows:
        _put_row(page, row, _sentence(row), strong=False)


def _put_not_stated(page: Page, answer: Answer) -> None:
    about = f": {answer.paraphrase}" if answer.paraphrase else "."
    page.line(f"Not stated{about}", mark=page.style.bold)
    if answer.related:
        page.gap()
        page.line("Related:")
        for row in answer.related:
            _put_row(page, row, _sentence(row), strong=False, indent=2)


def _put_rows(page: Page, rows: Sequence[AnswerRow]) -> None:
    if not rows:
        page.line("There are none.")
    for group in _folded(rows):
        if len(group) == 1:
            _put_row(page, group[0], _value(group[0]))
        else:
            _put_group(page, group)


def _put_row(page: Page, row: AnswerRow, text: str, *, strong: bool = True, indent: int = 0) -> None:
    style = page.style
    page.line(
        text,
        right=claim_kind(row.kind, row.modality, _scenario(row), row.polarity),
        indent=indent,
        hang=2,
        mark=style.bold if strong else str,
        right_mark=lambda right: style.kind(row.kind, right),
    )
    if row.because:
        premises = ", and ".join(premise.text for premise in row.because[0].premises)
        page.line(f"because {premises}", indent=indent + 2, hang=2, mark=style.dim)
    for evidence in row.evidence[: 0 if row.because else _SHOWN_QUOTES]:
        put_quote(page, evidence, indent=indent + 2, more=len(row.evidence) - _SHOWN_QUOTES)
    if not row.evidence and row.triples:
        page.line(" ".join(row.triples[0]), indent=indent + 2, hang=2, mark=style.dim)


def _put_group(page: Page, group: Sequence[AnswerRow]) -> None:
    """Add rows that follow in the same way: their values in one line, the reason once."""
    row = group[0]
    values = ", ".join(_value(each) for each in group)
    kind = claim_kind(row.kind, row.modality, _scenario(row), row.polarity)
    page.line(
        values, right=kind, hang=2, mark=page.style.bold, right_mark=lambda text: page.style.kind(row.kind, text)
    )
    reasons = ", and ".join(_reason(row))
    page.line(f"because {reasons}", indent=2, hang=2, mark=page.style.dim)


def _folded(rows: Sequence[AnswerRow]) -> Iterable[list[AnswerRow]]:
    """Group inferred rows that follow by one rule from premises that differ in the value alone."""
    groups: dict[object, list[AnswerRow]] = {}
    for n, row in enumerate(rows):
        key: object = n
        if row.because and len(row.cells) == 1:
            key = (
                row.because[0].rule,
                tuple(_reason(row)),
                row.kind,
                row.modality,
                row.scenario,
                tuple(_limits(row)),
            )
        groups.setdefault(key, []).append(row)
    return groups.values()


def _reason(row: AnswerRow) -> list[str]:
    """Return the premises with the row's own value replaced by "each"."""
    value = row.cells[0].value if row.cells[0] is not None else ""
    texts = [premise.text for premise in row.because[0].premises]
    return [f"each{text[len(value) :]}" if value and text.startswith(value + " ") else text for text in texts]


def _value(row: AnswerRow) -> str:
    value = " · ".join(cell.value if cell is not None else "–" for cell in row.cells)
    limits = "; ".join(_limits(row))
    return f"{value} ({limits})" if limits else value


def _sentence(row: AnswerRow) -> str:
    return row.text or " ".join(cell.value for cell in row.cells if cell is not None)


def _limits(row: AnswerRow) -> list[str]:
    return word_qualifiers(row.qualifiers)


def _scenario(row: AnswerRow) -> str | None:
    """Return the scenario's name; an IRI is shortened to its last part."""
    return None if row.scenario is None else row.scenario.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def explanation_text(answer: Answer, style: Style, width: int) -> str:
    """Return how a question was understood, its SPARQL, and the proof of each row down to the quotes."""
    page = Page(style, width)
    if answer.paraphrase:
        page.line(f"Understood as: {answer.paraphrase}")
    for step in answer.explanation:
        page.line(step, indent=2, hang=2)
    if answer.sparql:
        page.gap()
        page.line("SPARQL", mark=style.bold)
        page.verbatim(answer.sparql, indent=2, mark=style.dim)
    rows = answer.rows or answer.related
    if rows:
        page.gap()
        page.line("Why" if answer.rows else "Nearest facts", mark=style.bold)
    for row in rows:
        _put_grounds(page, row)
    return page.text()


def _put_grounds(page: Page, row: AnswerRow) -> None:
    kind = claim_kind(row.kind, row.modality, _scenario(row), row.polarity)
    page.line(
        row.text or _value(row),
        right=kind,
        indent=2,
        hang=2,
        right_mark=lambda text: page.style.kind(row.kind, text),
    )
    if row.because:
        put_proof(page, row.because, indent=4)
    else:
        for evidence in row.evidence:
            put_quote(page, evidence, indent=4)
    for triple in row.triples:
        page.line(" ".join(triple), indent=4, hang=2, mark=page.style.dim)
