"""From a document to claims in the graph: added, suggested, reviewed, published, and brought up to date."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import SourceError, open_graph
from kg.corpus.adding import add_document
from kg.corpus.extraction import extract
from kg.corpus.pdf_text import Line, layout
from kg.corpus.project import Project
from kg.corpus.suggestions import read_suggestions, suggest_claims
from kg.resources import ontology_folder

if TYPE_CHECKING:
    from conftest import Run

LETTER = Path(__file__).parents[2] / "docs" / "tutorial" / "compute-letter.txt"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "work", (ontology_folder(),))


def pdf(*pages: str) -> bytes:
    """Return a PDF with a line of text on each page, written by hand: the smallest that readers take."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        kids.append(f"{len(objects) + 1} 0 R")
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects) + 2} 0 R"
            " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>"
    out, places = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer << /Root 1 0 R /Size {len(objects) + 1} >>\nstartxref\n{start}\n%%EOF\n".encode()


def test_html_becomes_text_with_its_headings_and_without_its_scripts(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<title>T</title><h1>Risk</h1><p>Oracle <b>leases</b>\n data centers.</p><script>alert(1)</script>"
        "<ul><li>one<li>two<ul><li>three</ul></ul><!-- hidden --><p>Fin &amp; done"
    )
    found = extract(path)
    assert found.title == "T"
    assert found.headings == ((0, "Risk", 1),)
    assert "Oracle leases data centers." in found.text
    assert "- one\n- two\n  - three" in found.text
    assert "alert" not in found.text
    assert "hidden" not in found.text


def test_pdf_becomes_text_with_pages(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf("Oracle leases data centers.", "Merchants buy GPUs."))
    found = extract(path)
    assert found.page(found.text.index("Oracle")) == 1
    assert found.page(found.text.index("Merchants")) == 2


def test_a_pdf_keeps_its_headings_lists_and_paragraphs() -> None:
    def line(text: str, x: float, y: float, size: float = 10, *, bold: bool = False) -> Line:
        return Line(text, x, y, size, bold)

    text, pages, headings = layout(
        [
            [
                line("Who carries the risk?", 60, 760, 20, bold=True),
                line("A note on lenders that is long enough to be wrapped where the page", 60, 730),
                line("ends, and so goes on.", 60, 718),
                line("Merchants", 60, 690, 14, bold=True),
                line("\x7f", 60, 670),
                line("Buy GPUs", 78, 671),
                line("Rent capacity to", 78, 658),
                line("LLM startups", 100, 646),
            ],
            [line("Weaknesses", 60, 760, bold=True), line("1. Demand risk", 70, 740)],
        ]
    )
    assert text == (
        "Who carries the risk?\n\nA note on lenders that is long enough to be wrapped where the page\n"
        "ends, and so goes on.\n\nMerchants\n\n- Buy GPUs\n- Rent capacity to\n  - LLM startups\n\n"
        "Weaknesses\n\n1. Demand risk\n\n"
    )
    assert [(text[start:].split("\n")[0], level) for start, _, level in headings] == [
        ("Who carries the risk?", 1), ("Merchants", 2), ("Weaknesses", 3),
    ]  # fmt: skip
    assert text[pages[1] :].startswith("Weaknesses")


