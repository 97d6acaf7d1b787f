"""The commands that look things up, on the small graph and on the one that ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

if TYPE_CHECKING:
    from conftest import Run


@pytest.mark.parametrize(
    "name", ["Amazon Web Services", "amazon web services", "AWS", "id:aws", "<http://example.org/id/aws>", "aws"]
)
def test_a_thing_is_shown_by_any_of_its_names(run: Run, claims_file: Path, name: str) -> None:
    done = run("-g", claims_file, "show", name)
    assert done.code == 0
    assert done.out.startswith("Amazon Web Services")
    assert "also AWS" in done.out
    assert "Amazon Web Services bears capex risk" in done.out


def test_what_several_proofs_give_is_shown_once(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "show", "AWS")
    assert done.out.count("bears capex risk") == 1
    page = json.loads(run("-g", claims_file, "show", "AWS", "--format", "json").out)
    (group,) = [group for group in page["claims"] if group[0]["text"] == "Amazon Web Services bears capex risk"]
    assert len(group) == 2


def test_a_misspelt_name_finds_the_nearest_and_never_nothing(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "show", "Gogle Clod")
    assert (done.code, done.out) == (3, "")
    assert "Did you mean 'Google Cloud'" in done.err
    assert run("-g", claims_file, "show", "Oracel").code == 0  # a misspelling on record
    assert "kgq search" in run("-g", claims_file, "show", "zzzzzzzz").err


def test_a_class_shows_its_things_and_a_property_its_claims(run: Run, claims_file: Path) -> None:
    assert "Amazon Web Services, Google Cloud, Oracle" in run("-g", claims_file, "show", "company").out
    assert "hyperscalers bear capex risk" in run("-g", claims_file, "show", "bears risk").out


def test_a_name_of_several_things_is_ambiguous(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "two.ttl"
    path.write_text(
        "@prefix e: <http://e/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
        "e:a rdfs:label 'Mercury' . e:b rdfs:label 'Mercury' . e:a e:p e:b ."
    )
    done = run("-g", path, "show", "mercury")
    assert (done.code, done.out) == (3, "")
    assert "e:a, e:b" in done.err
    assert "p: Mercury" in run("-g", path, "show", "e:a").out
    assert "Referred to by" in run("-g", path, "show", "e:b").out


def test_claims_can_be_filtered_and_written_as_tables(run: Run, claims_file: Path) -> None:
    base = ("-g", claims_file, "claims")
    assert run(*base, "--kind", "background").out.count("\n") == 3
    assert "to a degree" in run(*base, "--subject", "Oracle", "--predicate", "is a member of").out
    assert run(*base, "--scenario", "Scenario A").out.startswith("in Scenario A, Oracle becomes niche")
    assert run(*base, "--modality", "hypothetical").out.count("\n") == 1
    assert run(*base, "lenders").out.count("\n") == 2
    assert run(*base, "--limit", "2").out.count("\n") == 2
    rows = run(*base, "--format", "csv").out.split("\r\n")
    assert rows[0].startswith("id,text,kind")
    lines = run(*base, "--format", "jsonl").out.splitlines()
    assert len(lines) == 13
    assert {"text", "kind", "evidence", "because"} <= set(json.loads(lines[0]))


def test_a_filter_with_an_unknown_value_is_refused_with_the_known_ones(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "claims", "--modality", "guessed")
    assert done.code == 2
    assert "asserted, hypothetical" in done.err
    assert run("-g", claims_file, "claims", "--kind", "guessed").code == 2
    assert "Did you mean 'bears risk'" in run("-g", claims_file, "claims", "--predicate", "bears rsk").err


def test_explain_goes_down_to_the_quotes(run: Run, claims_file: Path) -> None:
    text = run("-g", claims_file, "explain", "<http://example.org/inferred/3>").out
    for part in (
        "Oracle shifts risk to lenders (to a degree; by debt)",
        "by rule: What a group does, its members do",
        "“Oracle (to a degree)”",
        "“Shift risk: To lenders (debt)”",
    ):
        assert part in text
    stated = run("-g", claims_file, "explain", "f003").out
    assert "characters 160–189" in stated
    assert "note of the encoders: The kind of risk is not stated" in stated
    assert "source: http://example.org/source" in run("-g", claims_file, "explain", "B1").out
    assert json.loads(run("-g", claims_file, "explain", "F003", "--format", "json").out)["id"] == "F003"


def test_an_unknown_claim_names_the_nearest(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "explain", "F03")
    assert done.code == 3
    assert "'F003'" in done.err
    assert run("-g", claims_file, "explain", "id:aws").code == 3
    assert run("-g", claims_file, "explain", "<not an iri>").code == 3


def test_search_finds_names_and_quotes_with_misspellings(run: Run, claims_file: Path) -> None:
    assert "Google Cloud" in run("-g", claims_file, "search", "gogle").out
    found = run("-g", claims_file, "search", "debt").out
    assert "“Shift risk: To lenders (debt)”" in found
    assert "F003" in found
    hits = json.loads(run("-g", claims_file, "search", "capex", "--format", "json").out)
    assert {hit["kind"] for hit in hits} == {"name", "quote"}


@pytest.mark.parametrize(
    ("style", "parts"),
    [
        ("footnote", ["[1] A Report, 2026-03-27: “", "characters 120–153", "(claim F001)"]),
        ("markdown", ["Hyperscalers bear capex risk.[^F001]", "[^F001]: *A Report*"]),
        ("bibtex", ["@misc{a-report-2026,", "title = {A Report}", "year = {2026}"]),
    ],
)
def test_a_claim_is_cited(run: Run, claims_file: Path, style: str, parts: list[str]) -> None:
    done = run("-g", claims_file, "cite", "F001", "--format", style)
    assert done.code == 0
    assert "“Hyperscalers • Bear: • Capex risk”" in done.out
    assert [part for part in parts if part not in done.out] == []


def test_an_answer_is_cited_by_question_or_by_its_object(run: Run, claims_file: Path) -> None:
    question = "who bears capex risk"
    by_question = run("-g", claims_file, "cite", question)
    assert by_question.code == 0
    assert "“Hyperscalers • Bear: • Capex risk”" in by_question.out
    answer = run("-g", claims_file, "query", "--format", "json", question).out
    assert run("-g", claims_file, "cite", "-", stdin=answer).out == by_question.out
    assert run("-g", claims_file, "cite", "-", stdin="no object").code == 4
    assert run("-g", claims_file, "cite", "-", stdin='{"rows": []}').code == 1


def test_the_vocabulary_lists_what_can_be_asked(run: Run, claims_file: Path) -> None:
    text = run("-g", claims_file, "vocabulary").out
    for part in ("company", "bears risk", "→ risk kind", "Questions to try"):
        assert part in text
    found = json.loads(run("-g", claims_file, "vocabulary", "risk", "--format", "json").out)
    assert {term["curie"] for term in found["properties"]} == {"ex:bearsRisk", "ex:shiftsRiskTo"}


def test_the_shipped_vocabulary_gives_real_questions(run: Run) -> None:
    examples = json.loads(run("vocabulary", "--format", "json").out)["examples"]
    assert len(examples) == 12
    assert all(example.endswith("?") or " " in example for example in examples)


def test_stats_count_claims_by_kind(run: Run, claims_file: Path) -> None:
    data = json.loads(run("-g", claims_file, "stats", "--format", "json").out)
    assert data["claims"] == {"stated": 7, "inferred": 3, "background": 3}
    assert data["named_graphs"] == 5
    assert data["documents"] == {"A Report": 7}
    assert "stated" in run("-g", claims_file, "stats").out


@pytest.mark.parametrize(
    ("name", "form", "merged"),
    [
        ("turtle", RdfFormat.TURTLE, True),
        ("ntriples", RdfFormat.N_TRIPLES, True),
        ("rdfxml", RdfFormat.RDF_XML, True),
        ("trig", RdfFormat.TRIG, False),
        ("nquads", RdfFormat.N_QUADS, False),
        ("jsonld", RdfFormat.JSON_LD, False),
    ],
)
def test_export_keeps_every_statement_and_says_what_is_lost(
    run: Run, claims_file: Path, name: str, form: RdfFormat, merged: bool
) -> None:
    before = {str(quad.triple) for quad in parse(path=str(claims_file))}
    done = run("-g", claims_file, "export", "--format", name)
    assert done.code == 0
    assert {str(quad.triple) for quad in parse(done.out.encode(), format=form)} == before
    assert ("named graphs are merged" in done.err) is merged
    assert run("-g", claims_file, "export", "--format", name).out == done.out


def test_export_to_rdf_1_2_reifies_each_claim(run: Run, claims_file: Path) -> None:
    done = run("-g", claims_file, "export", "--format", "rdf12")
    quads = list(parse(done.out.encode(), format=RdfFormat.TRIG))
    reified = [quad for quad in quads if quad.predicate.value.endswith("#reifies")]
    assert len(reified) == 13
    assert "<<( id:hyperscalers ex:bearsRisk id:capex-risk )>>" in done.out
    assert not any(quad.predicate.value.endswith("claimSubject") for quad in quads)


def test_a_network_format_is_written_too(run: Run, claims_file: Path) -> None:
    from kg.network import NETWORK_FORMATS
    from kgq.commands.export import _NETWORK

    assert set(_NETWORK) == set(NETWORK_FORMATS)
    assert run("-g", claims_file, "export", "--format", "dot").out.startswith("digraph")


def test_the_shipped_graph_is_the_default(run: Run) -> None:
    assert "“Hyperscalers • Bear: • Technology risk • Demand risk • Capex risk”" in run("explain", "F090").out
    assert run("show", "CoreWeave").code == 0
