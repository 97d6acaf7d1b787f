"""An answer as people read it: what, of which kind, and the words it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.results import UNJOINED, Answer, AnswerRow, Derivation, Evidence, Premise, leaves
from kg.wording import limiting_words, word_qualifiers
from kgq.output import Style
from kgq.text import Page

__all__ = ["answer_text", "claim_kind", "explanation_text", "message", "put_proof", "put_quote", "put_quotes"]

_SHOWN_QUOTES = 1
_SHOWN_IN_TABLE = 3
_SHOWN_RELATED = 5
_STATEMENT = ("subject", "property", "object")


def answer_text(answer: Answer, style: Style, width: int, titles: Mapping[str, str] | None = None) -> str:
    """Return the text of an answer that was found, or of one that the graph does not state.

    Args:
        answer: the answer.
        style: how to mark things.
        width: columns.
        titles: what documents are called, where the quotes are from several.
    """
    page = Page(style, width, titles)
    if answer.assisted_by is not None:
        page.line(answer.explanation[0] if answer.explanation else answer.assisted_by, hang=2, mark=style.dim)
    if answer.status == "not_stated":
        _put_not_stated(page, answer)
    elif answer.boolean is not None or answer.disputed:
        _put_verdict(page, answer)
    else:
        _put_rows(page, answer)
    _put_related(page, answer.related)
    return page.text()


def message(answer: Answer) -> str:
    """Return the one line that says why there is no answer, '' where there is one."""
    near = ", ".join(f"'{term}'" for term in answer.suggestions)
    if answer.status == "not_understood":
        words = ", ".join(f"'{word}'" for word in dict.fromkeys(answer.uncovered)) or f"'{answer.question}'"
        if answer.explanation[:1] == (UNJOINED,) and answer.uncovered:
            return f"not understood: the words are known, but nothing joins {words}. Ask in other words."
        if "{" in answer.question and "?" in answer.question:
            return f"not understood: neither English nor SPARQL: {words}. --sparql says what is wrong with it."
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
    parts = [kind] if (kind, modality) != ("stated", "assumed") else []
    if modality not in ("asserted", "metadata", ""):
        parts.append(modality)
    if polarity == "negative":
        parts.append("denied")
    return ", ".join(parts) + (f" · {scenario}" if scenario else "")


def put_quote(page: Page, evidence: Evidence, *, indent: int = 2, more: int = 0) -> None:
    """Add a quote with the heading it stands under, and the document where quotes are from several."""
    heading = _place(page, evidence)
    heading += f" (+{more} more)" if more > 0 else ""
    page.line(f"“{evidence.quote}”", right=heading, indent=indent, hang=1, right_mark=page.style.dim)


def put_quotes(page: Page, evidence: Sequence[Evidence], *, indent: int = 2) -> None:
    """Add the first quote of every document, and how many more there are."""
    first: dict[str, Evidence] = {}
    for each in evidence:
        first.setdefault(each.document, each)
    for n, each in enumerate(first.values(), 1):
        put_quote(page, each, indent=indent, more=len(evidence) - len(first) if n == len(first) else 0)


def _place(page: Page, evidence: Evidence) -> str:
    """Say where a quote stands."""
    heading = f"§ {evidence.heading}" if evidence.heading else ""
    return ", ".join(filter(None, (page.titles.get(evidence.document, ""), heading)))


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
    put_quotes(page, premise.evidence, indent=indent + 2)
    put_proof(page, premise.because, indent=indent + 2)


def _put_verdict(page: Page, answer: Answer) -> None:
    """Add yes, no or what is disputed; what limits the supporting rows limits the word."""
    if answer.disputed:
        _put_dispute(page, answer)
        return
    rows = answer.rows if answer.boolean else ()
    limits = dict.fromkeys(words for row in rows for words in limiting_words(row.qualifiers))
    word = "Yes" if answer.boolean else "No"
    page.line(f"{word}, {'; '.join(limits)}" if limits else word, mark=page.style.bold)
    for row in answer.rows:
        _put_row(page, row, _sentence(row), strong=False)


def _put_dispute(page: Page, answer: Answer) -> None:
    """Add what affirms and what denies, each with its quotes; which of them holds is not for us to say."""
    asked = (answer.paraphrase or answer.question).removeprefix("Is it stated that ").rstrip("?. ")
    page.line(f"Disputed: {asked}", mark=page.style.bold)
    for row in sorted(answer.rows, key=lambda row: row.polarity == "negative"):
        _put_heading(page, row, _sentence(row), strong=False)
        _put_support(page, row, _premises(row))
        if row.because:  # the last premise is what was carried over; the others say to whom
            last = row.because[0].premises[-1]
            put_quotes(page, last.evidence or leaves(last.because), indent=4)


def _put_against(page: Page, claims: Iterable[Premise], indent: int) -> None:
    """Add what speaks against a row, with its quotes."""
    for claim in claims:
        page.line(f"but: {claim.text}", right=claim.kind, indent=indent, hang=2, mark=page.style.alarm)
        put_quotes(page, claim.evidence or leaves(claim.because), indent=indent + 2)


def _put_not_stated(page: Page, answer: Answer) -> None:
    asked = (answer.paraphrase or "").removeprefix("Is it stated that ")
    about = f": {asked if asked == answer.paraphrase else f'that {asked[:-1]}.'}" if asked else "."
    page.line(f"Not stated{about}", mark=page.style.bold)


def _put_related(page: Page, rows: Sequence[AnswerRow]) -> None:
    """Add the nearest facts, one line each, with a quote where one is stated."""
    if not rows:
        return
    page.gap()
    page.line("Related:")
    for row in rows[:_SHOWN_RELATED]:
        _put_heading(page, row, _sentence(row), strong=False, indent=2)
        put_quotes(page, () if row.because else row.evidence, indent=4)
    if len(rows) > _SHOWN_RELATED:
        page.line(
            f"… and {len(rows) - _SHOWN_RELATED} more; --format json has them all.", indent=2, mark=page.style.dim
        )


def _put_rows(page: Page, answer: Answer) -> None:
    if not answer.rows:
        page.line("There are none.")
    elif answer.columns == _STATEMENT:
        _put_statements(page, answer.rows)
    elif answer.columns[:1] == ("quote",):
        _put_passages(page, answer.rows)
    elif len(answer.columns) > 2:
        _put_table(page, answer)
    else:
        for group in _folded(answer.rows):
            _put_group(page, group)


def _put_row(page: Page, row: AnswerRow, text: str, *, strong: bool = True) -> None:
    _put_heading(page, row, text, strong=strong)
    _put_support(page, row, _premises(row))
    _put_against(page, row.disputed_by, 2)


def _put_heading(page: Page, row: AnswerRow, text: str, *, strong: bool = True, indent: int = 0) -> None:
    style = page.style
    if text == row.text:  # a sentence says itself in which scenario it stands, and most often its modality
        told = row.scenario is not None or row.modality in text
        kind = claim_kind(row.kind, "" if told else row.modality, None, row.polarity)
    else:
        kind = claim_kind(row.kind, row.modality, _scenario(row), row.polarity)
    page.line(
        text,
        right=kind,
        indent=indent,
        hang=2,
        mark=style.bold if strong else str,
        right_mark=lambda right: style.kind(row.kind, right),
    )


def _put_support(page: Page, row: AnswerRow, reasons: Sequence[str]) -> None:
    """Add what a row rests on: the reasons, a quote, or the triple."""
    if reasons:
        page.line(f"because {', and '.join(reasons)}", indent=2, hang=2, mark=page.style.dim)
    elif row.evidence:
        put_quotes(page, row.evidence)
    elif row.triples:
        page.line(" ".join(row.triples[0]), indent=2, hang=2, mark=page.style.dim)


def _put_group(page: Page, group: Sequence[AnswerRow]) -> None:
    """Add rows that rest on the same: their values in one line, the reason or the quote once."""
    _put_heading(page, group[0], ", ".join(_value(row) for row in group))
    row = group[0]
    _put_support(page, row, _premises(row) if len(group) == 1 else _reasons(row))
    _put_against(page, row.disputed_by, 2)


def _folded(rows: Sequence[AnswerRow]) -> Iterator[list[AnswerRow]]:
    """Group rows with one value: inferred ones whose premises differ in the value alone, stated ones of one quote.

    Only neighbours are grouped, so that an order asked for stays as it is.
    """
    group: list[AnswerRow] = []
    last: object = None
    for row in rows:
        key: object = None
        if len(row.cells) == 1 and (row.because or row.evidence):
            grounds = (row.because[0].rule, tuple(_reasons(row))) if row.because else row.evidence[0]
            key = (grounds, row.kind, row.modality, row.scenario, row.polarity, row.disputed_by)
        if group and (key is None or key != last):
            yield group
            group = []
        group.append(row)
        last = key
    if group:
        yield group


def _premises(row: AnswerRow) -> list[str]:
    return [premise.text for premise in row.because[0].premises] if row.because else []


def _reasons(row: AnswerRow) -> list[str]:
    """Return the premises with the row's own value replaced by "each"."""
    value = row.cells[0].value if row.cells and row.cells[0] is not None else ""
    texts = _premises(row)
    return [f"each{text[len(value) :]}" if value and text.startswith(value + " ") else text for text in texts]