def test_docx_becomes_text_with_headings_and_lists(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_heading("Risk", 1)
    document.add_paragraph("Oracle leases data centers.")
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("deeper", style="List Bullet 2")
    document.save(str(tmp_path / "a.docx"))
    found = extract(tmp_path / "a.docx")
    assert found.headings == ((0, "Risk", 2),)
    assert "- first\n  - deeper" in found.text


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (80 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"caf\xe9\nx", "a.txt:1: byte 0xE9 at offset 3 is not UTF-8"),
        ("a.xyz", b"x", "'.xyz' is no document kgq reads"),
        ("a.pdf", b"not a pdf", "not a PDF that can be read"),
        ("a.pdf", pdf("", ""), "there is no text in it. Pages that were scanned"),
        ("a.pdf", pdf("x")[:200], "not a PDF that can be read"),
        ("a.docx", b"PK\x03\x04 broken", "not a DOCX that can be read"),
        ("a.docx", bomb(), "unpacks to more than 64 MB"),
        ("a.html", b"<script>x</script>", "there is no text in it"),
        ("a.html", b"<div>" * 50_000 + b"x", "nest too deep"),
        ("a.md", b"\n\n  \n", "empty"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_a_document_that_cannot_be_read_gets_one_line(
    tmp_path: Path, project: Project, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        add_document(project, path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not project.documents.exists()


def test_an_encrypted_pdf_is_refused(tmp_path: Path, project: Project) -> None:
    import pypdf

    (tmp_path / "open.pdf").write_bytes(pdf("secret"))
    writer = pypdf.PdfWriter(clone_from=tmp_path / "open.pdf")
    writer.encrypt("password", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(SourceError, match="encrypted"):
        add_document(project, tmp_path / "locked.pdf")


@pytest.mark.slow
def test_decisions_are_kept_and_accepted_claims_hold_as_if_written_by_hand(project: Project) -> None:
    folder = add_document(project, LETTER, name="letter", about={"title": "Letter"}).folder
    found = suggest_claims(project, "letter", open_graph())
    first, second, *_ = [item for item in found.waiting() if item.candidate.sure]
    found.decide(first, "accepted", by="me", at="2026-05-12T10:00:00+00:00")
    found.decide(second, "rejected", by="me", at="2026-05-12T10:01:00+00:00", note="no")
    again = suggest_claims(project, "letter", open_graph())
    states = {item.candidate.id: (item.state, item.by) for item in again.items}
    assert states[first.candidate.id] == ("accepted", "me")
    assert states[second.candidate.id] == ("rejected", "me")
    assert read_suggestions(folder).items == again.items
    built = project.build()
    assert [str(p) for p in built.problems if p.severity == "error"] == []
    assert first.candidate.quote in (folder / "claims.csv").read_text("utf-8")


@pytest.mark.slow
def test_new_names_become_entities_of_the_class_that_the_property_wants(project: Project) -> None:
    folder = add_document(project, LETTER, name="letter").folder
    found = suggest_claims(project, "letter", open_graph())
    lends = next(item for item in found.items if item.candidate.predicate.endswith("#lendsTo"))
    found.decide(lends, "accepted", by="me", at="now")
    entities = (folder / "entities.csv").read_text("utf-8")
    assert "blue-heron-capital,aii:MarketActor,Blue Heron Capital" in entities
    assert project.build().failed is False


@pytest.mark.slow
def test_a_changed_document_anchors_its_quotes_again(tmp_path: Path, project: Project) -> None:
    folder = add_document(project, LETTER, name="letter").folder
    found = suggest_claims(project, "letter", open_graph())
    for item in found.waiting()[:3]:
        found.decide(item, "accepted", by="me", at="now")
    before = (folder / "claims.csv").read_text("utf-8")
    changed = tmp_path / "new.txt"
    changed.write_text("A new first line.\n\n" + LETTER.read_text("utf-8"))
    added = add_document(project, changed, name="letter")
    assert (added.state, added.moved, added.broken) == ("changed", 3, ())
    assert (folder / "claims.csv").read_text("utf-8") != before
    assert project.build().failed is False


def test_a_quote_that_broke_stops_the_change(tmp_path: Path, project: Project) -> None:
    folder = add_document(project, LETTER, name="letter").folder
    found = suggest_claims(project, "letter", open_graph())
    item = found.waiting()[0]
    found.decide(item, "accepted", by="me", at="now")
    old = {path.name: path.read_bytes() for path in folder.iterdir()}
    changed = tmp_path / "new.txt"
    changed.write_text(LETTER.read_text("utf-8").replace("Hyperscalers bear", "Hyperscalers carry"))
    added = add_document(project, changed, name="letter")
    assert [broken.claim for broken in added.broken] == ["C001"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == old
    forced = add_document(project, changed, name="letter", force=True)
    assert forced.broken
    assert "C001" in (folder / "broken.csv").read_text("utf-8")


@pytest.mark.slow
def test_a_first_document_of_another_field_is_read_with_the_terms_that_ship(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plants.txt").write_text("PowerCo finances Northvolt. Carmakers bear demand risk.", "utf-8")
    assert run("init", "plants").code == 0
    monkeypatch.chdir(tmp_path / "plants")
    assert run("add", "../plants.txt").code == 0
    first = run("suggest", "plants")
    assert first.code == 0
    assert "PowerCo · finances · Northvolt" in first.out
    assert "no claims here yet" in first.err
    named = "id,type,label,alt,hidden,number\np,Company,PowerCo,,,singular\nn,Company,Northvolt,,,singular\n"
    Path("documents/plants/entities.csv").write_text(named, "utf-8")
    assert run("review", "plants", "--accept-sure").code == 0
    assert run("query", "who finances Northvolt").out.startswith("PowerCo")


@pytest.mark.slow
def test_the_commands_lead_from_a_document_to_a_conflict(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "work", "--with", "built-in").code == 0
    monkeypatch.chdir(tmp_path / "work")
    assert run("query", "who bears capex risk").out.startswith("hyperscalers")
    assert (
        run("add", LETTER, "--as", "letter", "--title", "The Compute Letter", "--issued", "2026-05-11").code == 0
    )
    suggested = run("suggest", "letter", "--sure", "--format", "jsonl")
    assert all(json.loads(line)["sure"] for line in suggested.out.splitlines())
    assert run("review", "letter").code == 2  # there is no terminal to ask on
    done = run("review", "letter", "--accept-sure", "--as", "somebody")
    assert done.code == 0
    assert re.search(r"\b[1-9]\d* accepted", done.err)
    assert run("query", "who finances CoreWeave").out.startswith("lenders")
    assert run("conflicts").code == 1
    assert run("undo").code == 0
    assert run("conflicts").code == 0
    unknown = run("suggest", "nothing")
    assert unknown.code == 3
    assert "no document here is called 'nothing'" in unknown.err
    assert run("merge", "CoreWeave", "Google Cloud").code == 0
    assert "Google Cloud" in run("show", "CoreWeave").out
    assert run("merge", "--undo", "google cloud").code == 0
