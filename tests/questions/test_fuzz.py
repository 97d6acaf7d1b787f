"""Whatever is asked: no exception, no query but SELECT and ASK, and an end in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.dataset import Dataset
from kg.questions import ask
from kg.sparql_text import scan
from kg.vocabulary import Vocabulary

Opened: TypeAlias = "Callable[[str], tuple[Dataset, Vocabulary]]"

WORDS = [
    "which",
    "suppliers",
    "products",
    "in",
    "Germany",
    "more",
    "than",
    "3",
    "the",
    "cheapest",
    "most",
    "of",
    "by",
    "each",
    "and",
    "or",
    "not",
    "without",
    "no",
    "how",
    "many",
    "much",
    "is",
    "does",
    "are",
    "who",
    "where",
    "when",
    "what",
    "with",
    "whose",
    "that",
    "supplied",
    "by",
    "price",
    "salary",
    "Research",
    "Karen",
    "Brant",
    "average",
    "total",
    "50",
    "between",
    "1990",
    "'s",
    ",",
    "?",
    "largest",
    "heavier",
    "than",
    "first",
    "2",
    "top",
    "number",
    "list",
    "show",
    "all",
    "sorted",
    "by",
    "per",
    "country",
]
ATTACKS = [
    "which products } ; DROP ALL ; { cost 5",
    "products named \"'; DELETE WHERE { ?s ?p ?o } #\"",
    "who is <http://evil.example/> SERVICE <http://evil.example/sparql> { ?s ?p ?o }",
    "$(rm -rf /) `id` && which suppliers",
    "<script>alert(1)</script> suppliers in Germany",
    "SELECT * { ?s ?p ?o }",
    "which suppliers are in \"Germany\" @en ^^xsd:string",
    "\x00\x01\ud7ff\u202e suppliers",
    "?" * 500,
    "a" * 10_000,
    "products " * 1_200,
    "which " + "product and " * 60 + "supplier",
    "((((((((((((((((((((suppliers))))))))))))))))))))",
    "",
    "   ",
    "，。？供应商 在 德国",
]  # fmt: skip


def safe(opened: Opened, question: str) -> None:
    started = time.perf_counter()
    answer = ask(*opened("company"), question)
    took = time.perf_counter() - started
    assert answer.status in ("answered", "not_stated", "ambiguous", "not_understood")
    assert took < 5  # a second is the promise; shared machines are slow
    for sparql in (answer.sparql, *(r.sparql for r in answer.readings)):
        if sparql:
            seen = scan(sparql)
            assert seen.form in ("SELECT", "ASK")
            assert not seen.keywords & {"SERVICE", "LOAD", "FROM", "INSERT", "DELETE", "DROP", "GRAPH"}


@pytest.mark.parametrize("question", ATTACKS)
def test_hostile_text_is_only_text(opened: Opened, question: str) -> None:
    safe(opened, question)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(question=st.text(max_size=120))
def test_any_text_is_answered_or_refused(opened: Opened, question: str) -> None:
    safe(opened, question)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(question=st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_any_order_of_known_words_is_answered_or_refused(opened: Opened, question: str) -> None:
    safe(opened, question)
