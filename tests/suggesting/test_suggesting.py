"""Candidate claims from prose and lists: nothing denied becomes affirmed, nothing half understood is sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import open_graph
from kg.suggesting.candidates import Candidate
from kg.suggesting.text import suggest
from kg.suggesting.units import units
from kg.vocabulary.claim_terms import ClaimTerms

TERMS = open_graph().vocabulary.claim_terms
assert TERMS is not None
ID = "https://w3id.org/kgq/id/"

Said = tuple[str, str, str, str, str]


def read(text: str) -> list[Candidate]:
    assert isinstance(TERMS, ClaimTerms)
    return suggest(text, TERMS)


def said(candidate: Candidate) -> Said:
    end = candidate.object.text if candidate.object is not None else candidate.value or ""
    predicate = candidate.predicate.rpartition("#")[2]
    return candidate.subject.text, predicate, end, candidate.polarity, candidate.modality


def sure(text: str) -> list[Said]:
    return [said(candidate) for candidate in read(text) if candidate.sure]


def unsure(text: str) -> list[Said]:
    return [said(candidate) for candidate in read(text) if not candidate.sure]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oracle leases data centers.", ("Oracle", "leases", "data centers", "positive", "asserted")),
        ("Oracle does not lease data centers.", ("Oracle", "leases", "data centers", "negative", "asserted")),
        ("Oracle doesn’t lease data centers.", ("Oracle", "leases", "data centers", "negative", "asserted")),
        ("Oracle never leases data centers.", ("Oracle", "leases", "data centers", "negative", "asserted")),
        ("Oracle leased data centers.", ("Oracle", "leases", "data centers", "positive", "historical")),
        (
            "At one time Oracle leased data centers.",
            ("Oracle", "leases", "data centers", "positive", "historical"),
        ),
        ("Oracle has leased data centers.", ("Oracle", "leases", "data centers", "positive", "asserted")),
        ("Oracle is leasing data centers.", ("Oracle", "leases", "data centers", "positive", "asserted")),
        ("Data centers are leased by Oracle.", ("Oracle", "leases", "data centers", "positive", "asserted")),
        ("Oracle may lease data centers.", ("Oracle", "leases", "data centers", "positive", "speculative")),
        ("Oracle probably leases data centers.", ("Oracle", "leases", "data centers", "positive", "speculative")),
        (
            "If prices fall, Oracle leases data centers.",
            ("Oracle", "leases", "data centers", "positive", "conditional"),
        ),
        ("Oracle would lease data centers.", ("Oracle", "leases", "data centers", "positive", "hypothetical")),
        ("Scenario A\n\nMerchants buy GPUs.", ("merchants", "buys", "GPUs", "positive", "hypothetical")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_plain_sentence_is_read_to_the_last_word(text: str, expected: Said) -> None:
    assert sure(text) == [expected]


def test_coordinations_are_several_claims() -> None:
    found = {
        (s, p, o) for s, p, o, *_ in sure("Oracle and CoreWeave buy GPUs, build data centers and raise debt.")
    }
    assert ("Oracle", "buys", "GPUs") in found
    assert ("CoreWeave", "builds", "data centers") in found


def test_qualifiers_keep_their_wording() -> None:
    (one,) = read("Today, most merchants rent capacity to LLM startups, mostly through long-term contracts.")
    assert one.qualifiers["period"] == ("Today",)
    assert one.qualifiers["quantity"] == ("most", "mostly")
    assert "long-term contracts" in one.qualifiers["scope"][0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Analysts say Oracle leases data centers.", "say"),
        ("According to lenders, Oracle leases data centers.", "said of somebody"),
        ("Nobody believes that Oracle leases data centers.", ""),
        ("Oracle hardly leases data centers.", "all but denied"),
        ("Oracle refuses to lease data centers.", ""),
        ("Oracle will lease data centers.", "about the future"),
        ("Oracle should lease data centers.", "ought"),
        ("Oracle leases data centers or GPUs.", "or"),
        ("Oracle’s largest rival leases data centers.", ""),
        ("Zephyr Compute leases data centers.", "new name"),
        ("Merchants grow. They buy GPUs.", "taken for"),
        ("It is not true that Oracle leases data centers.", ""),
        ("Neither Oracle nor CoreWeave leases data centers.", ""),
        ("No merchant buys GPUs.", ""),
        ("Oracle stopped leasing data centers.", ""),
        ("Oracle leases no data centers.", ""),
        ("Oracle denied that it leases data centers.", ""),
        ("Few merchants buy GPUs.", ""),
        ("Oracle failed to lease data centers.", ""),
        ("Rumours that Oracle leases data centers are false.", ""),
    ],
)
def test_what_is_half_understood_is_never_sure(text: str, reason: str) -> None:
    assert sure(text) == []
    for candidate in read(text):
        assert candidate.reasons
        assert not reason or any(reason in told for told in candidate.reasons), candidate.reasons


@pytest.mark.parametrize(
    "text", ["Does Oracle lease data centers?", "", "   \n\n", "Data centers.", "• ", "# ", "1."]
)
def test_questions_and_scraps_suggest_nothing(text: str) -> None:
    assert read(text) == []


def test_list_items_take_subject_and_verb_from_above() -> None:
    text = "Outlook\n\nHyperscalers\n- Bear:\n  - Technology risk\n  - Demand risk\n- Own:\n  - Data centers\n"
    found = {(s, p, o) for s, p, o, *_ in sure(text)}
    assert ("hyperscalers", "bearsRisk", "technology risk") in found
    assert ("hyperscalers", "bearsRisk", "demand risk") in found
    for candidate in read(text):
        assert candidate.quote.startswith("Hyperscalers") or candidate.heading.endswith("Hyperscalers")


def test_amounts_are_taken_as_written() -> None:
    found = read("CoreWeave had revenue of $1.2 billion in 2025.")
    assert [(c.value, c.qualifiers["period"]) for c in found] == [("$1.2 billion", ("in 2025",))]


@given(st.text(max_size=300))
def test_any_text_is_read_and_every_quote_is_verbatim(text: str) -> None:
    for candidate in read(text):
        assert text[candidate.start : candidate.end] == candidate.quote


WORDS = """Oracle hyperscalers merchants lenders they it does not never bear bears shift risk to technology risk
capex risk lease data centers GPUs and or but , . ; : if unless may hardly no nobody says that ( ) most
5 $3 in 2025"""
words = st.sampled_from(WORDS.split())


@given(st.lists(words, max_size=25).map(" ".join))
def test_any_order_of_words_is_read_and_quotes_are_verbatim(text: str) -> None:
    for candidate in read(text):
        assert text[candidate.start : candidate.end] == candidate.quote


@given(
    st.sampled_from(["Oracle", "CoreWeave", "merchants", "hyperscalers"]),
    st.sampled_from([" not", " never", "n’t", "n't", " hardly", " no longer", " rarely"]),
    st.sampled_from(["", "today, ", "in 2025 ", "probably "]),
)
def test_a_denied_verb_is_never_read_as_affirmed(subject: str, denial: str, lead: str) -> None:
    does = "do" if subject.endswith("s") else "does"
    for candidate in read(f"{lead}{subject} {does}{denial} bear demand risk."):
        assert candidate.polarity == "negative" or not candidate.sure


def test_units_of_any_text_are_verbatim_and_in_order() -> None:
    text = "# Title\n\nOne sentence, e.g. this. Another one!\n\n1) First\n\n- a:\n  - b\n- c\n\nLast."
    found = list(units(text))
    assert [text[u.start : u.end] for u in found] == [u.text for u in found]
    assert [u.start for u in found] == sorted(u.start for u in found)
    assert [u.text for u in found][:2] == ["One sentence, e.g. this.", "Another one!"]