def _put_statements(page: Page, rows: Sequence[AnswerRow]) -> None:
    """Add whole sentences; what follows from a first premise that neighbours share says so once, at their end."""
    starts = [row.because[0].premises[0].text if row.because else None for row in rows]
    for n, row in enumerate(rows):
        _put_heading(page, row, _sentence(row), strong=False)
        if starts[n] is not None and starts[n : n + 1] == starts[n + 1 : n + 2]:
            continue
        reasons = _premises(row)
        if starts[n] is not None and n and starts[n - 1] == starts[n]:
            label = row.because[0].label
            reasons = [f"{starts[n]}: {label[:1].lower()}{label[1:]}" if label else f"{starts[n]}"]
        _put_support(page, row, reasons)
        _put_against(page, row.disputed_by, 2)


def _put_passages(page: Page, rows: Sequence[AnswerRow]) -> None:
    """Add quotes, each with what it shows."""
    for row in rows:
        for evidence in row.evidence[:_SHOWN_QUOTES]:
            put_quote(page, evidence, indent=0)
        if row.text:
            _put_heading(page, row, row.text, strong=False, indent=2)


def _put_table(page: Page, answer: Answer) -> None:
    """Add rows of three cells and more as a table with wrapped cells; the quotes follow, numbered in each row."""
    numbers: dict[Evidence, int] = {}
    body = []
    for row in answer.rows:
        cells = ["–" if cell is None else cell.value for cell in row.cells]
        for evidence in row.evidence[:_SHOWN_IN_TABLE]:
            numbers.setdefault(evidence, len(numbers) + 1)
        marks = " ".join(f"[{numbers[e]}]" for e in row.evidence[:_SHOWN_IN_TABLE])
        body.append([*cells, f"{marks} …" if len(row.evidence) > _SHOWN_IN_TABLE else marks])
    if not numbers:
        page.table(answer.columns, [cells[:-1] for cells in body])
        return
    page.table((*answer.columns, "quotes"), body)
    page.gap()
    for evidence, number in numbers.items():
        heading = _place(page, evidence)
        page.line(f"[{number}] “{evidence.quote}”", right=heading, hang=4, right_mark=page.style.dim)
    page.line("--explain shows the proof of each row.", mark=page.style.dim)


def _value(row: AnswerRow) -> str:
    value = " · ".join(cell.value if cell is not None else "–" for cell in row.cells)
    counted = len(row.cells) == 1 and row.cells[0] is not None and value.isdigit()
    limits = [] if counted else [words for words in word_qualifiers(row.qualifiers) if words not in value]
    return f"{value} ({'; '.join(limits)})" if limits else value


def _sentence(row: AnswerRow) -> str:
    return row.text or " ".join(cell.value for cell in row.cells if cell is not None)


def _scenario(row: AnswerRow) -> str | None:
    """Return the scenario's name; an IRI is shortened to its last part."""
    return None if row.scenario is None else row.scenario.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def explanation_text(answer: Answer, style: Style, width: int, titles: Mapping[str, str] | None = None) -> str:
    """Return how a question was understood, its SPARQL, and the proof of each row down to the quotes."""
    page = Page(style, width, titles)
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
