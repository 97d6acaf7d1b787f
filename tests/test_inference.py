"""What follows, follows with its reasons; what the document does not support never does."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from kg.building.build import Built, build
from kg.building.sources import read_sources
from kg.claims import ClaimReader
from kg.dataset import Dataset
from kg.documents.rdf import read_rdf
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import LimitError, SourceError
from kg.inference import Rule, infer, read_rule, read_rules
from kg.resources import ontology_folder
from kg.results import Claim, Premise
from kg.terms import PREFIXES, Term

KGQ, ID, AII = PREFIXES["kgq"], PREFIXES["id"], PREFIXES["aii"]
MEMBER = AII + "isMemberOf"


@pytest.fixture(scope="module")
def built() -> Built:
    """The graph that ships with kgq, built from its sources."""
    return build(read_sources(), validate=False)


@pytest.fixture(scope="module")
def inferred(built: Built) -> list[Claim]:
    """Every inferred claim."""
    return ClaimReader(built.dataset).matching(kind="inferred")


def of(claims: list[Claim], subject: str = "", predicate: str = "", object_: str = "") -> list[Claim]:
    return [
        claim
        for claim in claims
        if (not subject or claim.subject == ID + subject)
        and (not predicate or claim.predicate == AII + predicate)
        and (not object_ or claim.object == ID + object_)
    ]


def leaves(premises: tuple[Premise, ...]) -> list[Premise]:
    """Return the premises at the bottom of a proof."""
    found: list[Premise] = []
    for premise in premises:
        found.extend(leaves(premise.because[0].premises) if premise.because else [premise])
    return found


@pytest.mark.parametrize("company", ["aws", "meta-platforms", "google-cloud"])
@pytest.mark.parametrize("risk", ["technology-risk", "demand-risk", "capex-risk"])
def test_members_of_the_hyperscalers_bear_their_risks(inferred: list[Claim], company: str, risk: str) -> None:
    assert of(inferred, company, "bearsRisk", risk)


def test_nobody_else_bears_a_risk(inferred: list[Claim]) -> None:
    """T01: whom risk is shifted to is not said to bear it, and of no kind."""
    assert {claim.subject for claim in of(inferred, predicate="bearsRisk")} == {
        ID + "aws",
        ID + "meta-platforms",
        ID + "google-cloud",
    }


def test_no_rule_gives_a_shifted_risk_its_kind(inferred: list[Claim]) -> None:
    assert not of(inferred, predicate="shiftsRisk")


def test_no_member_of_a_group_designs_its_chips(inferred: list[Claim]) -> None:
    """T03, T04: “Design chips (e.g., Trainium, TPUs)” is said of the group."""
    assert not of(inferred, predicate="designs")


def test_whatever_follows_from_oracle_being_a_merchant_keeps_to_a_degree(inferred: list[Claim]) -> None:
    """T06."""
    claims = of(inferred, "oracle")
    assert len(claims) > 5
    assert all(claim.qualifiers.get("degree") == ("to a degree",) for claim in claims)


def test_renting_to_hyperscalers_stays_at_times(inferred: list[Claim]) -> None:
    """T07."""
    claims = of(inferred, predicate="rentsCapacityTo", object_="hyperscalers")
    assert {claim.subject for claim in claims} >= {ID + "coreweave", ID + "oracle"}
    assert all("at times" in claim.qualifiers["frequency"] for claim in claims)


def test_buying_chips_from_nvidia_stays_mostly(inferred: list[Claim]) -> None:
    claims = of(inferred, predicate="buysChipsFrom", object_="nvidia")
    assert all("mostly" in claim.qualifiers["quantity"] for claim in claims)


def test_build_or_lease_stays_an_alternative(inferred: list[Claim]) -> None:
    """T13."""
    claims = [c for c in of(inferred, object_="data-centers") if c.subject != ID + "hyperscalers"]
    leased = [c for c in claims if c.predicate == AII + "leases"]
    assert leased
    assert all(claim.qualifiers["alternative"] == ("Build or lease",) for claim in leased)


def premises_of(claims: list[Claim], reader: ClaimReader) -> list[Claim]:
    iris = {premise.claim for claim in claims for step in claim.because for premise in step.premises}
    return reader.many(sorted(iris))


def test_no_premise_stands_in_a_scenario_or_in_the_past(built: Built, inferred: list[Claim]) -> None:
    """T05, T08, T09, T10: scenarios, history, analogies and speculation stay what they are."""
    premises = premises_of(inferred, ClaimReader(built.dataset))
    assert premises
    assert {premise.scenario for premise in premises} == {None}
    assert {premise.modality for premise in premises} <= {"asserted", "conditional"}
    assert {premise.polarity for premise in premises} == {"positive"}


def test_nothing_is_inferred_into_a_scenario(inferred: list[Claim]) -> None:
    assert {claim.scenario for claim in inferred} == {None}
    assert not of(inferred, predicate="dominates")
    assert not of(inferred, predicate="becomes")


def test_oracle_does_not_inherit_its_past(inferred: list[Claim]) -> None:
    """T05, T18: “At one time, Oracle was doing the same thing” makes Oracle no member today."""
    assert not [c for c in of(inferred, "oracle") if "period" in c.qualifiers]
    assert not of(inferred, "oracle", "usesApproach", "modernized-cookie-cutter")


@pytest.mark.parametrize("thing", ["exxonmobil", "toll-roads", "power-purchase-agreements"])
def test_analogues_take_no_part(inferred: list[Claim], thing: str) -> None:
    """T10."""
    assert not [claim for claim in inferred if ID + thing in (claim.subject, claim.object)]


def test_everyone_is_no_company(inferred: list[Claim]) -> None:
    """T28."""
    assert not of(inferred, predicate="performsActivity", object_="racing-up-the-stack")


def test_llm_makers_of_prompt_and_reply_stay_apart(inferred: list[Claim]) -> None:
    """T16, T17: the two sets of customers, and the two of model makers, are not identified."""
    assert not [
        claim for claim in inferred if claim.subject in (ID + "merchant-customers", ID + "cloud-customers")
    ]
    assert not of(inferred, "second-tier-llms")


def test_background_takes_no_part_in_a_proof(inferred: list[Claim]) -> None:
    kinds = {leaf.kind for claim in inferred for leaf in leaves(claim.because[0].premises)}
    assert kinds == {"stated"}


def test_every_inferred_claim_is_explained_down_to_quotes(inferred: list[Claim]) -> None:
    for claim in inferred:
        assert claim.because
        assert claim.because[0].rule.startswith(PREFIXES["rule"])
        assert all(leaf.evidence for leaf in leaves(claim.because[0].premises))
        assert not claim.evidence


def test_every_proof_of_a_statement_is_kept(inferred: list[Claim]) -> None:
    """AWS is a hyperscaler by the prompt (F007) and by the reply's list of examples (F022)."""
    proofs = of(inferred, "aws", "bearsRisk", "capex-risk")
    bottoms = {frozenset(leaf.claim.rsplit("/", 1)[-1] for leaf in leaves(c.because[0].premises)) for c in proofs}
    assert frozenset({"F007", "F090"}) in bottoms
    assert len(bottoms) > 1


