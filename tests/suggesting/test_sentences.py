"""The sentences that mislead: what denies, hedges, reports, turns round, or only looks like a claim."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import open_graph
from kg.suggesting.candidates import Candidate, fold
from kg.suggesting.markup import without_markup
from kg.suggesting.text import suggest
from kg.vocabulary.claim_terms import ClaimTerms

_TERMS = open_graph().vocabulary.claim_terms
assert _TERMS is not None
TERMS: ClaimTerms = _TERMS


def read(text: str) -> list[Candidate]:
    return suggest(text, TERMS)


def said(text: str) -> set[tuple[str, str, str, str]]:
    return {
        (c.subject.text, c.predicate.rpartition("#")[2], c.object.text if c.object else c.value or "", c.polarity)
        for c in read(text)
    }


@pytest.mark.parametrize(
    "text",
    [
        "Do not assume that hyperscalers lease data centers.",
        "Imagine that hyperscalers lease data centers.",
        "It is not true that hyperscalers lease data centers.",
        "It would be false to say that hyperscalers lease data centers.",
        "Few hyperscalers lease data centers.",
        "Hyperscalers rarely lease data centers.",
        "Not all hyperscalers lease data centers.",
        "Hyperscalers lease data centers: false.",
        "Hyperscalers lease data centers — not.",
        "False: hyperscalers lease data centers.",
        "✗ Hyperscalers lease data centers.",
        "The contract forbids hyperscalers to lease data centers.",
        "Hyperscalers are not required to lease data centers.",
        "Nobody wants hyperscalers to lease data centers.",
        "Whether hyperscalers lease data centers is unknown.",
        "Hyperscalers lease data centers in no case.",
        "~~Hyperscalers lease data centers.~~",
        "`hyperscalers lease data centers`",
        "- [ ] Hyperscalers lease data centers",
        "| Hyperscalers | lease | data centers |",
        "Myths\n\n- Hyperscalers lease data centers\n- Hyperscalers buy GPUs\n",
    ],
)
def test_what_turns_a_statement_round_silences_it(text: str) -> None:
    assert {claim for claim in said(text) if claim[3] == "positive"} == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Neither Oracle nor CoreWeave designs chips.", {("Oracle", "designs", "chips", "negative"),
                                                          ("CoreWeave", "designs", "chips", "negative")}),
        ("No lender bears technology risk.", {("lenders", "bearsRisk", "technology risk", "negative")}),
        ("CoreWeave leases no data centers.", {("CoreWeave", "leases", "data centers", "negative")}),
        ("Lenders no longer finance data centers.", {("lenders", "finances", "data centers", "negative")}),
        ("Lenders refuse to bear technology risk.", {("lenders", "bearsRisk", "technology risk", "negative")}),
        ("CoreWeave does not build or own data centers.", {("CoreWeave", "builds", "data centers", "negative"),
                                                           ("CoreWeave", "owns", "data centers", "negative")}),
        ("Merchants raise debt, but hyperscalers do not.", {("merchants", "raises", "debt", "positive"),
                                                            ("hyperscalers", "raises", "debt", "negative")}),
        ("CoreWeave does not:\n\n- design chips\n- buy GPUs\n", {("CoreWeave", "designs", "chips", "negative"),
                                                                 ("CoreWeave", "buys", "GPUs", "negative")}),
        ("CoreWeave buys GPUs from NVIDIA.", {("CoreWeave", "buys", "GPUs", "positive"),
                                             ("CoreWeave", "buysChipsFrom", "NVIDIA", "positive")}),
        ("Revenue of Oracle was $57.4 billion in 2025.", {("Oracle", "hasRevenue", "$57.4 billion", "positive")}),
        ("Oracle has 162,000 employees.", {("Oracle", "hasHeadcount", "162000", "positive")}),
        ("*Merchants* bear **demand risk**.", {("merchants", "bearsRisk", "demand risk", "positive")}),
        ("Hyperscalers (AWS, Google Cloud) design chips.", {
            ("hyperscalers", "designs", "chips", "positive"),
            ("Amazon Web Services", "isMemberOf", "hyperscalers", "positive"),
            ("Google Cloud", "isMemberOf", "hyperscalers", "positive")}),
        ("Microsoft leases data centers.", {("Microsoft", "leases", "data centers", "positive")}),
    ],
)  # fmt: skip
def test_it_is_read(text: str, expected: set[tuple[str, str, str, str]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Lenders bear demand risk, says Oracle.", "somebody says or thinks so: says"),
        ("Lenders bear demand risk. Wrong.", "the next sentence may take it back: “Wrong.”"),
        ("Oracle leases data centers to CoreWeave.", "another meaning"),
        ("Some lenders bear demand risk.", "it is said of Some of them"),
        ("All lenders do not bear demand risk.", "whether it is denied of All"),
        ("Only hyperscalers design chips.", "it says more than that: Only"),
        ("Oracle plans to build data centers.", "wanted or due: plans"),
        ("Bear case\n\nMerchants bear demand risk.", "under the heading “Bear case”"),
        ("Oracle, a latecomer, leases data centers.", "passed over: “a latecomer”"),
        ("Facts\n\n- Oracle leases data centers\n", "it stands in a list under “Facts”"),
        ("Lenders of CoreWeave bear demand risk.", "“Lenders of CoreWeave” is taken for Lenders"),
    ],
)
def test_a_doubt_says_why_in_words_of_the_text(text: str, reason: str) -> None:
    found = read(text)
    assert found
    for candidate in found:
        assert not candidate.sure
        assert any(reason in told for told in candidate.reasons), candidate.reasons


def test_what_says_the_same_is_folded_and_a_sure_one_stands_for_all() -> None:
    text = (
        "Perhaps not.\n\nWell, Oracle leases data centers. Oracle leases data centers. Oracle leases data centers."
    )
    (one,) = fold(read(text))
    assert one.sure
    assert [text[start:end] for start, end in one.also][-1] == "Oracle leases data centers"


SENTENCES = [
    ("Oracle", "leases", "lease", "data centers"),
    ("Merchants", "buy", "buy", "GPUs"),
    ("Lenders", "bear", "bear", "demand risk"),
    ("Google Cloud", "designs", "design", "chips"),
]
DENIALS = [
    "does not {bare}", "do not {bare}", "did not {bare}", "never {verb}", "no longer {verb}", "cannot {bare}",
    "will not {bare}", "hardly {verb}", "rarely {verb}", "doesn't {bare}", "don’t {bare}", "would not {bare}",
    "refuses to {bare}", "fails to {bare}", "is unable to {bare}", "has not {verb}", "in no way {verb}",
    "by no means {verb}", "denies that it {verb}", "is unlikely to {bare}", "not only does not {bare}",
    "avoids to {bare}", "may not {bare}", "is not expected to {bare}", "scarcely {verb}", "did nothing to {bare}",
]  # fmt: skip
LEADS = [
    "",
    "Today, ",
    "If prices fall, ",
    "In 2025, ",
    "Analysts say ",
    "According to Oracle, ",
    "However, ",
    "So ",
]
ENDS = [".", " in 2025.", ", mostly.", ", and raise debt.", " again, it seems.", "; so be it.", " (see below)."]


@given(st.sampled_from(SENTENCES), st.sampled_from(DENIALS), st.sampled_from(LEADS), st.sampled_from(ENDS))
def test_a_denial_at_the_verb_is_never_affirmed(
    words: tuple[str, str, str, str], denial: str, lead: str, end: str
) -> None:
    subject, verb, bare, object_ = words
    text = f"{lead}{subject} {denial.format(verb=verb, bare=bare)} {object_}{end}"
    for candidate in read(text):
        if candidate.object is not None and candidate.object.text == object_:
            assert candidate.polarity == "negative", text


@given(
    st.sampled_from(["not", "never", "no", "n't", "hardly", "no longer", "neither", "false", "without", "denied"]),
    st.integers(0, 5),
    st.sampled_from(SENTENCES),
)
def test_a_denial_anywhere_is_never_a_sure_affirmation(denial: str, place: int, words: tuple[str, ...]) -> None:
    parts = [words[0], words[1], *words[3].split()]
    text = " ".join([*parts[:place], denial, *parts[place:]]) + "."
    assert [c for c in read(text) if c.sure and c.polarity == "positive"] == [], text


@given(
    st.integers(1, 999),
    st.integers(1, 999),
    st.sampled_from(["million", "billion", "bn", "trillion", "%", "B"]),
    st.sampled_from(["Oracle has revenue of {}.", "Revenue of Oracle was {} in 2025.", "Oracle’s revenue is {}."]),
)
def test_another_number_never_gives_the_old_one(old: int, new: int, unit: str, sentence: str) -> None:
    text = sentence.format(f"${new} {unit}")
    for candidate in read(text):
        assert candidate.value == f"${new} {unit}"
        assert candidate.value in candidate.quote
        assert old == new or f"${old} {unit}" != candidate.value


_PIECES = """Oracle leases data centers . , ; : ( ) [ ] ** * _ ` ~~ # - • | > “ ” " ' — – ? ! not No never 1) $3
billion if may Analysts say who which lenders bear demand risk é 中 😀 e.g. U.S. 2025"""
PIECES = [*_PIECES.split(), "\x00", "\n", "\n\n", "\t"]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))
def test_quotes_of_any_text_are_verbatim(text: str) -> None:
    assert len(without_markup(text)) == len(text)
    for candidate in read(text):
        assert text[candidate.start : candidate.end] == candidate.quote
        assert candidate.sure == (not candidate.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "CoreWeave leases data centers " * 340,
        "( " * 50_000,
        "a" * 100_000,
        "Oracle, " * 12_000,
        "*a " * 30_000,
        "1," * 50_000,
        "<!--" * 25_000,
        "e.g. A " * 14_000,
        "".join(" " * n + "- Bear:\n" for n in range(400)),
        "[a](b" * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_junk_takes_no_time(text: str) -> None:
    before = time.process_time()
    read(text)
    assert time.process_time() - before < 5


@pytest.mark.slow
def test_time_grows_with_the_text_and_no_faster() -> None:
    paragraph = "CoreWeave buys GPUs from NVIDIA. Lenders do not bear demand risk. Oracle, a latecomer, waits.\n\n"

    def seconds(times: int) -> float:
        before = time.process_time()
        read(paragraph * times)
        return time.process_time() - before

    assert seconds(2000) < 8 * seconds(500) + 1
