"""The ontology keeps its promises: every term is labelled, defined, worded and asked about."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import pytest
import rdflib
import yaml
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, VANN

from kg.resources import ontology_folder
from kg.terms import PREFIXES, compact, expand

FILES = ("core.ttl", "compute.ttl", "lexicon.ttl", "shapes.ttl", "background.ttl", "alignments.ttl")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
ONTOLEX = rdflib.Namespace(PREFIXES["ontolex"])


@cache
def graph(name: str) -> rdflib.Graph:
    """Return one ontology file, parsed."""
    return rdflib.Graph().parse(ontology_folder() / name, format="turtle")


@cache
def questions() -> list[dict[str, Any]]:
    """Return the competency questions."""
    return list(yaml.safe_load((ontology_folder() / "questions.yaml").read_text(encoding="utf-8")))


def own_terms(name: str) -> list[rdflib.URIRef]:
    """Return the classes and properties that a file declares in kgq's namespaces."""
    found = {
        term
        for kind in KINDS
        for term in graph(name).subjects(RDF.type, kind)
        if isinstance(term, rdflib.URIRef) and str(term).startswith("https://w3id.org/kgq/")
    }
    return sorted(found)


def domain_terms() -> list[rdflib.URIRef]:
    return own_terms("compute.ttl")


@pytest.mark.parametrize("name", ["core.ttl", "compute.ttl"])
def test_every_term_has_one_label_and_a_definition(name: str) -> None:
    lacking = [
        compact(str(term))
        for term in own_terms(name)
        if len(list(graph(name).objects(term, RDFS.label))) != 1
        or not list(graph(name).objects(term, SKOS.definition))
    ]
    assert lacking == []


@pytest.mark.parametrize("name", ["core.ttl", "compute.ttl"])
def test_no_definition_repeats_the_label_alone(name: str) -> None:
    source = graph(name)
    circular = [
        compact(str(term))
        for term in own_terms(name)
        for definition in source.objects(term, SKOS.definition)
        if len(str(definition).split()) < 4 or str(definition) == str(source.value(term, RDFS.label))
    ]
    assert circular == []


def test_every_property_of_the_domain_says_what_it_joins() -> None:
    source = graph("compute.ttl")
    lacking = [
        compact(str(term))
        for term in domain_terms()
        if (term, RDF.type, OWL.Class) not in source
        and (term, RDF.type, OWL.AnnotationProperty) not in source
        and not (list(source.objects(term, RDFS.domain)) or list(source.objects(term, RDFS.range)))
    ]
    assert lacking == []


def test_every_term_of_the_domain_has_a_lexicon_entry() -> None:
    entries = graph("lexicon.ttl")
    worded = set(entries.objects(None, ONTOLEX.denotes))
    assert [compact(str(term)) for term in domain_terms() if term not in worded] == []


def test_every_lexicon_entry_denotes_a_declared_term_and_has_a_form() -> None:
    entries = graph("lexicon.ttl")
    declared = {term for name in ("core.ttl", "compute.ttl") for term in graph(name).subjects(RDF.type, None)}
    for entry in entries.subjects(RDF.type, ONTOLEX.LexicalEntry):
        denoted = set(entries.objects(entry, ONTOLEX.denotes))
        assert denoted, entry
        assert all(term in declared or str(term).startswith(PREFIXES["id"]) for term in denoted), entry
        forms = list(entries.objects(entry, ONTOLEX.canonicalForm))
        assert len(forms) == 1, entry
        assert entries.value(forms[0], ONTOLEX.writtenRep), entry


def test_no_lexicon_entry_is_a_question() -> None:
    entries = graph("lexicon.ttl")
    written = [str(form) for form in entries.objects(None, ONTOLEX.writtenRep)]
    assert [form for form in written if "?" in form or len(form.split()) > 6] == []


def test_every_term_of_the_domain_has_a_competency_question() -> None:
    asked = {term for question in questions() for term in question.get("terms", [])}
    assert [compact(str(term)) for term in domain_terms() if compact(str(term)) not in asked] == []


def test_every_competency_question_uses_declared_terms_only() -> None:
    declared = {
        compact(str(term))
        for name in ("core.ttl", "compute.ttl")
        for term in graph(name).subjects(RDF.type, None)
        if isinstance(term, rdflib.URIRef)
    }
    for question in questions():
        assert question["terms"], question["id"]
        assert set(question["terms"]) <= declared, question["id"]


def test_competency_questions_have_unique_ids_and_texts() -> None:
    for key in ("id", "question"):
        seen: dict[str, int] = defaultdict(int)
        for question in questions():
            seen[str(question[key]).lower()] += 1
        assert [value for value, count in seen.items() if count > 1] == []


@pytest.mark.parametrize("name", ["core.ttl", "compute.ttl", "lexicon.ttl", "shapes.ttl"])
def test_the_header_says_whose_it_is_and_how_it_may_be_used(name: str) -> None:
    source = graph(name)
    header = source.value(predicate=RDF.type, object=OWL.Ontology)
    assert isinstance(header, rdflib.URIRef)
    wanted = (  # the FOOPS! checks OM1 and OM2
        *(
            DCTERMS.title,
            DCTERMS.description,
            DCTERMS.creator,
            DCTERMS.license,
            DCTERMS.created,
            DCTERMS.publisher,
        ),
        *(OWL.versionIRI, OWL.versionInfo, VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri),
    )
    assert [compact(str(term)) for term in wanted if source.value(header, term) is None] == []
    assert str(source.value(header, DCTERMS.license)).startswith("https://creativecommons.org/licenses/by/4.0")


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_imported(name: str) -> None:
    assert list(graph(name).objects(None, OWL.imports)) == []


def test_the_core_knows_no_domain() -> None:
    assert PREFIXES["aii"] not in (ontology_folder() / "core.ttl").read_text(encoding="utf-8")


def test_alignments_are_close_matches_of_own_terms() -> None:
    for subject, predicate, target in graph("alignments.ttl"):
        if predicate == SKOS.closeMatch:
            assert str(subject).startswith("https://w3id.org/kgq/")
            assert not str(target).startswith("https://w3id.org/kgq/")
            assert "wikidata" not in str(target)


def test_every_label_names_one_entity_only() -> None:
    import csv

    seen: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ontology_folder() / "documents").glob("*/entities.csv")):
        with path.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                for label in [row["label"], *row["alt"].split("|"), *row["hidden"].split("|")]:
                    if label.strip():
                        seen[label.strip().lower()].add(row["id"])
    assert {label: ids for label, ids in seen.items() if len(ids) > 1} == {}


def test_every_curie_of_the_questions_expands() -> None:
    assert all(expand(term) for question in questions() for term in question["terms"])
