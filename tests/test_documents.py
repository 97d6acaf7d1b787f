"""Every mistake in a document's files is found, at its line, with what to do about it."""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.building.sources import Sources, read_sources
from kg.documents.claim_rows import CLAIM_COLUMNS
from kg.documents.tables import read_table
from kg.documents.text import SourceText
from kg.results import Problem

HARBOUR = Path(__file__).parent / "data" / "harbour"
Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a small document that is in order."""
    target = tmp_path / "harbour"
    shutil.copytree(HARBOUR, target)
    return target


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace words in one file of the copy; the words must be there."""

    def replace(name: str, old: str, new: str) -> None:
        data = (folder / name).read_bytes().decode("utf-8")
        assert old in data
        (folder / name).write_bytes(data.replace(old, new, 1).encode("utf-8"))

    return replace


def problems(folder: Path) -> list[Problem]:
    return read_sources(folder).problems


def only(folder: Path) -> Problem:
    """Return the one problem of a folder."""
    found = problems(folder)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def test_a_document_in_order_has_no_problem(folder: Path) -> None:
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "rule", "said", "remedy"),
    [
        ("H1,northwind,builds", "H1,northwind,bilds", 2, "unknown-predicate", "'bilds'", "'builds'"),
        ("H1,northwind,", "H1,norhtwind,", 2, "unknown-entity", "'norhtwind'", "'northwind'"),
        ("harbour-startups,,stated", "harbour-start,,stated", 3, "unknown-entity", "object", "'harbour-startups'"),
        ("positive,asserted,author,,frequency", "positive,asertted,author,,frequency", 3, "unknown-modality",
         "'asertted'", "'asserted'"),
        ("positive,asserted,author,,frequency", "postive,asserted,author,,frequency", 3, "unknown-polarity",
         "'postive'", "'positive'"),
        ("asserted,author,,frequency", "asserted,auther,,frequency", 3, "unknown-voice", "'auther'", "'author'"),
        ("author,falling-demand", "author,faling-demand", 7, "unknown-entity", "scenario", "'falling-demand'"),
        ("frequency=at times", "frequnecy=at times", 3, "unknown-qualifier", "'frequnecy'", "'frequency'"),
        ("frequency=at times", "frequency", 3, "bad-qualifier", "no words", "name=text"),
        ("through=bonds", "through=bonts", 5, "unknown-entity", "'bonts'", "'bonds'"),
        ("frequency=at times", "because=H99", 3, "unknown-claim", "'H99'", "id of a claim"),
        ("H1,northwind,builds,halls,,stated", "H1,northwind,builds,halls,,sated", 2, "unknown-kind", "'sated'",
         "'stated'"),
        ("H1,northwind,builds,halls,,stated", "H1,northwind,builds,halls,,inferred", 2, "inferred-by-hand",
         "drawn by a rule and has no quote", "remove the row"),
        ("H1,northwind,builds,halls,", "H1,northwind,builds,,", 2, "object-or-value", "neither", "columns object"),
        ("H1,northwind,builds,halls,", "H1,northwind,builds,halls,some", 2, "object-or-value", "both",
         "columns object"),
        ("H1,northwind,builds,halls,", "H1,northwind,builds,,halls", 2, "object-or-value", "takes an entity",
         "column object"),
        ("foundedIn,,1999", "foundedIn,,long ago", 8, "bad-value", "xsd:gYear", "correct the value"),
        ("source=https://example.com/northwind", "", 8, "no-source", "source", "source=https"),
        ("H2,northwind", "H1,northwind", 3, "duplicate-id", "line 2", "another id"),
        (",builds data centers,114", ",builds data centers,", 4, "quote-repeats", "2 times, at 41, 114", "start"),
        (",builds data centers,114", ",builds data centers,50", 4, "wrong-start", "not stand at 50 but at 41, 114",
         "one of these"),
        (",25\nH3", ",26\nH3", 3, "wrong-start", "not stand at 26 but at 25", "write 25"),
        (",25\nH3", ",x\nH3", 3, "bad-start", "'x'", "digits"),
        ("builds data centers,\nH2", "builds data centres,\nH2", 2, "quote-not-found", "centres",
         "at 25–60, is “Northwind Cloud builds data centers”"),
        ("builds data centers,\nH2", "grows tomatoes in the greenhouse next door,\nH2", 2, "quote-not-found",
         "tomatoes", "copy the words"),
        ("Southgate may become a landlord", "posted by the harbour blog", 8, "outside-extent", "0–293",
         "extent"),
        ("Northwind Cloud builds data centers,\n", ",\n", 2, "no-quote", "needs a quote", "exact words"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_claim_is_named_with_its_line(
    folder: Path, edit: Edit, old: str, new: str, line: int, rule: str, said: str, remedy: str
) -> None:
    edit("claims.csv", old, new)
    problem = only(folder)
    line = 7 if rule == "outside-extent" else line
    assert (problem.rule, problem.line, problem.severity) == (rule, line, "error")
    assert said in problem.message
    assert remedy in problem.remedy
    assert problem.file == str(folder / "claims.csv")
    assert "\n" not in str(problem).replace(problem.value, "")


def test_every_mistake_is_reported_not_only_the_first(folder: Path, edit: Edit) -> None:
    edit("claims.csv", "H1,northwind,builds", "H1,norhtwind,bilds")
    edit("claims.csv", "frequency=at times", "frequnecy=at times")
    edit("entities.csv", "southgate,Company", "southgate,Compony")
    assert {problem.rule for problem in problems(folder)} == {
        "unknown-entity",
        "unknown-predicate",
        "unknown-qualifier",
        "unknown-class",
    }


def test_lines_stay_true_after_a_cell_that_spans_lines(folder: Path, edit: Edit) -> None:
    edit("claims.csv", "H5,southgate,becomes", "H5,southgate,becums")
    assert only(folder).line == 7  # the quote of H4 spans lines 5 and 6


@pytest.mark.parametrize(
    ("old", "new", "line", "rule", "said"),
    [
        ("southgate,Company", "southgate,Compony", 3, "unknown-class", "'Compony'"),
        ("southgate,Company", "northwind,Company", 3, "duplicate-id", "line 2"),
        ("Southgate,,,singular", "Southgate,,,dual", 3, "bad-number", "'dual'"),
        ("Southgate,,,singular", ",,,singular", 3, "no-label", "no label"),
        (
            "southgate,Company,Southgate,,",
            "southgate,Company,Southgate,Northwind,",
            3,
            "label-clash",
            "'northwind'",
        ),
    ],
)
def test_a_mistake_in_an_entity_is_named_with_its_line(
    folder: Path, edit: Edit, old: str, new: str, line: int, rule: str, said: str
) -> None:
    edit("entities.csv", old, new)
    found = [problem for problem in problems(folder) if problem.file.endswith("entities.csv")]
    assert [(problem.rule, problem.line) for problem in found] == [(rule, line)]
    assert said in found[0].message


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("title: Harbour Compute, a note", "titel: Harbour", 1, "no title"),
        ("issued: 2026-05-04", "issued: in May", 3, "'in May' is not a date"),
        ("start: 0, end: 293", "start: 0, end: 2930", 5, "does not lie within"),
        ("start: 0, end: 293", "start: 0, end: soon", 5, "'soon' is not a whole number"),
        ("text: post.txt", "text: post.txt\nsha256: " + "0" * 64, 3, "it was changed"),
        ("text: post.txt", "text: past.txt", None, "no such file"),
        ("author: {label", "author: [label", 7, "not YAML"),
    ],
)
def test_a_mistake_in_the_description_is_named_with_its_line(
    folder: Path, edit: Edit, old: str, new: str, line: int | None, said: str
) -> None:
    edit("document.yaml", old, new)
    found = [problem for problem in problems(folder) if said in problem.message]
    assert [problem.line for problem in found] == [line]


