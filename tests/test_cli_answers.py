"""How answers look: the face of the product, at eighty columns and narrower."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.claims import ClaimReader
from kg.dataset import Dataset
from kg.results import Answer, AnswerRow, Cell, Claim, Reading
from kgq.answers import answer_text, claim_kind, explanation_text, message
from kgq.output import Style
from kgq.tables import separated
from kgq.text import Page, clean, columns, wrap

PLAIN = Style(False)


def row(claim: Claim, value: str | None = None) -> AnswerRow:
    return AnswerRow(
        (Cell(value or claim.labels[claim.subject], claim.subject),),
        kind=claim.kind,
        polarity=claim.polarity,
        modality=claim.modality,
        scenario=claim.scenario,
        qualifiers=claim.qualifiers,
        claims=(claim.iri,),
        evidence=claim.quotes,
        because=claim.because,
        text=claim.text,
    )


@pytest.fixture
def claims(claims_dataset: Dataset) -> dict[str, Claim]:
    found = ClaimReader(claims_dataset).matching()
    return {claim.identifier or claim.iri.rsplit("/", 1)[-1]: claim for claim in found}


def test_value_kind_quote_and_heading_stand_together(claims: dict[str, Claim]) -> None:
    answer = Answer("who bears capex risk", "answered", columns=("bearer",), rows=(row(claims["F001"]),))
    assert answer_text(answer, PLAIN, 80).splitlines() == [
        "hyperscalers                                                              stated",
        "  “Hyperscalers • Bear: • Capex risk”         § 4) Risk › Hyperscalers (+1 more)",
    ]


def test_what_follows_by_one_rule_is_folded_into_one_line(claims: dict[str, Claim]) -> None:
    rows = (row(claims["F001"]), row(claims["2"]), row(claims["2"]))
    answer = Answer("who bears capex risk", "answered", columns=("bearer",), rows=rows)
    assert answer_text(answer, PLAIN, 80).splitlines()[2:] == [
        "Amazon Web Services, Amazon Web Services                                inferred",
        "  because each is a member of hyperscalers, and hyperscalers bear capex risk",
    ]


def test_qualifiers_are_never_left_out(claims: dict[str, Claim]) -> None:
    answer = Answer("who shifts risk", "answered", columns=("who",), rows=(row(claims["3"]),))
    text = answer_text(answer, PLAIN, 80)
    assert text.startswith("Oracle (to a degree; by debt)")
    verdict = Answer("does Oracle shift risk", "answered", boolean=True, rows=(row(claims["3"]),))
    assert answer_text(verdict, PLAIN, 80).startswith("Yes, to a degree\n")


def test_a_table_gives_the_quotes_behind_each_row(claims: dict[str, Claim]) -> None:
    beside = row(claims["F001"])._replace(cells=(Cell("bears risk"), Cell("capex risk"), None))
    answer = Answer(
        "compare", "answered", columns=("property", "hyperscalers", "merchants"), rows=(beside, beside)
    )
    lines = answer_text(answer, PLAIN, 80).splitlines()
    assert [line.split()[-2:] for line in lines[1:3]] == [["[1]", "[2]"]] * 2
    assert lines[4].startswith("[1] “Hyperscalers • Bear: • Capex risk”")


def test_a_denial_and_a_scenario_are_marked(claims: dict[str, Claim]) -> None:
    no = Answer("do merchants bear capex risk", "answered", boolean=False, rows=(row(claims["F005"]),))
    text = answer_text(no, PLAIN, 80)
    assert text.startswith("No\n")
    assert "merchants do not bear capex risk" in text
    assert "stated, denied" in text
    assert claim_kind("stated", "hypothetical", "Scenario A") == "stated, hypothetical · Scenario A"


def test_not_stated_gives_the_nearest_facts(claims: dict[str, Claim]) -> None:
    answer = Answer(
        "who designs it", "not_stated", paraphrase="Who designs Trainium?", related=(row(claims["F003"]),)
    )
    assert answer_text(answer, PLAIN, 80).splitlines() == [
        "Not stated: Who designs Trainium?",
        "",
        "Related:",
        "  merchants shift risk to lenders (by debt)                               stated",
        "    “Shift risk: To lenders (debt)”                        § 4) Risk › Merchants",
    ]


def test_refusals_name_the_word_and_what_to_do() -> None:
    unknown = Answer("x", "not_understood", uncovered=("gizmo",), suggestions=("capex risk", "demand risk"))
    assert message(unknown) == (
        "not understood: nothing in the graph accounts for 'gizmo'. Did you mean 'capex risk', 'demand risk'?"
    )
    assert "kgq vocabulary" in message(Answer("x", "not_understood", uncovered=("gizmo",)))
    two = Answer("x", "ambiguous", readings=(Reading("Who buys it?", ""), Reading("Who sells it?", "")))
    assert message(two).startswith("ambiguous: 2 readings")
    assert message(Answer("x", "answered")) == ""


def test_the_explanation_goes_down_to_the_quotes(claims: dict[str, Claim]) -> None:
    answer = Answer(
        "who bears capex risk",
        "answered",
        columns=("bearer",),
        rows=(row(claims["2"]),),
        paraphrase="Who bears capex risk?",
        explanation=("bears: property bears risk",),
        sparql="SELECT ?x {\n  ?x ?p ?o\n}",
    )
    text = explanation_text(answer, PLAIN, 80)
    for part in (
        "Understood as: Who bears capex risk?",
        "  bears: property bears risk",
        "    ?x ?p ?o",
        "by rule: What a group does, its members do",
        "• Amazon Web Services is a member of hyperscalers",
        "“Hyperscalers (AWS)”",
        "“Hyperscalers • Bear: • Capex risk”",
    ):
        assert part in text


@pytest.mark.parametrize("width", [40, 60, 80, 110])
def test_no_line_is_wider_than_the_terminal(claims: dict[str, Claim], width: int) -> None:
    rows = tuple(row(claim) for claim in claims.values())
    for answer in (Answer("q", "answered", columns=("x",), rows=rows), Answer("q", "not_stated", related=rows)):
        for text in (answer_text(answer, PLAIN, width), explanation_text(answer, PLAIN, width)):
            assert [line for line in text.splitlines() if columns(line) > width] == []


def test_colour_changes_nothing_but_colour(claims: dict[str, Claim]) -> None:
    import re

    answer = Answer("q", "answered", columns=("x",), rows=tuple(row(claim) for claim in claims.values()))
    coloured = answer_text(answer, Style(True), 80)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[\d*m", "", coloured) == answer_text(answer, PLAIN, 80)


@given(st.text(max_size=200), st.integers(10, 80))
def test_wrapping_keeps_every_word_in_order(text: str, width: int) -> None:
    plain = clean(text)
    lines = wrap(plain, width)
    assert " ".join(lines) == plain
    assert all(columns(line) <= width or " " not in line for line in lines)


@given(st.text(max_size=80), st.text(max_size=80), st.integers(20, 90))
def test_a_page_holds_both_texts_and_no_control_characters(left: str, right: str, width: int) -> None:
    page = Page(PLAIN, width)
    page.line(left, right=right)
    text = page.text()
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    squeezed = "".join(text.split())
    assert "".join(clean(left).split()) in squeezed
    assert "".join(clean(right).split()) in squeezed


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_csv_can_be_read_back(body: list[list[str]]) -> None:
    import csv
    import io

    text = separated("csv", ["a", "b"], body)
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [["a", "b"], *body]