def test_rules_say_what_they_are(built: Built) -> None:
    rows = built.dataset.select(
        "SELECT ?rule ?label ?text { ?rule a kgq:Rule ; rdfs:label ?label ; skos:definition ?text }"
    )
    used = built.dataset.select("SELECT DISTINCT ?rule { ?claim kgq:byRule ?rule }")
    assert set(rows.column("rule")) == set(used.column("rule"))


def test_claims_about_risk_are_classed_as_such_when_inferred(built: Built) -> None:
    assert built.dataset.ask(
        "ASK { ?claim a kgq:InferredClaim , aii:RiskBearing , aii:RiskAllocation ; kgq:claimSubject id:aws }"
    )


# ---- The rules that ship with kgq, on claims that must not be premises ----

CHAINS = {
    "distribution": (("x", "isMemberOf", "g"), ("g", "bearsRisk", "k"), ("x", "bearsRisk", "k")),
    "member-of": (("x", "followsModel", "m"), ("m", "practisedBy", "g"), ("x", "isMemberOf", "g")),
    "practitioner": (("m", "practisedBy", "g"), ("m", "hasWeakness", "k"), ("g", "hasWeakness", "k")),
    "tier": (("t", "splitsInto", "g"), ("t", "splitsInto", "g"), ("g", "belongsToTier", "t")),
}
SPOILT = (
    "scenario",
    "negative",
    *(
        "historical",
        "hypothetical",
        "analogy",
        "speculative",
        "illustrative",
        "rhetorical",
        "evaluation",
        "metadata",
    ),
)