def test_columns_that_are_missing_or_unknown_are_named(folder: Path, edit: Edit) -> None:
    edit("claims.csv", "id,subject,predicate,", "id,subject,predicat,")
    missing, unknown = problems(folder)
    assert "'predicate'" in missing.message
    assert "'predicat'" in unknown.message
    assert "'predicate'" in unknown.remedy
    assert (missing.line, unknown.line) == (1, 1)


def test_a_row_with_a_cell_too_many_is_named(folder: Path, edit: Edit) -> None:
    edit("claims.csv", "H1,northwind,builds,halls,,stated", "H1,northwind,builds,halls,,,stated")
    assert only(folder).rule == "wrong-cells"
    assert only(folder).line == 2


def test_a_byte_that_is_not_utf8_is_named_with_its_line(folder: Path) -> None:
    path = folder / "entities.csv"
    path.write_bytes(path.read_bytes().replace(b"landlord,,,singular", b"landl\xf6rd,,,singular"))
    problem = next(problem for problem in problems(folder) if problem.rule == "not-utf8")
    assert (problem.line, problem.value) == (9, "0xF6")


@pytest.mark.parametrize("name", ["claims.csv", "entities.csv", "document.yaml", "finance.ttl", "post.txt"])
def test_an_empty_file_is_one_clear_problem(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    found = [problem for problem in problems(folder) if problem.file == str(folder / name)]
    assert [problem.rule for problem in found] == ["empty-file"]


@pytest.mark.parametrize("name", ["entities.csv", "finance.ttl"])
def test_one_unreadable_file_does_not_bring_a_problem_for_every_row(folder: Path, edit: Edit, name: str) -> None:
    edit(name, "id,type" if name == "entities.csv" else "a owl:Class", "id;type")
    assert {Path(problem.file).name for problem in problems(folder)} == {name}


def test_a_missing_description_is_a_problem_and_no_crash(folder: Path) -> None:
    (folder / "document.yaml").unlink()
    assert [problem.rule for problem in problems(folder)] == ["missing-file"]


def test_broken_turtle_is_named_with_its_line(folder: Path, edit: Edit) -> None:
    edit("finance.ttl", "fin:Instrument a owl:Class ;", "fin:Instrument a owl:Class ;; a")
    problem = next(problem for problem in problems(folder) if problem.rule == "syntax")
    assert problem.line in (9, 10)
    assert problem.file == str(folder / "finance.ttl")


def test_quotes_may_hold_line_ends_and_keep_their_place(folder: Path) -> None:
    document = read_sources(folder).documents[0]
    quote = next(claim.anchors[0] for claim in document.claims if claim.identifier == "H4")
    assert document.text is not None
    assert (
        document.text.text[quote.start : quote.end]
        == quote.quote
        == "Lenders finance Southgate, mostly through bonds.\n"
    )


def test_carriage_returns_count(tmp_path: Path) -> None:
    """Text mode would turn CRLF into LF and shift every position behind it."""
    path = tmp_path / "text.txt"
    path.write_bytes(b"one\r\ntwo\r\nthree")
    text, _ = SourceText.read(path)
    assert text is not None
    assert text.occurrences("three") == [10]


def test_a_repeated_quote_gets_its_context_from_a_text_of_the_sources(folder: Path) -> None:
    document = read_sources(folder).documents[0]
    place = next(claim.anchors[0] for claim in document.claims if claim.identifier == "H3")
    assert document.text is not None
    assert document.text.text[: place.start].endswith(place.prefix)
    assert place.prefix
    assert place.suffix


def as_yaml(rows: list[dict[str, str]]) -> str:
    import yaml

    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False)


