"""Guards against fitting: only what labels say and how things are connected may matter, no name of a graph."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.questions import ask
from kg.results import Answer
from kg.vocabulary import Vocabulary

GRAPHS = Path(__file__).parent / "graphs"
STANDARD = ("http://www.w3.org/", "http://purl.org/")


def rebuilt(
    name: str, rename: Callable[[str], str], reword: Callable[[str], str] = str
) -> tuple[Dataset, Vocabulary]:
    def node(term: object) -> object:
        if isinstance(term, NamedNode) and not term.value.startswith(STANDARD):
            return NamedNode(rename(term.value))
        if isinstance(term, Literal) and (term.language or term.datatype.value.endswith("#string")):
            text = reword(term.value)
            return Literal(text, language=term.language) if term.language else Literal(text)
        return term

    store = Store()
    for quad in parse(path=str(GRAPHS / f"{name}.ttl"), format=RdfFormat.TURTLE):
        store.add(Quad(node(quad.subject), node(quad.predicate), node(quad.object)))  # type: ignore[arg-type]
    dataset = Dataset(OxigraphEngine(store))
    return dataset, Vocabulary.from_dataset(dataset)


def iris(name: str) -> list[str]:
    found = set()
    for quad in parse(path=str(GRAPHS / f"{name}.ttl"), format=RdfFormat.TURTLE):
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, NamedNode) and not term.value.startswith(STANDARD):
                found.add(term.value)
    return sorted(found)


def values(opened: tuple[Dataset, Vocabulary], question: str) -> tuple[str, bool | None, set[tuple[str, ...]]]:
    answer = ask(*opened, question)
    rows = {tuple("" if cell is None else cell.value for cell in row.cells) for row in answer.rows}
    return answer.status, answer.boolean, rows


LABELLED = [
    ("films", "Which movie has the highest rating?"),
    ("films", "Which films did Lucia Ferro direct?"),
    ("films", "number of films per genre"),
    ("films", "Did Ingrid Vale direct Nine Lanterns?"),
    ("films", "Which production company produced the film with the highest gross?"),
    ("films", "films released before 2002"),
    ("hospital", "Who treats Anna Weiss?"),
    ("hospital", "What is the average age of patients with heart failure?"),
    ("hospital", "Which doctors have no patients?"),
    ("hospital", "How many beds does Ward A have?"),
    ("hospital", "Which patients take metformin and digoxin?"),
]


@pytest.mark.parametrize(("name", "question"), LABELLED)
def test_new_iris_give_the_same_answer(name: str, question: str) -> None:
    numbers = {iri: f"urn:x:{i}" for i, iri in enumerate(iris(name))}
    assert values(rebuilt(name, numbers.__getitem__), question) == values(rebuilt(name, str), question)


@pytest.mark.parametrize(("name", "question"), LABELLED)
def test_permuted_local_names_give_the_same_answer(name: str, question: str) -> None:
    known = iris(name)
    shuffled = [re.split(r"[/#]", iri)[-1] + f"_{i}" for i, iri in enumerate(known)]
    random.Random(7).shuffle(shuffled)  # noqa: S311  # no secret
    swapped = {iri: f"http://other.example/{local}" for iri, local in zip(known, shuffled, strict=True)}
    assert values(rebuilt(name, swapped.__getitem__), question) == values(rebuilt(name, str), question)


WORDS = {
    "film": "zorvan", "movie": "quelt", "person": "mibber", "director": "frundel", "actor": "plonk",
    "genre": "brask",
    "directed by": "gleeped by", "cast member": "tarn vool", "produced by": "skrimmed by", "rating": "woffle",
    "production company": "drassel hune", "comedy": "vantril", "Nine Lanterns": "Kest Umbrol",
    "Lucia Ferro": "Ombra Fenwick", "Ingrid Vale": "Tosk Marrel", "Northlight Pictures": "Quandle Spire",
}  # fmt: skip

STRUCTURAL = [
    "Which {film}s are {directed by} {Lucia Ferro}?",
    "Which {film} has the highest {rating}?",
    "How many {film}s are {produced by} {Northlight Pictures}?",
    "What is the average {rating} of {film}s {directed by} {Ingrid Vale}?",
    "Which {film}s have more than 2 {cast member}s?",
    "Which {film}s are not {directed by} {Lucia Ferro}?",
    "Is {Nine Lanterns} {directed by} {Lucia Ferro}?",
    "number of {film}s per {genre}",
    "Which {film}s have a {rating} above 7.5?",
    "{rating} of {Nine Lanterns}",
]


@pytest.mark.parametrize("form", STRUCTURAL)
def test_nonsense_words_give_the_same_answer(form: str) -> None:
    original = rebuilt("films", str)
    nonsense = rebuilt("films", str, lambda text: WORDS.get(text, text))
    said = ask(*original, form.format_map({w: w for w in WORDS}))
    echoed = ask(*nonsense, form.format_map(WORDS))
    assert said.status == echoed.status == "answered"
    assert said.boolean == echoed.boolean

    def cells(answer: Answer) -> list[list[str]]:
        return sorted([c.iri or WORDS.get(c.value, c.value) for c in row.cells if c] for row in answer.rows)

    assert cells(said) == cells(echoed)
