"""What can be asked of a graph is read from the graph: words, usage, units, paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.vocabulary import Vocabulary
from kg.vocabulary.measures import convert, graded
from kg.vocabulary.words import root, split_name, stem, stems, tokenize
from kg.vocabulary.written import WrittenVocabulary, vocabulary_files

TURTLE = b"""
@prefix e: <http://e.example/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
e:Region a owl:Class . e:Site a owl:Class ; rdfs:label "site" ; skos:altLabel "location" .
e:partOf a owl:TransitiveProperty . e:output_kw rdfs:comment "electric output" .
e:holds rdfs:range e:Tank .
e:n a e:Region ; rdfs:label "North" . e:nn a e:Region ; rdfs:label "Far North" ; e:partOf e:n .
e:s a e:Site ; rdfs:label "Alpha" ; e:partOf e:nn ; e:output_kw 12 ; e:holds e:t1 .
e:t1 rdfs:label "Tank one" .
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    engine = OxigraphEngine()
    engine.store.load(TURTLE, format=RdfFormat.TURTLE)
    return Vocabulary.from_dataset(Dataset(engine))


def test_words_come_from_labels_and_local_names(vocabulary: Vocabulary) -> None:
    assert vocabulary.classes["http://e.example/Region"].label == "region"
    assert {text for text, _ in vocabulary.classes["http://e.example/Site"].forms} == {"site", "location"}


def test_a_unit_in_a_local_name_is_a_unit(vocabulary: Vocabulary) -> None:
    term = vocabulary.properties["http://e.example/output_kw"]
    assert (term.unit, term.functional) == ("kw", True)
    assert "output" in {text for text, *_ in term.forms}


def test_a_transitive_property_reaches_what_its_chains_reach(vocabulary: Vocabulary) -> None:
    region = frozenset({"http://e.example/Region"})
    assert vocabulary.schema.links(frozenset({"http://e.example/Site"}), "http://e.example/partOf", region)
    assert (
        vocabulary.schema.paths(frozenset({"http://e.example/Site"}), region)[0]
        .steps[0]
        .property.endswith("partOf")
    )


def test_a_thing_without_a_type_is_what_a_range_says(vocabulary: Vocabulary) -> None:
    assert vocabulary.entities["http://e.example/t1"].types == ("http://e.example/Tank",)
    assert vocabulary.classes["http://e.example/Tank"].implied == (("http://e.example/holds", True),)


def written(vocabulary: Vocabulary, folder: Path) -> Vocabulary:
    for name, text in vocabulary_files(vocabulary).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return WrittenVocabulary(folder)


def test_files_bring_back_the_same_vocabulary(vocabulary: Vocabulary, tmp_path: Path) -> None:
    again = written(vocabulary, tmp_path)
    assert vocabulary_files(again) == vocabulary_files(vocabulary)
    assert again.entities == vocabulary.entities
    assert again.claim_terms is None


def test_files_bring_back_the_same_terms_of_claims(claims_dataset: Dataset, tmp_path: Path) -> None:
    vocabulary = Vocabulary.from_dataset(claims_dataset)
    again = written(vocabulary, tmp_path)
    assert vocabulary_files(again) == vocabulary_files(vocabulary)
    ours, theirs = vocabulary.claim_terms, again.claim_terms
    assert ours is not None
    assert theirs is not None
    assert theirs.scenario_names == ours.scenario_names
    for phrase in ours.phrases:
        first = phrase.partition(" ")[0]
        assert list(theirs.words(phrase)) == list(ours.words(phrase))
        assert theirs.longest(first) == ours.longest(first) > 0
        assert list(theirs.words(f"{phrase} ")) == list(theirs.words(phrase[:-1] + "\x7f")) == []
    assert theirs.longest("") == theirs.longest("zzz") == theirs.longest("~") == 0


def test_files_of_another_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.json").write_text('{"format": 0}')
    with pytest.raises(ValueError, match="Build it again"):
        _ = WrittenVocabulary(tmp_path).classes


@pytest.mark.parametrize(
    ("left", "right"),
    [("cities", "city"), ("companies", "company"), ("running", "run"), ("located", "locate"), ("built", "build"),
     ("sold", "sells"), ("buses", "bus"), ("supplied", "supply"), ("children", "child"), ("planned", "plan")],
)  # fmt: skip
def test_inflected_forms_share_a_stem(left: str, right: str) -> None:
    assert stem(left) == stem(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("supplier", "supplies"), ("responsible", "responsibility"), ("director", "directed"), ("manager", "manages"),
     ("location", "located"), ("admission", "admitted"), ("specialize", "specialty"), ("populous", "population")],
)  # fmt: skip
def test_derived_forms_share_a_root(left: str, right: str) -> None:
    assert root(stem(left)) == root(stem(right))


@pytest.mark.parametrize(
    ("word", "found"), [("heaviest", ("heavy", "sup")), ("bigger", ("big", "cmp")), ("river", None)]
)
def test_graded_adjectives_are_known(word: str, found: tuple[str, str] | None) -> None:
    assert graded(word) == found


def test_units_of_one_dimension_convert() -> None:
    assert convert(1.5, "km", "m") == 1500
    assert convert(1, "kg", "km") is None


@given(st.text(max_size=200))
def test_any_text_can_be_tokenized_and_stemmed(text: str) -> None:
    for token in tokenize(text):
        assert text[token.start : token.end] == token.text
        assert isinstance(root(token.stem), str)
    assert isinstance(stems(text), tuple)
    assert isinstance(split_name(text), str)


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_stems_are_settled_by_a_plural(word: str) -> None:
    if len(word) > 3 and word[-1] not in "sxyzheiu":
        assert stem(word + "s") == stem(word)


def test_classes_that_name_each_other_as_superclass_are_read() -> None:
    engine = OxigraphEngine()
    engine.store.load(
        b"@prefix e: <http://e.example/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> ."
        b" e:A r:subClassOf e:B . e:B r:subClassOf e:A . e:x a e:A .",
        format=RdfFormat.TURTLE,
    )
    found = Vocabulary.from_dataset(Dataset(engine))
    assert set(found.entities["http://e.example/x"].types) == {"http://e.example/A", "http://e.example/B"}