def test_yaml_claims_say_the_same_as_csv(folder: Path) -> None:
    before = statements(read_sources(folder))
    rows, _ = read_table(folder / "claims.csv", CLAIM_COLUMNS)
    (folder / "claims.csv").unlink()
    (folder / "claims.yaml").write_text(as_yaml([dict(row.cells) for row in rows]), encoding="utf-8")
    assert statements(read_sources(folder)) == before


def test_yaml_takes_mappings_for_qualifiers_and_a_list_of_evidence(folder: Path) -> None:
    (folder / "claims.csv").unlink()
    (folder / "claims.yaml").write_text(
        """
- id: Y1
  subject: northwind
  predicate: rentsCapacityTo
  object: harbour-startups
  qualifiers: {frequency: at times, hedge: [so, to say; more or less]}
  evidence:
    - quote: at times, rents capacity to startups
    - {quote: builds data centers, start: 41}
""",
        encoding="utf-8",
    )
    sources = read_sources(folder)
    assert sources.problems == []
    (claim,) = sources.documents[0].claims
    assert [str(words.value) for _, words in claim.qualifiers] == ["at times", "so", "to say; more or less"]
    assert [place.start for place in claim.anchors] == [66, 41]


def test_a_yaml_problem_stands_at_the_line_of_its_entry(folder: Path) -> None:
    (folder / "claims.csv").unlink()
    entry = ["id: Y1", "subject: northwind", "predicate: bilds", "object: halls", "quote: Northwind Cloud"]
    text = "# claims\n- " + "\n  ".join([*entry, "start: 25", "colour: red"])
    (folder / "claims.yaml").write_text(text, encoding="utf-8")
    found = {problem.rule: problem.line for problem in problems(folder)}
    assert found == {"wrong-columns": 8, "unknown-predicate": 2}


