"""Lists without sentences: a heading gives the subject or the property, a colon the verb, a label either."""

from __future__ import annotations

import pytest

from kg import open_graph
from kg.suggesting.candidates import Candidate
from kg.suggesting.text import read_text, suggest
from kg.vocabulary.claim_terms import ClaimTerms

_TERMS = open_graph().vocabulary.claim_terms
assert _TERMS is not None
TERMS: ClaimTerms = _TERMS

Said = tuple[str, str, str, str]


def said(candidate: Candidate) -> Said:
    end = candidate.object.text if candidate.object is not None else candidate.value or ""
    return candidate.subject.text, candidate.predicate.rpartition("#")[2], end, candidate.polarity


def sure(text: str) -> set[Said]:
    return {said(candidate) for candidate in suggest(text, TERMS) if candidate.sure}


def affirmed(text: str) -> set[Said]:
    return {said(candidate) for candidate in suggest(text, TERMS) if candidate.polarity == "positive"}


BUILDS = ("hyperscalers", "builds", "data centers", "positive")


@pytest.mark.parametrize(
    "heading",
    [
        "Hyperscalers",
        "2. Hyperscalers",
        "Slide 2 – Hyperscalers in one page",
        "Hyperscaler Model",
        "1) Hyperscaler Model: Full-Stack Ownership",
        "Hyperscaler Model\n\nWhat they do",
        "Hyperscalers (this year)",
        "What hyperscalers do",
        "## Hyperscalers",
        "## Hyperscalers\n\n### At a glance",
    ],
)
def test_a_heading_that_consists_of_names_gives_the_subject(heading: str) -> None:
    assert sure(f"A report\n\n{heading}\n\n- Build data centers\n") == {BUILDS}


@pytest.mark.parametrize(
    "heading",
    [
        "What they do not do",
        "Myths",
        "Hyperscalers?",
        "If hyperscalers win",
        "Open points",
        "Not hyperscalers",
        "Recommendations",
        "Hyperscalers\n\nPlans for 2027",
        "Hyperscalers\n\nWhat they never did",
        "Hyperscalers\n\nCompetitors",
    ],
)
def test_a_heading_that_says_more_than_names_makes_nothing_sure(heading: str) -> None:
    assert sure(f"A report\n\n{heading}\n\n- Build data centers\n- Hyperscalers build data centers\n") == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Hyperscaler Model\n\nWeaknesses\n\n- Capex risk\n",
            ("Hyperscaler Model", "hasWeakness", "capex risk", "positive"),
        ),
        ("Weaknesses of merchants\n\n- Demand risk\n", ("merchants", "hasWeakness", "demand risk", "positive")),
        ("Merchants\n\nWeakness: demand risk\n", ("merchants", "hasWeakness", "demand risk", "positive")),
        (
            "Hyperscaler Model\n\nExamples: AWS\n",
            ("Amazon Web Services", "followsModel", "Hyperscaler Model", "positive"),
        ),
        ("Merchants\n\nMembers: CoreWeave\n", ("CoreWeave", "isMemberOf", "merchants", "positive")),
        ("CoreWeave\n\n- Revenue: $5 billion\n", ("CoreWeave", "hasRevenue", "$5 billion", "positive")),
    ],
)  # fmt: skip
def test_a_noun_makes_what_follows_it_its_object(text: str, expected: Said) -> None:
    assert expected in {said(candidate) for candidate in suggest(f"A report\n\n{text}", TERMS)}


def test_a_degree_in_a_list_of_examples_stays_with_its_name() -> None:
    found = suggest("Merchant Model\n\nExamples: CoreWeave, Oracle (to a degree)\n", TERMS)
    assert {c.subject.text: dict(c.qualifiers) for c in found} == {
        "CoreWeave": {}, "Oracle": {"degree": ("to a degree",)},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("item", "doubt"),
    [
        ("Buy GPUs", "may be advice"),
        ("Leased data centers", "may only describe"),
        ("Renting capacity to enterprises", "may only describe"),
    ],
)
def test_forms_that_need_not_state_anything_are_doubted(item: str, doubt: str) -> None:
    for candidate in suggest(f"A report\n\nCoreWeave\n\n- {item}\n", TERMS):
        assert any(doubt in reason for reason in candidate.reasons)


