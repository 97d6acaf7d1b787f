"""`kgq vocabulary --check`: what cannot be asked for, clashes, and words that mean two things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.checks.vocabulary import check_vocabulary
from kg.knowledge_graph import open_graph
from kg.results import Problem
from kgq.main import main

PREFIXES = (
    "@prefix : <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
    " @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    ":City a owl:Class ; rdfs:label 'city' . :River a owl:Class ; rdfs:label 'river' .\n"
    ":flows a owl:ObjectProperty ; rdfs:label 'flows through' .\n"
    ":paris a :City ; rdfs:label 'Paris' . :seine a :River ; rdfs:label 'Seine' ; :flows :paris .\n"
)


def graph(tmp_path: Path, turtle: str) -> Path:
    path = tmp_path / "graph.ttl"
    path.write_text(PREFIXES + turtle, encoding="utf-8")
    return path


def problems(tmp_path: Path, turtle: str) -> list[Problem]:
    opened = open_graph(graph(tmp_path, turtle))
    return check_vocabulary(opened.vocabulary, opened.dataset.prefixes)


def test_a_vocabulary_in_order_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-g", str(graph(tmp_path, "")), "vocabulary", "--check"]) == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings, 0 remarks.\n"


def test_a_property_named_by_a_code_cannot_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = graph(tmp_path, ":seine :P31 :paris .")
    assert main(["-g", str(path), "vocabulary", "--check"]) == 1
    out = capsys.readouterr().out
    assert "error: the property :P31 has no label" in out  # as the file itself writes it
    assert "give it an rdfs:label" in out


def test_things_without_label_or_key_are_reported_by_class(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, ":Q17 a :City . :Q18 a :City .")
    assert (found.severity, found.rule) == ("warning", "no-label")
    assert "2 things of class 'city'" in found.message


def test_things_told_apart_by_a_key_need_no_label(tmp_path: Path) -> None:
    orders = " ".join(f":o{n} a :Order ; :orderNumber 'N{n}' ." for n in (100001, 100002))
    assert not [p for p in problems(tmp_path, orders) if p.rule == "no-label"]


def test_two_classes_with_one_label_clash(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, ":Town a owl:Class ; rdfs:label 'City' . :lyon a :Town ; rdfs:label 'Lyon' .")
    assert (found.severity, found.rule) == ("error", "clash")


def test_an_alias_that_two_classes_share_is_a_warning(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, ":City skos:altLabel 'place' . :River skos:altLabel 'place' .")
    assert (found.severity, found.rule, found.value) == ("warning", "clash", "place")


def test_properties_that_lead_elsewhere_are_told_apart_by_structure(tmp_path: Path) -> None:
    apart = ":passes a owl:ObjectProperty ; rdfs:label 'flows through' . :paris :passes :seine ."
    (found,) = problems(tmp_path, apart)
    assert (found.severity, found.rule) == ("info", "clash")


def test_properties_with_one_label_and_the_same_ends_clash(tmp_path: Path) -> None:
    (found,) = problems(
        tmp_path, ":passes a owl:ObjectProperty ; rdfs:label 'flows through' . :seine :passes :paris ."
    )
    assert (found.severity, found.rule) == ("error", "clash")


def test_namesakes_of_one_class_are_a_warning_and_of_two_classes_none(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, ":texas a :City ; rdfs:label 'Paris' .")
    assert (found.severity, found.rule) == ("warning", "clash")
    assert not problems(tmp_path, ":other a :River ; rdfs:label 'Paris' .")


def test_a_word_for_a_class_and_a_property_means_two_things(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, ":flows skos:altLabel 'stream' . :Brook a owl:Class ; rdfs:label 'stream' .")
    assert (found.severity, found.rule) == ("info", "two-meanings")


def test_a_property_named_after_its_class_means_one_thing_with_it(tmp_path: Path) -> None:
    named = ":hasRiver a owl:ObjectProperty ; rdfs:label 'river' . :paris :hasRiver :seine ."
    assert not problems(tmp_path, named)


def test_a_term_whose_words_are_grammar_is_reported(tmp_path: Path) -> None:
    found = problems(tmp_path, ":Of a owl:Class ; rdfs:label 'of' . :x a :Of ; rdfs:label 'Xanadu' .")
    assert [(p.severity, p.rule) for p in found] == [("warning", "grammar-word")]


def test_words_of_the_same_terms_are_reported_together(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, ":City skos:altLabel 'place', 'spot' . :River skos:altLabel 'place', 'spot' .")
    assert "'place', 'spot' name 2 classes" in found.message


def test_the_report_can_be_read_by_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = graph(tmp_path, ":seine :P31 :paris .")
    assert main(["-g", str(path), "vocabulary", "--check", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["conforms"] is False
    assert [p["rule"] for p in data["problems"]] == ["no-label"]


def test_check_takes_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vocabulary", "--check", "risk"]) == 2
    assert "Leave out the word" in capsys.readouterr().err


def test_the_built_in_vocabulary_has_no_error() -> None:
    opened = open_graph()
    assert [p for p in check_vocabulary(opened.vocabulary) if p.severity == "error"] == []
