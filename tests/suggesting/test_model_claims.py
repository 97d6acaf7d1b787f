"""Claims that a language model proposes: each must pass the checks, or goes into quarantine with the reason."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg import open_graph
from kg.errors import SourceError
from kg.language_model.claim_proposals import propose_claims
from kg.language_model.proposals import LanguageModel
from kg.suggesting.grounding import RefusedError, find_quote
from kg.vocabulary.claim_terms import ClaimTerms

pytestmark = pytest.mark.slow

_TERMS = open_graph().vocabulary.claim_terms
assert _TERMS is not None
TERMS: ClaimTerms = _TERMS

TEXT = """CoreWeave does not bear the demand risk. Oracle had revenue of $10 billion in 2024.

Meta Platforms had a cost of $35.0 billion in 2025. Merchants may lease data centers. Lenders finance “GPU fleets”
and data centers. Oracle leases data centers. Oracle leases data centers.

Who bears capex risk?
"""
GOOD: dict[str, Any] = {
    "subject": "Oracle", "predicate": "aii:hasRevenue", "object": None, "value": "$10 billion",
    "polarity": "positive", "modality": "historical", "quote": "Oracle had revenue of $10 billion in 2024",
}  # fmt: skip


def ask(server: Any, *claims: Any) -> tuple[list[Any], list[str]]:
    server.says({"claims": list(claims)})
    found, refused = propose_claims(TEXT, TERMS, LanguageModel(server.url, "m-1", seconds=10))
    return found, [entry["reason"] for entry in refused]


def claim(subject: str, predicate: str, object_: str, quote: str, **other: Any) -> dict[str, Any]:
    said = {"polarity": "positive", "modality": "asserted", "value": None, **other}
    return {"subject": subject, "predicate": predicate, "object": object_, "quote": quote, **said}


def test_what_passes_says_who_helped_and_is_never_sure(server: Any) -> None:
    found, refused = ask(server, GOOD)
    assert refused == []
    (one,) = found
    assert (one.subject.text, one.value, one.modality, one.helped_by) == (
        "Oracle",
        "$10 billion",
        "historical",
        "m-1",
    )
    assert TEXT[one.start : one.end] == one.quote == GOOD["quote"]
    assert not one.sure
    assert one.reasons[0] == "proposed by m-1"


FALSE_CLAIMS = [
    (claim("CoreWeave", "aii:bearsRisk", "demand risk", "CoreWeave does bear the demand risk"), "not in the text"),
    (claim("CoreWeave", "aii:bearsRisk", "demand risk", "CoreWeave does not bear the demand risk"), "denies"),
    ({**GOOD, "value": "$90 billion", "quote": "Oracle had revenue of $90 billion in 2024"}, "not in the text"),
    ({**GOOD, "value": "$90 billion"}, "“$90 billion” is not one of the quote"),
    (claim("Meta Platforms", "aii:hasCost", "", "Meta Platforms had a cost of $35.0 billion in 2025",
           value="$53.0 billion", modality="historical"), "“$53.0 billion” is not one of the quote"),
    ({**GOOD, "subject": "Google Cloud"}, "“Google Cloud” is not named"),
    (claim("hyperscalers", "aii:bearsRisk", "capex risk", "hyperscalers bear capex"), "not in the text"),
    (claim("hyperscalers", "aii:bearsRisk", "capex risk", "Who bears capex risk?"), "“hyperscalers” is not named"),
]  # fmt: skip


LEASE = "Merchants may lease data centers"


@pytest.mark.parametrize(
    ("proposal", "reason"),
    [
        *FALSE_CLAIMS,
        (claim("merchants", "aii:leases", "data centers", LEASE), "hedges"),
        (claim("merchants", "aii:leases", "data centers", "lease data centers"), "not named"),
        (
            claim("merchants", "aii:leases", "data centers", LEASE, polarity="negative"),
            "nothing in the sentence does",
        ),
        (claim("merchants", "aii:leases", "data centers", LEASE, polarity="maybe"), "polarity is none of"),
        (claim("merchants", "aii:leases", "data centers", LEASE, modality="true"), "modality is none of"),
        (claim("merchants", "aii:leases", "demand risk", LEASE), "not named"),
        (claim("data centers", "aii:leases", "merchants", LEASE, modality="speculative"), "cannot be the subject"),
        (claim("merchants", "http://evil.example/x", "data centers", LEASE), "no property"),
        (claim("Oracle", "aii:leases", "data centers", "Oracle leases data centers"), "occurs 2 times"),
        (claim("Oracle", "aii:leases", "data centers", ""), "no quote"),
        (claim("Oracle", "aii:leases", "data centers", "racle leases data centers. Oracle lea"), "cuts a word"),
        (claim("Lenders", "aii:finances", "data centers", "Lenders finance", modality="historical"), "not named"),
        ({**GOOD, "value": "$10"}, "“$10” is not one of the quote"),
        ({**GOOD, "value": "$1"}, "“$1” is not one of the quote"),
        ({**GOOD, "value": "10 million"}, "is not one of the quote"),
        ({**GOOD, "value": "2023"}, "is not one of the quote"),
        ({**GOOD, "quote": ["x"]}, "no short text"),
        ({**GOOD, "subject": "O" * 1000}, "no short text"),
        ("Oracle leases data centers", "not a claim"),
        (None, "not a claim"),
        (7, "not a claim"),
        ({}, "polarity is none of"),
        ({"sparql": "DROP ALL", **GOOD, "predicate": "DROP ALL"}, "no property"),
        ({**GOOD, "subject": "'; DROP TABLE claims; --"}, "not named"),
    ],
)
def test_what_the_text_does_not_say_is_refused(server: Any, proposal: Any, reason: str) -> None:
    found, (told,) = ask(server, proposal)
    assert found == []
    assert reason in told


def test_a_quote_may_differ_in_spaces_quotes_and_dashes_and_stays_verbatim(server: Any) -> None:
    (one,), refused = ask(server, claim("lenders", "aii:finances", "GPU fleets", 'Lenders finance "GPU  fleets"'))
    assert refused == []
    assert one.quote == "Lenders finance “GPU fleets”"


def test_a_denied_claim_is_taken_as_denied(server: Any) -> None:
    quote = "CoreWeave does not bear the demand risk"
    (one,), _ = ask(server, claim("CoreWeave", "aii:bearsRisk", "demand risk", quote, polarity="negative"))
    assert one.polarity == "negative"


@pytest.mark.parametrize("content", [{"claims": "none"}, {"claims": {"subject": "Oracle"}}, {"other": 1}])
def test_replies_of_another_form_are_put_aside(server: Any, content: Any) -> None:
    server.says(content)
    found, refused = propose_claims(TEXT, TERMS, LanguageModel(server.url, "m-1", seconds=10))
    assert found == []
    assert len(refused) == 1


@pytest.mark.parametrize(
    "data", [b"<html>", b"", b'{"choices": []}', b'{"choices": [{"message": {"content": "hi"}}]}']
)
def test_a_server_that_speaks_something_else_is_told_in_a_line(server: Any, data: bytes) -> None:
    server.replies(data)
    with pytest.raises(SourceError, match="no help from m-1"):
        propose_claims(TEXT, TERMS, LanguageModel(server.url, "m-1", seconds=10))


def test_the_model_is_held_to_the_properties_of_the_graph(server: Any) -> None:
    ask(server, GOOD)
    body = server.requests[0][2]
    schema = body["response_format"]["json_schema"]["schema"]
    fields = schema["properties"]["claims"]["items"]["properties"]
    assert "aii:bearsRisk" in fields["predicate"]["enum"]
    assert "Oracle had revenue of $10 billion" in body["messages"][-1]["content"]


def test_find_quote_counts_code_points_of_the_text() -> None:
    text = "a\xad b — “c”  d b"
    start, end = find_quote(text, 'b - "c" d')
    assert text[start:end] == "b — “c”  d"
    with pytest.raises(RefusedError, match="occurs 2 times"):
        find_quote(text, "b")
    assert find_quote(text, "b", near=len(text)) == (len(text) - 1, len(text))


# ---- the command


@pytest.fixture
def project(run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own"
    assert run("init", str(folder), "--with", "built-in").code == 0
    monkeypatch.chdir(folder)
    (tmp_path / "memo.txt").write_text(TEXT, encoding="utf-8")
    assert run("add", str(tmp_path / "memo.txt")).code == 0
    return folder


def test_the_command_keeps_what_was_refused_beside_the_document(
    run: Callable[..., Any], project: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGQ_LLM_URL", server.url)
    monkeypatch.setenv("KGQ_LLM_MODEL", "m-1")
    quote = "Oracle had revenue of $10 billion in 2024"
    server.says({"claims": [FALSE_CLAIMS[0][0], {**GOOD, "quote": quote}]})
    result = run("suggest", "memo", "--llm", "--format", "json")
    assert result.code == 0
    assert "1 proposals of m-1 refused" in result.err
    told = run("suggest", "memo", "--quarantine")
    assert told.out.startswith("its quote is not in the text: ")
    assert (project / "documents" / "memo" / "quarantine.jsonl").is_file()


def test_what_a_model_proposed_and_what_was_decided_stays_when_the_document_is_read_again(
    run: Callable[..., Any], project: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGQ_LLM_URL", server.url)
    monkeypatch.setenv("KGQ_LLM_MODEL", "m-1")
    server.says(
        {"claims": [claim("lenders", "aii:lendsTo", "Oracle", "Oracle leases data centers. Oracle leases")]}
    )
    run("suggest", "memo", "--llm")
    quote = "Lenders finance “GPU fleets”\nand data centers. Oracle"
    server.says({"claims": [claim("lenders", "aii:lendsTo", "Oracle", quote)]})
    first = json.loads(run("suggest", "memo", "--llm", "--format", "json").out)
    again = json.loads(run("suggest", "memo", "--format", "json").out)
    assert [item["helped_by"] for item in first if item["helped_by"]] == ["m-1"]
    assert {item["id"] for item in again} == {item["id"] for item in first}
    leases = [item for item in again if item["predicate"].endswith("#leases") and item["sure"]]
    assert [len(item["also"]) for item in leases if item["subject"]["text"] == "Oracle"] == [1]


def test_without_a_url_the_command_says_what_to_do(
    run: Callable[..., Any], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KGQ_LLM_URL", raising=False)
    result = run("suggest", "memo", "--llm")
    assert result.code == 4
    assert "KGQ_LLM_URL is not set" in result.err


def test_with_it_off_nothing_of_it_is_imported(project: Path) -> None:
    program = (
        "import sys; from kgq.main import main\n"
        "main(['suggest', 'memo', '--format', 'json', '-q'])\n"
        "found = {'kg.language_model', 'kg.suggesting.grounding', 'http.client', 'ssl', 'openai'}\n"
        "print(json.dumps(sorted(found & set(sys.modules))))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", "import json; " + program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{root}:{root / 'cli'}", "PATH": "", "HOME": "/nonexistent"},
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
