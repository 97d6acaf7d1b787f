"""The encoding of the document that ships with kgq, held against the inventory of its assertions.

The text and the inventory are not part of the project: KGQ_SOURCE names the text, and the inventory
(``facts.json``) lies next to it.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kg.building.sources import read_sources
from kg.documents.claim_rows import ClaimRecord
from kg.documents.document import DocumentSource

pytestmark = pytest.mark.skipif("KGQ_SOURCE" not in os.environ, reason="KGQ_SOURCE is not set: no text at hand")


@cache
def document() -> DocumentSource:
    """Return the document with its text."""
    sources = read_sources(source=Path(os.environ["KGQ_SOURCE"]))
    assert sources.problems == []
    return sources.documents[0]


@cache
def facts() -> list[dict[str, Any]]:
    """Return the inventory."""
    path = Path(os.environ["KGQ_SOURCE"]).parent / "facts.json"
    return list(json.loads(path.read_text("utf-8")))


@cache
def text() -> str:
    source = document().text
    assert source is not None
    return source.text


def overlapping(fact: dict[str, Any]) -> list[ClaimRecord]:
    """Return the claims one of whose quotes overlaps an assertion."""
    return [
        claim
        for claim in document().claims
        if any(place.start < fact["end"] and fact["start"] < place.end for place in claim.anchors)
    ]


def test_the_inventory_is_whole() -> None:
    assert len(facts()) == 136
    assert all(text()[fact["start"] : fact["end"]] == fact["quote"] for fact in facts())


def test_every_assertion_is_overlapped_by_the_quote_of_a_claim() -> None:
    assert [fact["id"] for fact in facts() if not overlapping(fact)] == []


def test_every_assertion_has_a_claim_under_its_own_number_that_overlaps_it() -> None:
    """Claims are numbered after the inventory: F005a, F005b … for the assertion F005."""
    missing = [
        fact["id"]
        for fact in facts()
        if not any(
            claim.identifier.rstrip("abcdefghijklmnopqrstuvwxyz") == fact["id"] for claim in overlapping(fact)
        )
    ]
    assert missing == []


def test_claims_keep_the_voice_of_their_assertion() -> None:
    speakers = {fact["id"]: fact["speaker"] for fact in facts()}
    wrong = [
        claim.identifier
        for claim in document().claims
        if claim.identifier[:4] in speakers and claim.voice.rsplit("/", 1)[-1] != speakers[claim.identifier[:4]]
    ]
    assert wrong == []


def test_every_quote_is_the_words_at_its_place() -> None:
    for claim in document().claims:
        assert claim.anchors
        for place in claim.anchors:
            assert text()[place.start : place.end] == place.quote


def test_nothing_after_the_post_is_quoted() -> None:
    """T26: comments, the next heading and the next post are furniture."""
    end = text().index("No comments:")
    assert document().info.extent[1] <= end
    assert max(place.end for claim in document().claims for place in claim.anchors) <= end


def test_quotes_are_tight() -> None:
    """The repository carries quotes and not the text: no quote is long, and most are a line."""
    lengths = sorted(len(place.quote) for claim in document().claims for place in claim.anchors)
    assert lengths[-1] < 200
    assert lengths[len(lengths) // 2] < 80


def test_the_text_itself_is_nowhere_in_the_sources() -> None:
    words = [text()[start : start + 300] for start in range(0, 4800, 300)]
    for path in read_sources().files:
        content = path.read_text("utf-8")
        assert not any(piece in content for piece in words), path


@pytest.mark.parametrize(
    ("identifier", "qualifier", "words"),
    [
        ("F050", "degree", "to a degree"),
        ("F054", "quantity", "mostly"),
        ("F058", "frequency", "at times"),
        ("F086", "frequency", "often"),
        ("F046a", "condition", "if architecture shifts"),
        ("F123a", "exception", "unless they move up-stack"),
    ],
)
def test_qualifiers_that_flip_an_answer_are_kept(identifier: str, qualifier: str, words: str) -> None:
    """T07."""
    claim = next(claim for claim in document().claims if claim.identifier == identifier)
    kept = [value.value for name, value in claim.qualifiers if name.endswith(f"#{qualifier}")]
    assert kept == [words]
    assert any(words.split(maxsplit=1)[0] in place.quote for place in claim.anchors)


def test_scenario_content_is_never_asserted() -> None:
    """T08."""
    inside = [claim for claim in document().claims if claim.scenario]
    assert inside
    assert {claim.modality.rsplit("#", 1)[-1] for claim in inside} <= {"hypothetical", "analogy"}
    numbers = {claim.identifier[:4] for claim in inside}
    assert numbers >= {f"F{number}" for number in range(105, 120) if number != 114}


def test_a_shifted_risk_has_no_kind() -> None:
    """T01."""
    predicates = {claim.predicate.iri.rsplit("#", 1)[-1] for claim in document().claims}
    assert {"bearsRisk", "shiftsRiskTo", "shiftsRiskThrough"} <= predicates
    assert "shiftsRisk" not in predicates
    bearers = {c.subject for c in document().claims if c.predicate.iri.endswith("#bearsRisk")}
    assert bearers == {"https://w3id.org/kgq/id/hyperscalers"}


def test_chip_design_is_said_of_the_group_alone() -> None:
    """T03, T04."""
    designers = {c.subject for c in document().claims if c.predicate.iri.endswith("#designs")}
    assert designers == {"https://w3id.org/kgq/id/hyperscalers"}
