"""Results as pandas frames, and as HTML in a notebook. Whatever comes from a graph is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, cast

from pyoxigraph import Literal

from kg.errors import MissingExtraError
from kg.sparql_text import IS_SPARQL
from kg.terms import PREFIXES, Term, lexical

if TYPE_CHECKING:
    import pandas as pd

    from kg.results import Answer, AnswerRow, Claim, Derivation, Evidence, Rows

__all__ = ["answer_frame", "answer_html", "answer_text", "claim_html", "graph_html", "rows_frame", "rows_html"]

_SHOWN = 100
_NUMBER = {PREFIXES["xsd"] + "integer": int, PREFIXES["xsd"] + "decimal": float, PREFIXES["xsd"] + "double": float}
_KIND_STYLE = {"stated": "#1a7f37", "inferred": "#0969da", "background": "#9a6700"}


def rows_frame(rows: Rows) -> pd.DataFrame:
    """Return solutions as a frame, a column a variable; numbers as numbers, unbound as None."""
    columns = {name: [_python(row[n]) for row in rows.rows] for n, name in enumerate(rows.variables)}
    return cast("pd.DataFrame", _pandas().DataFrame(columns, columns=list(rows.variables)))


def answer_frame(answer: Answer) -> pd.DataFrame:
    """Return the rows of an answer as a frame: its columns, then what supports each row."""
    records = [
        {
            **{
                name: None if cell is None else cell.value
                for name, cell in zip(answer.columns, row.cells, strict=False)
            },
            "kind": row.kind,
            "polarity": row.polarity,
            "modality": row.modality,
            "scenario": row.scenario,
            "qualifiers": "; ".join(_qualifiers(row.qualifiers)),
            "quote": " | ".join(evidence.quote for evidence in row.evidence),
            "heading": " | ".join(evidence.heading for evidence in row.evidence),
            "claims": list(row.claims),
        }
        for row in answer.rows
    ]
    support = ["kind", "polarity", "modality", "scenario", "qualifiers", "quote", "heading", "claims"]
    return cast("pd.DataFrame", _pandas().DataFrame(records, columns=[*answer.columns, *support]))


def _pandas() -> Any:
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("a data frame", "tables") from error
    return pd


def _python(term: Term | None) -> object:
    if term is None:
        return None
    if isinstance(term, Literal) and term.datatype.value in _NUMBER:
        try:
            return _NUMBER[term.datatype.value](term.value)
        except ValueError:
            return term.value
    return lexical(term)


def rows_html(rows: Rows) -> str:
    """Return solutions as an HTML table, the first hundred of them."""
    body = [[escape(lexical(cell)) for cell in row] for row in rows.rows[:_SHOWN]]
    more = len(rows) - len(body)
    return _table(rows.variables, body) + (f"<p>… and {more} more rows</p>" if more > 0 else "")


def answer_html(answer: Answer) -> str:
    """Return an answer as HTML: the rows with their kind and quotes, or why there are none."""
    parts = [f"<p><b>{escape(answer.question)}</b></p>"]
    if answer.status == "not_understood":
        near = f" Nearest: {escape(', '.join(answer.suggestions))}." if answer.suggestions else ""
        parts.append(f"<p>Not understood: {escape(', '.join(answer.uncovered))}.{near}</p>")
        parts += [f"<p>{escape(line)}</p>" for line in answer.explanation if line == IS_SPARQL]
    elif answer.status == "ambiguous":
        items = "".join(f"<li>{escape(reading.paraphrase)}</li>" for reading in answer.readings)
        parts.append(f"<p>Ambiguous. Readings:</p><ol>{items}</ol>")
    elif answer.status == "error" and answer.error is not None:
        parts.append(f"<p>{escape(answer.error['message'])}</p>")
    else:
        if answer.status == "not_stated":
            parts.append("<p>Not stated.</p>" + ("<p>Related:</p>" if answer.related else ""))
        elif answer.disputed:
            parts.append("<p>Disputed</p>")
        elif answer.boolean is not None:
            parts.append(f"<p>{'Yes' if answer.boolean else 'No'}</p>")
        parts.append(_answer_rows(answer.rows or answer.related))
    return "".join(parts)


def answer_text(answer: Answer) -> str:
    """Return an answer as plain text: the rows with kind and first quote, or why there are none.

    >>> from kg.results import Answer
    >>> print(answer_text(Answer("who is the king of France", "not_understood", uncovered=("king", "France"))))
    who is the king of France
    Not understood: king, France.
    """
    lines = [answer.question]
    if answer.status == "not_understood":
        near = f" Nearest: {', '.join(answer.suggestions)}." if answer.suggestions else ""
        what = f": {', '.join(answer.uncovered)}" if answer.uncovered else ""
        lines.append(f"Not understood{what}.{near}")
        lines += [line for line in answer.explanation if line == IS_SPARQL]
    elif answer.status == "ambiguous":
        lines += ["Ambiguous. Readings:", *(f"  {n}. {r.paraphrase}" for n, r in enumerate(answer.readings))]
    elif answer.status == "error" and answer.error is not None:
        lines.append(str(answer.error["message"]))
    else:
        lines += [*_verdict(answer), *_text_rows(answer.rows or answer.related)]
    return "\n".join(lines)


def _verdict(answer: Answer) -> list[str]:
    if answer.status == "not_stated":
        return ["Not stated." + (" Related:" if answer.related else "")]
    if answer.disputed:
        return ["Disputed."]
    return [] if answer.boolean is None else ["Yes." if answer.boolean else "No."]


def _text_rows(rows: Sequence[AnswerRow]) -> list[str]:
    lines = []
    for row in rows[:_SHOWN]:
        value = " · ".join(cell.value for cell in row.cells if cell is not None)
        limits = "; ".join(_qualifiers(row.qualifiers))
        lines.append(f"  {value}{f' ({limits})' if limits else ''} [{row.kind}]")
        lines += [f"    “{found.quote}”" for found in row.evidence[:1]]
    return lines + ([f"  and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else [])


def _answer_rows(rows: Sequence[AnswerRow]) -> str:
    body = []
    for row in rows[:_SHOWN]:
        value = row.text or " · ".join(cell.value for cell in row.cells if cell is not None)
        limits = "; ".join(_qualifiers(row.qualifiers))
        shown = escape(value) + (f" <i>({escape(limits)})</i>" if limits and row.text is None else "")
        body.append([shown, _kind(row.kind), _quotes(row.evidence)])
    return _table(("answer", "kind", "evidence"), body) if body else ""


def claim_html(claim: Claim) -> str:
    """Return a claim as HTML: its sentence, its kind, its quotes or its proof."""
    head = f"<p><b>{escape(claim.text)}</b> {_kind(claim.kind)}</p>"
    return head + _quotes(claim.evidence) + _proof(claim.because[:1])


def _proof(proofs: Iterable[Derivation]) -> str:
    parts = []
    for proof in proofs:
        steps = "".join(
            f"<li>{escape(premise.text)} {_kind(premise.kind)}"
            f"{_quotes(premise.evidence)}{_proof(premise.because[:1])}</li>"
            for premise in proof.premises
        )
        parts.append(f"<p>by rule: {escape(proof.label or proof.rule)}</p><ul>{steps}</ul>")
    return "".join(parts)


def graph_html(name: str, counts: Mapping[str, Any]) -> str:
    """Return what a graph holds as an HTML table."""
    lines = [(key, value) for key, value in counts.items() if isinstance(value, int)]
    claims = counts.get("claims", {})
    lines += [(f"{kind} claims", count) for kind, count in claims.items()]
    body = [[escape(key.replace("_", " ")), f"{value:,}"] for key, value in lines]
    return f"<p><b>{escape(name)}</b></p>" + _table(("", ""), body)


def _kind(kind: str) -> str:
    return f'<span style="color:{_KIND_STYLE.get(kind, "inherit")}">{escape(kind)}</span>'


def _quotes(evidence: Iterable[Evidence]) -> str:
    return "".join(
        f"<blockquote>“{escape(each.quote)}”<br><small>{escape(each.heading)}</small></blockquote>"
        for each in evidence
    )


def _qualifiers(qualifiers: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [words for every in qualifiers.values() for words in every]


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Return a table; the head is escaped here, the cells by the caller."""
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in body)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>"
