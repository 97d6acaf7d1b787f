"""Reviewing on the page of a writable endpoint, over the documents beside its store."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from server.conftest import Endpoint, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

TEXT = """Notes

Hyperscalers bear technology risk. Lenders finance CoreWeave. Merchants do not shift risk to lenders.

Oracle builds data centers. CoreWeave buys GPUs.
"""
TOKEN = {"KGQ_TOKEN": "open sesame"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a store and a short document."""
    from kgq.main import main

    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["init", "work", "--with", "built-in", "-q"]) == 0
        patch.chdir(folder / "work")
        (folder / "notes.txt").write_text(TEXT, "utf-8")
        assert main(["add", "../notes.txt", "-q"]) == 0
    return folder / "work"


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "work"))


@pytest.fixture
def desk(project: Path) -> Iterator[Endpoint]:
    """An endpoint over the store of the project."""
    with serving(project, "--writable", "--no-token") as endpoint:
        yield endpoint


def get(endpoint: Endpoint, path: str) -> Any:
    answer = endpoint.send("GET", f"/review/{path}", timeout=90)
    assert answer.status == 200, answer.text
    return json.loads(answer.body)


def post(endpoint: Endpoint, verb: str, body: dict[str, Any], **headers: str) -> Any:
    headers = {"content_type": "application/json", **headers}
    return endpoint.send("POST", f"/review/{verb}", json.dumps(body).encode(), timeout=120, **headers)


def rows(project: Path) -> list[dict[str, str]]:
    path = project / "documents" / "notes" / "claims.csv"
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8")))) if path.is_file() else []


@pytest.mark.slow
def test_a_claim_is_decided_published_and_then_answered(desk: Endpoint, project: Path) -> None:
    assert get(desk, "offered") == {"offered": True}
    (document,) = get(desk, "documents")["documents"]
    assert document["title"] == "notes"
    first = get(desk, "next?document=notes")["suggestion"]
    assert first["quote"] == "Hyperscalers bear technology risk"
    assert first["near"][0]["text"] == "hyperscalers bear technology risk"
    decision = {"document": "notes", "id": first["id"], "state": "accepted", "by": "Ada"}
    decided = json.loads(post(desk, "decide", decision).body)["decided"]
    assert (decided["claim"], decided["by"]) == ("C001", "Ada")
    assert [row["quote"] for row in rows(project)] == ["Hyperscalers bear technology risk"]
    again = post(desk, "decide", decision)
    assert (again.status, again.text) == (422, "this was accepted by Ada meanwhile.\n")
    assert get(desk, "documents")["unpublished"] == 1
    assert post(desk, "publish", {}).status == 200
    assert get(desk, "documents")["unpublished"] == 0
    answer = json.loads(desk.send("GET", "/ask?q=who%20bears%20technology%20risk").body)
    assert len({e["document"] for e in answer["rows"][0]["evidence"]}) == 2


def test_the_last_decision_is_taken_back(desk: Endpoint, project: Path) -> None:
    item = get(desk, "next?document=notes")["suggestion"]
    assert post(desk, "back", {}).status == 422  # there is none yet
    assert post(desk, "decide", {"document": "notes", "id": item["id"], "state": "accepted"}).status == 200
    assert len(rows(project)) == 1
    assert json.loads(post(desk, "back", {}).body)["decided"]["state"] == "open"
    assert rows(project) == []
    assert get(desk, "next?document=notes")["suggestion"]["id"] == item["id"]


def test_a_bad_edit_is_refused_and_stays_open(desk: Endpoint, project: Path) -> None:
    first = get(desk, "next?document=notes")["suggestion"]
    body = {"document": "notes", "id": first["id"], "state": "accepted"}
    for changes, message in (
        ({"predicate": "flies to"}, "'flies to' is no property"),
        ({"object": "Trainium"}, "C001"),
        ({"modality": "certain"}, "'certain' is no modality"),
    ):
        answer = post(desk, "decide", {**body, "changes": changes})
        assert answer.status == 422
        assert message in answer.text
        assert answer.text.count("\n") == 1
    assert rows(project) == []
    assert get(desk, "next?document=notes")["suggestion"]["id"] == first["id"]


def test_other_sites_and_forms_decide_nothing(desk: Endpoint, project: Path) -> None:
    first = get(desk, "next?document=notes")["suggestion"]
    body = {"document": "notes", "id": first["id"], "state": "accepted"}
    assert post(desk, "decide", body, origin="http://evil.example").status == 403
    assert post(desk, "decide", body, sec_fetch_site="cross-site").status == 403
    assert post(desk, "decide", body, host="evil.example").status == 403
    assert post(desk, "decide", body, content_type="text/plain").status == 415
    assert desk.send("GET", "/review/decide").status == 405
    assert desk.send("GET", "/review/next?document=notes", origin="http://evil.example").status == 403
    for bad in (b"{", b"[]", b'{"changes": []}', json.dumps({**body, "id": "x" * 600}).encode(), b"[" * 100_000):
        answer = desk.send("POST", "/review/decide", bad, content_type="application/json")
        assert answer.status == 400
    assert post(desk, "decide", {**body, "id": "none"}).status == 422
    assert post(desk, "decide", {**body, "document": "../../etc"}).status == 422
    assert post(desk, "decide", {**body, "state": "known"}).status == 422
    assert rows(project) == []
    assert desk.is_well()


@pytest.mark.slow
def test_reviewing_needs_the_token(project: Path) -> None:
    with serving(project, "--writable", **TOKEN) as endpoint:
        assert endpoint.send("GET", "/review").status == 200
        assert endpoint.send("GET", "/review/documents").status == 401
        assert post(endpoint, "publish", {}).status == 401
        known = {"authorization": "Bearer open sesame"}
        assert endpoint.send("GET", "/review/documents", timeout=90, **known).status == 200


def test_where_nothing_is_written_nothing_is_reviewed(endpoint: Endpoint, store: Endpoint) -> None:
    assert get(endpoint, "offered") == {"offered": False}
    assert endpoint.send("GET", "/review/documents").status == 403
    assert get(store, "offered") == {"offered": False}
    assert "no documents beside this store" in store.send("GET", "/review/documents").text


def test_the_page_takes_no_inline_script(desk: Endpoint) -> None:
    page = desk.send("GET", "/review")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "<script>" not in page.text
    assert "onclick" not in page.text


@pytest.mark.slow
@pytest.mark.parametrize("screen", [(1200, 860, "light"), (1200, 860, "dark"), (390, 844, "dark")])
def test_the_page_is_accessible_and_used_with_the_keyboard_alone(
    desk: Endpoint, browser: Browser, project: Path, screen: tuple[int, int, Any]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    width, height, scheme = screen
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True)
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))

    def fits() -> None:
        wrong = {found["id"]: found["nodes"][0]["html"] for found in Axe().run(page).response["violations"]}
        assert wrong == {}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def ready(words: str) -> None:
        page.wait_for_function("!document.body.hasAttribute('aria-busy')", timeout=90_000)
        page.locator("#claim", has_text=words).wait_for(timeout=90_000)

    page.goto(desk.url + "/review")
    ready("technology risk")
    fits()
    page.keyboard.press("a")
    ready("CoreWeave")
    page.keyboard.press("r")
    ready("not")
    page.keyboard.press("e")
    page.locator("#edit-predicate").fill("flies to")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for(timeout=90_000)
    fits()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    ready("data centers")
    fits()
    assert [row["object"] for row in rows(project)] == ["technology-risk"]
    assert told == []
    page.close()