def test_names_share_the_last_word_of_the_last_one() -> None:
    assert sure(
        "Hyperscalers\n\n- Bear capex, demand and technology risk\n- Run internal + external workloads\n"
    ) == {
        ("hyperscalers", "bearsRisk", "capex risk", "positive"),
        ("hyperscalers", "bearsRisk", "demand risk", "positive"),
        ("hyperscalers", "bearsRisk", "technology risk", "positive"),
        ("hyperscalers", "runsWorkload", "internal workloads", "positive"),
        ("hyperscalers", "runsWorkload", "external workloads", "positive"),
    }


def test_a_label_gives_the_subject_to_the_rest_of_its_paragraph() -> None:
    text = "Oracle: Leases data centers. Does not design chips.\nCoreWeave: builds data centers, buys GPUs.\n"
    assert sure(text) == {
        ("Oracle", "leases", "data centers", "positive"),
        ("Oracle", "designs", "chips", "negative"),
        ("CoreWeave", "builds", "data centers", "positive"),
        ("CoreWeave", "buys", "GPUs", "positive"),
    }


def test_a_label_before_a_whole_sentence_may_be_who_says_it() -> None:
    assert sure("Oracle: CoreWeave buys GPUs.") == set()


def test_an_item_after_a_nested_list_does_not_go_on_from_its_lead() -> None:
    text = "Hyperscalers\n\n- Bear:\n  - capex risk\n- Do not lease data centers\n"
    assert sure(text) == {
        ("hyperscalers", "bearsRisk", "capex risk", "positive"),
        ("hyperscalers", "leases", "data centers", "negative"),
    }


def test_what_stands_below_the_name_of_a_scenario_is_never_asserted() -> None:
    text = "Slide 4 – Scenario B: Merchant model explodes\n\n- Capital markets fund GPU fleets\n"
    assert {c.modality for c in suggest(text, TERMS)} == {"hypothetical"}


@pytest.mark.parametrize("join", ["and", "+", "&", ","])
def test_a_denied_list_is_denied_throughout(join: str) -> None:
    assert affirmed(f"Oracle\n\n- Does not design chips {join} build data centers\n") == set()


def test_a_denial_with_a_place_or_a_partner_denies_no_more_than_that() -> None:
    assert sure("Oracle does not buy GPUs from NVIDIA.") == set()
    assert sure("CoreWeave\n\n- Never raised debt through lenders\n") == set()


def test_a_heading_between_that_may_mean_anything_is_doubted() -> None:
    text = "A report\n\n## CoreWeave\n\n### Financing\n\n- Raises debt\n"
    (one,) = suggest(text, TERMS)
    assert one.reasons == ("whether it is about CoreWeave: it stands under “Financing”",)


@pytest.mark.parametrize(
    "text",
    [
        "Oracle\n\nType: merchant (to a degree)\n",  # which of the two is of the type?
        "Borrower: CoreWeave\n\n- Raises debt\n",
        "Merchants\n\n- Typically do not lease data centers\n",
        "Terms\n\n- CoreWeave: must raise capital before 2027\n",
        "Common claims, checked\n\n- “Hyperscalers bear capex risk” – true, but only partly\n",
        "Minutes\n\n- Ito: Oracle bears demand risk\n",
    ],
)
def test_what_lists_of_other_people_may_mean_is_not_sure(text: str) -> None:
    assert {claim for claim in sure(f"A report\n\n{text}") if claim[3] == "positive"} == set()


def test_an_item_far_below_what_leads_it_is_quoted_alone_and_not_sure() -> None:
    text = "Report\n\nMerchants\n\n- Rent capacity to:\n" + "".join(f"  - client {n}\n" for n in range(60))
    last = suggest(f"{text}  - enterprises\n", TERMS)[-1]
    assert last.quote == "enterprises"
    assert any("far above" in reason for reason in last.reasons)


def test_what_suggests_nothing_is_told_with_the_reason() -> None:
    text = (
        "A report\n\nDoes Oracle lease data centers?\n\n| Oracle | leases |\n\n- [ ] Oracle leases data centers"
        "\n\nIt rained.\n\nNobody lets Oracle lease data centers.\n\nOracle leases data centers.\n"
    )
    reading = read_text(text, TERMS)
    assert [passage.reason for passage in reading.skipped] == [
        "question", "table", "task", "no verb", "denial",
    ]  # fmt: skip
    assert all(text[p.start : p.end] == p.quote for p in reading.skipped)
    assert reading.passages == len(reading.skipped) + 1