@cache
def rdf_quads(name: str) -> tuple[Quad, ...]:
    rdf, _ = read_rdf(ontology_folder() / name)
    assert rdf is not None
    return rdf.quads


def conclusions(rule: str, *spoils: str) -> list[tuple[Term | None, ...]]:
    """Apply the rules to the two premises of one, each spoilt as told, and return what they draw."""
    first, second, (subject, predicate, object_) = CHAINS[rule]
    engine = OxigraphEngine()
    engine.add(rdf_quads("core.ttl") + rdf_quads("compute.ttl"))
    for name, (s, p, o), spoil in zip(("1", "2"), (first, second), spoils, strict=True):
        quads = claim_quads(name, s, AII + p, o)
        if spoil == "scenario":
            quads.append(Quad(node(name), NamedNode(KGQ + "inScenario"), node("perhaps"), node("g")))
        elif spoil:
            about = "polarity" if spoil == "negative" else "modality"
            quads = [quad for quad in quads if quad.predicate.value != KGQ + about]
            quads.append(Quad(node(name), NamedNode(KGQ + about), NamedNode(KGQ + spoil), node("g")))
        engine.add(quads)
    data = Dataset(engine, union=True)
    infer(data, read_rules(ontology_folder() / "rules"))
    found = data.select(
        """SELECT ?s ?p ?o { ?c a kgq:InferredClaim ; kgq:claimSubject ?s ; kgq:claimPredicate ?p ;
             kgq:claimObject ?o }"""
    )
    wanted = (node(subject), NamedNode(AII + predicate), node(object_))
    return [row for row in found if row == wanted]


@pytest.mark.parametrize("rule", CHAINS)
def test_a_rule_draws_what_its_premises_support(rule: str) -> None:
    assert conclusions(rule, "", "")


@pytest.mark.parametrize("rule", CHAINS)
@pytest.mark.parametrize("spoil", SPOILT)
def test_no_rule_starts_from_what_is_not_put_forward_as_holding_now(rule: str, spoil: str) -> None:
    """T05, T08, T09, T10, T14: scenarios, history, denial, analogy and speculation carry nothing further."""
    if rule == "tier":
        assert conclusions(rule, spoil, spoil) == []
    else:
        assert conclusions(rule, spoil, "") == conclusions(rule, "", spoil) == []


# ---- Rules of one's own ----


def node(name: str) -> NamedNode:
    return NamedNode("http://example.com/" + name)


def claim_quads(name: str, subject: str, predicate: str, object_: str) -> list[Quad]:
    about = {
        PREFIXES["rdf"] + "type": NamedNode(KGQ + "StatedClaim"),
        KGQ + "claimSubject": node(subject),
        KGQ + "claimPredicate": NamedNode(predicate),
        KGQ + "claimObject": node(object_),
        KGQ + "polarity": NamedNode(KGQ + "positive"),
        KGQ + "modality": NamedNode(KGQ + "asserted"),
    }
    return [Quad(node(name), NamedNode(key), value, node("g")) for key, value in about.items()]