def statements(sources: Sources) -> set[str]:
    assert sources.problems == []
    return {str(quad) for document in sources.documents for quad in document.quads()}


@pytest.fixture
def elsewhere(folder: Path) -> Path:
    """The document with its text kept elsewhere, as where a text may not be given away."""
    text = (folder / "post.txt").read_bytes()
    checksum = hashlib.sha256(text).hexdigest()
    (folder / "post.txt").rename(folder.parent / "post.txt")
    description = (folder / "document.yaml").read_text("utf-8")
    known = f"sha256: {checksum}\ncode_points: {len(text.decode())}"
    (folder / "document.yaml").write_text(description.replace("text: post.txt", known), encoding="utf-8")
    return folder


def test_without_the_text_every_quote_needs_its_start(elsewhere: Path) -> None:
    found = problems(elsewhere)
    assert {problem.rule for problem in found} == {"no-start"}
    assert all("--source FILE" in problem.remedy for problem in found)
    assert problems_with_text(elsewhere, "error") == []


def problems_with_text(folder: Path, severity: str) -> list[Problem]:
    found = read_sources(folder, source=folder.parent / "post.txt").problems
    return [problem for problem in found if problem.severity == severity]


def test_a_repeated_quote_asks_for_its_context_where_the_text_is_kept_elsewhere(elsewhere: Path) -> None:
    """What is built must be the same with and without the text, so the sources have to hold the context."""
    (warning,) = problems_with_text(elsewhere, "warning")
    assert (warning.rule, warning.line) == ("no-context", 4)
    assert "' to startups.\\nSouthgate '" in warning.remedy


def with_context(folder: Path, prefix: str) -> None:
    rows, _ = read_table(folder / "claims.csv", CLAIM_COLUMNS)
    with (folder / "claims.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*CLAIM_COLUMNS, "prefix"])
        for row in rows:
            writer.writerow([*row.cells.values(), prefix if row["id"] == "H3" else ""])


def test_context_that_is_given_ends_the_warning(elsewhere: Path) -> None:
    with_context(elsewhere, "Southgate ")
    assert read_sources(elsewhere, source=elsewhere.parent / "post.txt").problems == []


def test_context_that_is_wrong_is_an_error(elsewhere: Path) -> None:
    with_context(elsewhere, "Northgate ")
    (problem,) = problems_with_text(elsewhere, "error")
    assert (problem.rule, problem.line) == ("wrong-context", 4)


def test_a_heading_the_quote_does_not_stand_under_is_refused(folder: Path, edit: Edit) -> None:
    edit(
        "document.yaml", "voices:", "headings:\n  - {start: 0, text: A note}\n  - {start: 189, text: Now}\nvoices:"
    )
    problem = only(folder)
    assert (problem.rule, problem.line, problem.value) == ("wrong-heading", 7, "What may happen")
    assert "the nearest above it is “Now”" in problem.message


def test_the_document_speaks_where_no_voice_is_named(folder: Path, edit: Edit) -> None:
    edit("document.yaml", "voices:\n  author: {label: the author}\n", "")
    text = (folder / "claims.csv").read_text("utf-8").replace(",author,", ",,")
    (folder / "claims.csv").write_text(text, encoding="utf-8")
    (document,) = read_sources(folder).documents
    assert {claim.voice for claim in document.claims if claim.kind == "stated"} == {
        f"{document.info.iri}/voice/text"
    }


def test_a_name_two_terms_share_has_to_be_told_apart(folder: Path, edit: Edit) -> None:
    edit("finance.ttl", "fin:fundsCompany", "fin:builds")
    edit("claims.csv", "fundsCompany", "fin:builds")
    found = problems(folder)
    assert {problem.rule for problem in found} == {"ambiguous-predicate"}
    assert "<https://example.com/finance#builds>" in found[0].message
    text = (folder / "claims.csv").read_text("utf-8").replace(",builds,", ",aii:builds,")
    (folder / "claims.csv").write_text(text, encoding="utf-8")
    assert problems(folder) == []
