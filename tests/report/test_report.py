"""A report: one page, verbatim quotes, nothing that runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import open_graph
from kg.report.content import Fact, Finding, Quote, Report, make_report
from kg.report.page import html_page, markdown_page

if TYPE_CHECKING:
    from conftest import Run

EVIL = "</style><script>alert(1)</script><img src=x onerror=alert(1)> *x* [y](javascript:z)"


@pytest.fixture(scope="module")
def report() -> Report:
    questions = ["who bears capex risk", "does Oracle shift risk to lenders", "who lends to CoreWeave"]
    return make_report(open_graph(), [(text, ("stated", "inferred")) for text in questions], "Risk")


def test_it_says_what_is_answered_and_what_is_not(report: Report) -> None:
    assert [finding.status for finding in report.findings] == ["answered", "answered", "not_stated"]
    assert report.findings[1].verdict == "Yes"
    assert report.answered == 2
    page = html_page(report)
    assert "2 of 3 questions answered" in page
    assert "the documents do not say" in page


def test_a_count_is_shown_with_what_was_counted() -> None:
    counted = make_report(open_graph(), [("how many hyperscalers are there", ("stated", "inferred"))], "Counts")
    assert counted.findings[0].facts[0].text.startswith("3: ")


def test_quotes_are_verbatim_and_name_their_document(report: Report) -> None:
    quote = report.findings[0].facts[0].quotes[0]
    assert quote.words == "Hyperscalers • Bear: • Technology risk • Demand risk • Capex risk"
    assert quote.document.startswith("LDC Build-Out")
    assert quote.words in html_page(report)


def test_an_answer_is_drawn_as_a_still_picture(report: Report) -> None:
    picture = report.findings[0].picture
    assert picture.startswith("<svg")
    assert ">hyperscalers<" in picture
    assert "script" not in picture


def test_the_same_questions_give_the_same_bytes(report: Report) -> None:
    again = make_report(open_graph(), [(f.question, ("stated", "inferred")) for f in report.findings], "Risk")
    assert html_page(again) == html_page(report)


def test_text_from_a_graph_is_data() -> None:
    fact = Fact(EVIL, "stated", (EVIL,), (Quote(EVIL, EVIL, EVIL),), (EVIL,))
    report = Report(
        EVIL, (Finding(EVIL, "answered", "", (fact,), sparql=EVIL),), ((EVIL, fact, fact),), ((EVIL, EVIL),)
    )
    page = html_page(report)
    assert "<script" not in page
    assert "<img" not in page
    assert "default-src 'none'" in page
    text = markdown_page(report)
    assert "<script" not in text
    assert "[y](" not in text


def test_the_command_writes_by_the_name_of_the_file(run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text("title: My risks\nquestions:\n- question: Who bears capex risk?\n")
    assert run("report", pack, "-o", tmp_path / "r.html").code == 0
    assert "<h1>My risks</h1>" in (tmp_path / "r.html").read_text("utf-8")
    assert run("report", pack, "-o", tmp_path / "r.md").code == 0
    assert (tmp_path / "r.md").read_text("utf-8").startswith("# My risks\n")
    assert run("report").code == 2
    assert run("report", tmp_path / "none.yaml").code == 4
    assert "hyperscalers" in run("report", "--ask", "who bears capex risk", "--no-pictures").out


def test_a_comparison_is_a_table(run: Run) -> None:
    asked = ("report", "--ask", "compare hyperscalers and merchants", "--no-pictures")
    page = run(*asked).out
    assert '<th scope="col">hyperscalers</th><th scope="col">merchants</th>' in page
    assert "| property | hyperscalers | merchants | kind | quotes |" in run(*asked, "--format", "md").out


def test_long_answers_are_folded_after_the_first_rows() -> None:
    facts = tuple(Fact(f"fact {n}", "stated") for n in range(30))
    page = html_page(Report("Long", (Finding("many?", "answered", "", facts),)))
    assert "22 more of 30" in page
    assert all(f">fact {n}<" in page for n in range(30))


def test_what_is_disputed_says_so_and_shows_both_sides(tmp_path: Path) -> None:
    quote = Quote("Merchants do not", "", "The Letter")
    disputed = Finding(
        "do they?", "answered", "Disputed", (Fact("they do", "stated"), Fact("they do not", "stated"))
    )
    marked = Finding("who?", "answered", "", (Fact("they", "stated", against=(("they do not", (quote,)),)),))
    report = Report("Two", (disputed, marked))
    page = html_page(report)
    assert "Disputed: claims affirm it and deny it." in page
    assert "But: they do not" in page
    assert "  - but: they do not\n    > “Merchants do not” — The Letter" in markdown_page(report)


def test_labels_of_a_picture_do_not_cover_each_other() -> None:
    import re

    report = make_report(open_graph(), [("what does CoreWeave do", ("stated", "inferred"))], "CoreWeave")
    picture = report.findings[0].picture
    said = re.findall(r'<text x="(-?\d+)" y="(-?\d+)" font-size="11"[^>]*>([^<]+)<', picture)
    assert len(said) > 5
    boxes = [(int(x) - 2.9 * len(t), int(y) - 8, int(x) + 2.9 * len(t), int(y) + 2) for x, y, t in said]
    for n, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[n + 1 :]:
            assert not (left < other[2] and other[0] < right and top < other[3] and other[1] < bottom)
