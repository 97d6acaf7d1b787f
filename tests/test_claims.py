"""Claims read back from a graph: their words, quotes and proofs."""

from __future__ import annotations

from typing import Any

import pytest

from kg.claims import ClaimReader, group_claims
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.engines.rdf_lib import RdflibEngine

CLAIM = "http://example.org/doc/report/claim/"
ID = "http://example.org/id/"
INFERRED = "http://example.org/inferred/"


@pytest.fixture
def reader(claims_dataset: Dataset) -> ClaimReader:
    return ClaimReader(claims_dataset)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (CLAIM + "F001", "hyperscalers bear capex risk"),
        (CLAIM + "F002", "Amazon Web Services is a member of hyperscalers"),
        (CLAIM + "F003", "merchants shift risk to lenders (by debt)"),
        (CLAIM + "F005", "merchants do not bear capex risk"),
        (CLAIM + "F006", "in Scenario A, Oracle becomes niche"),
        (CLAIM + "F010", "Amazon Web Services employs 1200 people"),
        (INFERRED + "3", "Oracle shifts risk to lenders (to a degree; by debt)"),
    ],
)
def test_a_claim_reads_as_a_sentence_with_its_limits(reader: ClaimReader, claim: str, sentence: str) -> None:
    assert reader.get(claim).text == sentence


def test_a_stated_claim_carries_all_its_quotes_with_heading_and_position(reader: ClaimReader) -> None:
    claim = reader.get(CLAIM + "F001")
    assert claim.kind == "stated"
    assert {(e.quote, e.heading, e.start, e.end) for e in claim.evidence} == {
        ("Hyperscalers • Bear: • Capex risk", "4) Risk › Hyperscalers", 120, 153),
        ("Enormous capex risk", "1) Weakness", 40, 59),
    }
    assert claim.evidence[0].document == "http://example.org/doc/report"


def test_what_the_encoders_noted_and_what_the_document_connects_is_kept_apart(reader: ClaimReader) -> None:
    claim = reader.get(CLAIM + "F003")
    assert claim.qualifiers == {"mechanism": ("debt",)}
    assert claim.relations == {"because": (CLAIM + "F001",)}
    assert claim.note == "The kind of risk is not stated"


def test_an_inferred_claim_explains_itself_down_to_the_quotes(reader: ClaimReader) -> None:
    claim = reader.get(INFERRED + "2")
    (proof,) = claim.because
    assert proof.label == "What a group does, its members do"
    assert [premise.text for premise in proof.premises] == [
        "Amazon Web Services is a member of hyperscalers",
        "hyperscalers bear capex risk",
    ]
    assert claim.evidence == ()
    assert [evidence.quote for evidence in claim.quotes] == [
        "Hyperscalers (AWS)",
        "Hyperscalers • Bear: • Capex risk",
        "Enormous capex risk",
    ]


def test_of_several_proofs_the_one_with_fewest_background_premises_comes_first(reader: ClaimReader) -> None:
    found = reader.matching(subject=ID + "aws", kind="inferred")
    (group,) = group_claims(found)
    assert [claim.iri for claim in group] == [INFERRED + "2", INFERRED + "1"]


def test_a_denial_and_an_affirmation_are_not_grouped(reader: ClaimReader) -> None:
    found = reader.matching(object=ID + "capex-risk")
    assert {claim.polarity for group in group_claims(found) for claim in group[:1]} == {"positive", "negative"}


def test_filters_narrow_each_other_down(reader: ClaimReader) -> None:
    assert [
        c.identifier for c in reader.matching(kind="background", predicate="http://example.org/risk#designs")
    ] == ["B1"]
    assert [c.identifier for c in reader.matching(scenario=ID + "scenario-a")] == ["F006"]
    assert [c.identifier for c in reader.matching(modality="hypothetical")] == ["F006"]
    assert [c.identifier for c in reader.matching(polarity="negative")] == ["F005"]
    assert [c.identifier for c in reader.matching(mentioning=ID + "lenders", kind="stated")] == ["F003"]
    assert len(reader.matching(limit=2)) == 2
    assert reader.matching(subject=ID + "nobody") == []


def test_claims_come_in_the_order_asked_and_what_is_no_claim_is_left_out(reader: ClaimReader) -> None:
    asked = [CLAIM + "F003", ID + "aws", CLAIM + "F001", "not an iri", "x> } SELECT * { ?s ?p ?o"]
    assert [claim.identifier for claim in reader.many(asked)] == ["F003", "F001"]
    with pytest.raises(KeyError):
        reader.get(ID + "aws")


def test_the_number_of_queries_does_not_grow_with_the_number_of_claims(claims_dataset: Dataset) -> None:
    class Counting(OxigraphEngine):
        queries = 0

        def select(self, sparql: str, **options: Any) -> Any:
            self.queries += 1
            return super().select(sparql, **options)

    assert isinstance(claims_dataset.engine, OxigraphEngine)
    engine = Counting(claims_dataset.engine.store)
    reader = ClaimReader(Dataset(engine))
    reader.many([CLAIM + "F001"])
    few, engine.queries = engine.queries, 0
    reader.many([f"{CLAIM}F00{n}" for n in range(1, 7)] + [f"{INFERRED}{n}" for n in (1, 2, 3)])
    assert engine.queries == few == 2


def test_a_proof_that_runs_in_a_circle_ends(claims_dataset: Dataset) -> None:
    from pyoxigraph import RdfFormat

    engine = OxigraphEngine()
    engine.store.load(
        b"""@prefix kgq: <https://w3id.org/kgq/core#> . @prefix prov: <http://www.w3.org/ns/prov#> .
        <http://e/1> a kgq:InferredClaim ; kgq:claimSubject <http://e/a> ; kgq:claimPredicate <http://e/p> ;
          kgq:claimObject <http://e/b> ; prov:wasDerivedFrom <http://e/2> .
        <http://e/2> a kgq:InferredClaim ; kgq:claimSubject <http://e/b> ; kgq:claimPredicate <http://e/p> ;
          kgq:claimObject <http://e/a> ; prov:wasDerivedFrom <http://e/1> .""",
        format=RdfFormat.TURTLE,
    )
    claim = ClaimReader(Dataset(engine)).get("http://e/1")
    assert claim.because[0].premises[0].claim == "http://e/2"
    assert claim.because[0].premises[0].because == ()


def test_both_engines_read_the_same_claims(claims_dataset: Dataset) -> None:
    import rdflib

    other = RdflibEngine(rdflib.Dataset())
    other.add(claims_dataset.engine.quads())
    assert ClaimReader(Dataset(other)).matching() == ClaimReader(claims_dataset).matching()