def dataset(*claims: tuple[str, str, str, str]) -> Dataset:
    engine = OxigraphEngine()
    for claim in claims:
        engine.add(claim_quads(*claim))
    return Dataset(engine)


TRANSITIVE = Rule(
    PREFIXES["rule"] + "transitive",
    "Members of members",
    "",
    """CONSTRUCT {
         ?new a kgq:InferredClaim ; kgq:claimSubject ?a ; kgq:claimPredicate aii:isMemberOf ; kgq:claimObject ?c ;
           kgq:polarity kgq:positive ; kgq:modality kgq:asserted ; prov:wasDerivedFrom ?one , ?two .
       } WHERE {
         ?one kgq:claimPredicate aii:isMemberOf ; kgq:claimSubject ?a ; kgq:claimObject ?b .
         ?two kgq:claimPredicate aii:isMemberOf ; kgq:claimSubject ?b ; kgq:claimObject ?c .
         BIND (IRI(CONCAT("http://example.com/", SHA256(CONCAT(STR(?one), STR(?two))))) AS ?new)
       }""",
)


def test_a_rule_over_a_circle_comes_to_an_end() -> None:
    """A conclusion that would rest on itself is no proof, so a circle cannot feed a rule for ever."""
    data = dataset(("1", "a", MEMBER, "b"), ("2", "b", MEMBER, "c"), ("3", "c", MEMBER, "a"))
    infer(data, [TRANSITIVE])
    pairs = {
        tuple(row) for row in data.select("SELECT DISTINCT ?s ?o { ?c kgq:claimSubject ?s ; kgq:claimObject ?o }")
    }
    assert len(pairs) == 9


def test_inference_is_done_once() -> None:
    data = dataset(("1", "a", MEMBER, "b"), ("2", "b", MEMBER, "c"))
    assert [quad for quad in infer(data, [TRANSITIVE]) if quad.predicate.value.endswith("claimObject")]
    assert not [quad for quad in infer(data, [TRANSITIVE]) if quad.predicate.value.endswith("claimObject")]


def test_a_rule_that_never_ends_is_stopped_with_a_reason() -> None:
    growing = Rule(
        PREFIXES["rule"] + "growing",
        "Ever more",
        "",
        """CONSTRUCT { ?new a kgq:InferredClaim ; kgq:claimSubject ?new ; prov:wasDerivedFrom ?old }
           WHERE { ?old kgq:claimSubject ?any BIND (IRI(CONCAT(STR(?old), "x")) AS ?new) }""",
    )
    with pytest.raises(LimitError, match="after 5 rounds"):
        infer(dataset(("1", "a", MEMBER, "b")), [growing], max_rounds=5)


def test_a_rule_without_premises_is_refused() -> None:
    bare = Rule(
        PREFIXES["rule"] + "bare", "Bare", "", "CONSTRUCT { ?c kgq:degree 'x' } WHERE { ?c kgq:claimSubject ?s }"
    )
    with pytest.raises(SourceError, match="wasDerivedFrom"):
        infer(dataset(("1", "a", MEMBER, "b")), [bare])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "no label"),
        ("# label: x\nSELECT * { ?s ?p ?o }", "this is SELECT"),
        ("# label: x\nCONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://e/> { ?s ?p ?o } }", "SERVICE"),
        ("# label: x\nCONSTRUCT { ?s ?p ?o } WHERE " + "{" * 300, "deep"),
    ],
)
def test_a_file_that_is_no_rule_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "wrong.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=reason):
        read_rule(path)


def test_a_rule_with_a_syntax_error_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "wrong.rq"
    path.write_text("# label: x\nCONSTRUCT { ?s ?p } WHERE { }", encoding="utf-8")
    with pytest.raises(SourceError, match=r"wrong\.rq"):
        infer(dataset(("1", "a", MEMBER, "b")), [read_rule(path)])
