"""A graph that breaks the contract is told so, in plain English, at the line of the source."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.building.build import build
from kg.building.sources import Sources, read_sources
from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.results import Problem
from kg.terms import PREFIXES
from kg.validation import HYGIENE, hygiene, shacl, validate

KGQ, ID, AII, RDFS = PREFIXES["kgq"], PREFIXES["id"], PREFIXES["aii"], PREFIXES["rdfs"]


@pytest.fixture(scope="module")
def sources() -> Sources:
    """The sources that ship with kgq."""
    return read_sources()


@pytest.fixture(scope="module")
def quads(sources: Sources) -> list[Quad]:
    """The graph built from them."""
    return list(build(sources, validate=False).dataset.engine.quads())


@pytest.fixture
def dataset(quads: list[Quad]) -> Dataset:
    """A copy of the graph, to break."""
    engine = OxigraphEngine()
    engine.add(quads)
    return Dataset(engine, union=True)


class Broken:
    """A graph with edits."""

    def __init__(self, dataset: Dataset, document: str) -> None:
        self.dataset = dataset
        self.claims = f"{document}/claim/"
        assert isinstance(dataset.engine, OxigraphEngine)
        self.store = dataset.engine.store

    def drop(self, subject: str, predicate: str) -> None:
        found = list(self.store.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None, None))
        assert found, f"{subject} has no {predicate}"
        for quad in found:
            self.store.remove(quad)

    def add(self, subject: str, predicate: str, value: NamedNode | Literal) -> None:
        self.store.add(Quad(NamedNode(subject), NamedNode(predicate), value, NamedNode("http://example.com/g")))

    def put(self, subject: str, predicate: str, value: NamedNode | Literal) -> None:
        self.drop(subject, predicate)
        self.add(subject, predicate, value)


@pytest.fixture
def graph(dataset: Dataset, sources: Sources) -> Broken:
    """The graph, ready to be broken."""
    return Broken(dataset, sources.documents[0].info.iri)


def found(problems: list[Problem]) -> dict[str, Problem]:
    return {problem.rule: problem for problem in problems}


@pytest.mark.slow
def test_the_graph_that_ships_with_kgq_conforms(dataset: Dataset) -> None:
    assert validate(dataset) == []


@pytest.mark.slow
def test_the_shapes_catch_many_faults_at_once_each_at_its_row(graph: Broken, sources: Sources) -> None:
    """One run over many faults: applying the shapes takes seconds."""
    claim = graph.claims
    graph.drop(claim + "F090", KGQ + "hasEvidence")
    graph.put(claim + "F089", KGQ + "claimPredicate", NamedNode(AII + "bearRisk"))
    graph.put(claim + "F088", KGQ + "claimSubject", NamedNode(ID + "debt"))
    graph.drop(claim + "F091", KGQ + "modality")
    graph.put(claim + "F107", KGQ + "modality", NamedNode(KGQ + "asserted"))
    graph.put(claim + "F052", KGQ + "claimObject", NamedNode(ID + "nobody"))
    graph.drop(claim + "F024", KGQ + "statedBy")
    problems = shacl(graph.dataset, place=sources.place)
    lines = {(problem.value, problem.line) for problem in problems}
    text = (sources.folder / "documents" / "ldc-build-out" / "claims.csv").read_text("utf-8").splitlines()
    for identifier in ("F090", "F088", "F091", "F107", "F024"):
        row = next(number for number, line in enumerate(text, 1) if line.startswith(f"{identifier},"))
        assert (f"claim {identifier}", row) in lines
    messages = " ".join(problem.message for problem in problems)
    assert "needs a quote that shows it" in messages
    assert "aii:bearRisk is used as the predicate of a claim and is not declared" in messages
    assert "id:nobody" in messages
    assert all(problem.remedy for problem in problems)
    assert not any("{?value}" in problem.message for problem in problems)


def test_two_terms_with_one_label_are_found(graph: Broken, sources: Sources) -> None:
    graph.put(AII + "leases", RDFS + "label", Literal("Owns", language="en"))
    problem = found(hygiene(graph.dataset, place=sources.place))["label-clash"]
    assert "aii:leases and aii:owns" in problem.message
    assert problem.file.endswith("compute.ttl")
    assert problem.line is not None


def test_a_term_of_ones_own_without_definition_is_found(graph: Broken) -> None:
    graph.add("http://example.com/Thing", PREFIXES["rdf"] + "type", NamedNode(PREFIXES["owl"] + "Class"))
    assert "undefined-term" in found(hygiene(graph.dataset))


def test_a_second_label_is_found(graph: Broken) -> None:
    graph.add(ID + "oracle", RDFS + "label", Literal("Oracle Corp", language="en"))
    assert "id:oracle has 2 labels" in found(hygiene(graph.dataset))["several-labels"].message


def test_a_parent_that_is_not_declared_is_found(graph: Broken) -> None:
    graph.add(AII + "Company", RDFS + "subClassOf", NamedNode(AII + "Compony"))
    assert "aii:Compony" in found(hygiene(graph.dataset))["undeclared-parent"].message


def test_a_circle_in_the_hierarchy_is_found(graph: Broken) -> None:
    graph.add(AII + "MarketActor", RDFS + "subClassOf", NamedNode(AII + "Company"))
    assert "cycle" in found(hygiene(graph.dataset))


def test_a_reference_to_nothing_is_found(graph: Broken) -> None:
    graph.put(graph.claims + "F107", KGQ + "inScenario", NamedNode(ID + "scenario-z"))
    assert "id:scenario-z" in found(hygiene(graph.dataset))["dangling-reference"].message


def test_a_word_for_a_term_that_is_gone_is_found(graph: Broken, sources: Sources) -> None:
    graph.drop(AII + "builds", RDFS + "label")
    problem = found(hygiene(graph.dataset, place=sources.place))["dangling-word"]
    assert problem.file.endswith("lexicon.ttl")


def test_a_pattern_without_a_place_for_the_object_is_found(graph: Broken) -> None:
    graph.put(AII + "builds", KGQ + "pluralPattern", Literal("{s} build", language="en"))
    problem = found(hygiene(graph.dataset))["missing-pattern"]
    assert "lacks {o}" in problem.message
    assert "write {s}" in problem.remedy


def test_one_passage_under_two_headings_is_found(graph: Broken) -> None:
    evidence = graph.claims.replace("/claim/", "/evidence/2906-2971")
    graph.add(evidence, KGQ + "sectionHeading", Literal("Elsewhere"))
    assert "the quote at 2906-2971" in found(hygiene(graph.dataset))["two-headings"].message


def test_an_entity_no_claim_speaks_of_is_a_warning(graph: Broken) -> None:
    label = Literal("forgotten", language="en")
    entities = NamedNode(PREFIXES["graph"] + "entities")
    graph.store.add(Quad(NamedNode(ID + "forgotten"), NamedNode(RDFS + "label"), label, entities))
    assert found(hygiene(graph.dataset))["unused-entity"].severity == "warning"


def test_every_hygiene_check_has_a_test() -> None:
    import inspect
    import sys

    text = inspect.getsource(sys.modules[__name__])
    assert [query.name for query in HYGIENE if f'"{query.name}"' not in text] == []
