"""Bombs, browsers and forgers: what any HTTP service meets."""

from __future__ import annotations

import gzip
import json
import socket
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from server.conftest import Endpoint


SERVE = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
TOKENS = {"KGQ_TOKEN": "open sesame", "KGQ_READ_TOKEN": "peep"}
HEAD = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"


def test_a_gzip_bomb_is_refused(endpoint: Endpoint) -> None:
    body = gzip.compress(b" " * 200_000_000, 9)
    answer = endpoint.send("POST", "/sparql", body, content_type=SERVE, content_encoding="gzip")
    assert answer.status == 413
    assert endpoint.is_well()


def test_entity_declarations_are_refused(store: Endpoint) -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    for body in (bomb, bomb.decode().encode("utf-16")):
        answer = store.send("PUT", "/rdf-graph-store?graph=e:x", body, content_type="application/rdf+xml")
        assert answer.status == 400


def test_a_body_announced_too_large_is_refused_at_once(endpoint: Endpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
        connection.sendall(HEAD + b"Content-Length: 10000000000\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_an_endless_body_is_cut(endpoint: Endpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        block = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        with pytest.raises((BrokenPipeError, ConnectionResetError)):  # noqa: PT012 - whichever send meets it
            for _ in range(200):
                connection.sendall(block)
    assert endpoint.is_well()


def test_a_giant_head_is_refused(endpoint: Endpoint) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=5) as connection:
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"a" * 2_000_000 + b"\r\n\r\n")
            got = connection.recv(100)
        except OSError:
            got = b""
    assert got == b"" or got.startswith(b"HTTP/1.1 4")
    assert endpoint.is_well()


def test_idle_and_slow_connections_hold_nobody_up(endpoint: Endpoint) -> None:
    idle = [socket.create_connection(("127.0.0.1", endpoint.port)) for _ in range(200)]
    for connection in idle[::2]:
        connection.sendall(b"GET /sparql?query=ASK")
    assert endpoint.is_well()
    for connection in idle:
        connection.close()


# --- the web ------------------------------------------------------------------------------------------------


def test_other_origins_are_told_nothing_unless_listed(endpoint: Endpoint) -> None:
    answer = endpoint.query("ASK {}", origin="http://evil.example")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_listed_origins_may_ask_without_credentials(serve: Callable[..., Endpoint], data: Path) -> None:
    endpoint = serve("-g", data, "--cors", "http://good.example")
    good = endpoint.query("ASK {}", origin="http://good.example")
    assert good.headers["access-control-allow-origin"] == "http://good.example"
    assert "access-control-allow-credentials" not in good.headers
    assert "access-control-allow-origin" not in endpoint.query("ASK {}", origin="http://evil.example").headers
    preflight = endpoint.send(
        "OPTIONS", "/sparql", origin="http://good.example", access_control_request_method="POST"
    )
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_a_form_on_another_site_cannot_write(store: Endpoint) -> None:
    body = urllib.parse.urlencode({"update": "CLEAR ALL"})
    assert store.post(body, FORM, origin="http://evil.example").status == 403
    assert store.post(body, FORM, sec_fetch_site="cross-site").status == 403
    assert store.post(body, FORM, host="evil.example").status == 403


def test_writing_needs_the_token(serve: Callable[..., Endpoint], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("guarded")
    endpoint = serve("-g", folder, "--writable", **TOKENS)
    update = "INSERT DATA { <e:a> <e:b> 1 }"
    assert endpoint.update(update).status == 401
    assert endpoint.update(update, authorization="Bearer peep").status == 401
    assert endpoint.update(update, authorization="Bearer open sesame").status == 204
    assert endpoint.query("ASK {}").status == 401
    assert endpoint.query("ASK {}", authorization="Bearer peep").status == 200
    assert endpoint.send("GET", "/metrics").status == 401
    assert endpoint.send("GET", "/health").status == 200
    assert "sesame" not in endpoint.log.read_text() + Path(f"/proc/{endpoint.process.pid}/cmdline").read_text()


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/static/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd"]
)
def test_paths_lead_out_of_nothing(endpoint: Endpoint, path: str) -> None:
    answer = endpoint.send("GET", path)
    assert answer.status in (400, 404)
    assert b"root:" not in answer.body


def test_every_response_says_nosniff_and_none_shows_a_traceback(endpoint: Endpoint) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=x", "/nowhere", "/sparql", "/health"):
        answer = endpoint.send("GET", path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert b"Traceback" not in answer.body


def test_a_client_cannot_forge_log_lines(endpoint: Endpoint) -> None:
    endpoint.send("GET", "/x%0A%7B%22status%22%3A200%7D%1B%5B31m")
    endpoint.query('ASK { FILTER("\\n{}\\u001b" = "x") }')
    lines = (endpoint.log.parent / "access.log").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert all(character.isprintable() for line in lines for character in line)
    assert any(record["path"].startswith("/x\n") for record in records)
    assert any("query" in record for record in records)


# --- the page -----------------------------------------------------------------------------------------------

NAMESAKES = """@prefix e: <http://e.example/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .
e:Dog a r:Class . e:Ship a r:Class .
e:d a e:Dog ; r:label "Rex" ; e:weight 30 . e:s a e:Ship ; r:label "Rex" ; e:weight 900 .
"""
STATES = {
    "start": "/",
    "answered": "/#ask=who%20bears%20capex%20risk",
    "refused": "/#ask=does%20Microsoft%20own%20CoreWeave",
    "not understood": "/#ask=what%20does%20AWS%20blorp",
    "entity": "/entity/CoreWeave",
    "no such entity": "/entity/Corwave%20Inc",
    "browse": "/#browse",
    "found": "/#find=capex",
    "editor": "/#sparql",
    "rows": "/#sparql=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2030",
    "graph": "/#sparql=CONSTRUCT%20WHERE%20%7B%20id%3Aaws%20%3Fp%20%3Fo%20%7D",
    "no rows": "/#sparql=SELECT%20%2A%20%7B%20%3Cx%3Ay%3E%20%3Fp%20%3Fo%20%7D",
    "broken query": "/#sparql=SELECT%20%3Fx%20%7B%20%3Fx%20a",
}
SCREENS = {"wide": (1200, 860, "light"), "dark": (1200, 860, "dark"), "phone": (390, 844, "light")}


@pytest.fixture(scope="module")
def built_in(serve: Callable[..., Endpoint]) -> Endpoint:
    """An endpoint of the built-in graph."""
    return serve()


@pytest.mark.slow
@pytest.mark.parametrize("screen", SCREENS)
def test_every_state_of_the_page_is_accessible_and_fits_the_screen(
    built_in: Endpoint, browser: Browser, screen: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    width, height, scheme = SCREENS[screen]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # for axe alone
    )
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    for state, path in STATES.items():
        page.goto("about:blank")
        page.goto(built_in.url + path)
        page.wait_for_load_state("networkidle")
        wrong = {found["id"]: found["nodes"][0]["html"] for found in Axe().run(page).response["violations"]}
        assert wrong == {}, state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
    assert told == []
    page.close()


@pytest.mark.slow
def test_a_reading_is_chosen_with_a_click_and_answered(
    serve: Callable[..., Endpoint], browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "rex.ttl").write_text(NAMESAKES, encoding="utf-8")
    endpoint = serve("-g", tmp_path / "rex.ttl")
    page = browser.new_page()
    page.goto(endpoint.url + "/#ask=what%20is%20the%20weight%20of%20Rex")
    page.get_by_text("Did you mean").wait_for()
    offered = page.locator("#answer .box .chip").all_inner_texts()
    assert len(set(offered)) == 2, "readings that sound alike must be told apart"
    page.locator("#answer .box .chip").nth(1).click()
    page.locator("#answer .fact").first.wait_for()
    assert "#ask.1=" in page.url
    assert page.locator("#answer .fact").count() == 1
    page.go_back()
    page.get_by_text("Did you mean").wait_for()
    page.close()
    asked = "/ask?q=what%20is%20the%20weight%20of%20Rex"
    answers = [json.loads(endpoint.send("GET", f"{asked}&reading={number}").body) for number in (0, 1)]
    found = {answer["rows"][0]["cells"][0]["value"] for answer in answers}
    assert found == {"30", "900"}
    assert endpoint.send("GET", f"{asked}&reading=2").status == 404
    assert endpoint.send("GET", f"{asked}&reading=x").status == 400


@pytest.mark.slow
def test_the_page_is_used_with_the_keyboard_alone(built_in: Endpoint, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(built_in.url)
    page.wait_for_load_state("networkidle")
    page.keyboard.type("who bears capex risk")  # the question has the focus
    page.keyboard.press("Enter")
    page.locator("#answer .fact").first.wait_for()
    assert page.locator("#status").inner_text().endswith("found.")
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.innerText"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert {"Ask", "hyperscalers", "2 quotes"} <= reached
    page.goto(built_in.url + "/#sparql")
    page.locator("#sparql-text").focus()
    page.keyboard.press("Control+Enter")
    page.locator("#results td").first.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Run"  # Tab leaves the editor
    page.close()


@pytest.mark.slow
def test_results_are_downloaded_and_errors_point_at_their_place(built_in: Endpoint, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(built_in.url + "/#sparql=" + urllib.parse.quote("SELECT (1 AS ?one) (2 AS ?two) {}"))
    page.locator("#results td").first.wait_for()
    page.locator("#sparql-text").fill("something else by now")
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV").click()
    assert started.value.suggested_filename == "results.csv"
    assert Path(started.value.path()).read_text(encoding="utf-8").split() == ["one,two", "1,2"]
    page.locator("#sparql-text").fill("SELECT ?x {\n  ?x nonsense ?y }")
    page.keyboard.press("Control+Enter")
    page.locator("#results .bad").wait_for()
    assert "Line 2" in page.locator("#results .bad").inner_text() or "line 2" in page.locator(".bad").inner_text()
    assert page.evaluate("document.getElementById('sparql-text').selectionStart") > len("SELECT ?x {")
    page.close()


def test_a_syntax_error_is_one_short_line(endpoint: Endpoint) -> None:
    answer = endpoint.query("SELECT ?x { ?x a")
    assert answer.status == 400
    assert (
        answer.text.strip()
        == "not valid SPARQL: line 1, column 17: it ends too early. The '{' of line 1, column 11 is not closed."
    )


@pytest.mark.slow
def test_the_vocabulary_of_a_large_graph_is_built_once_beside_what_is_served(
    serve: Callable[..., Endpoint], tmp_path: Path
) -> None:
    lines = "".join(
        f'e:t{n} a e:Town ; r:label "Town {n}" ; e:people {n % 1000} ; e:road e:t{n + 1} .\n' for n in range(6_000)
    )
    prefixes = "@prefix e: <http://e.example/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    (tmp_path / "towns.ttl").write_text(
        f'{prefixes}e:Town a r:Class ; r:label "town" .\n{lines}', encoding="utf-8"
    )
    endpoint = serve("-g", tmp_path / "towns.ttl", KGQ_CACHE=str(tmp_path / "cache"))
    assert endpoint.query("ASK {}").status == 200
    end = time.monotonic() + 90
    while (answer := endpoint.send("GET", "/ask?q=how%20many%20towns%20are%20there")).status == 503:
        assert "still being built" in answer.text
        assert time.monotonic() < end
        time.sleep(0.3)
    assert json.loads(answer.body)["rows"][0]["cells"][0]["value"] == "6000"
    assert list((tmp_path / "cache").rglob("vocabulary.sqlite"))
    again = serve("-g", tmp_path / "towns.ttl", KGQ_CACHE=str(tmp_path / "cache"))
    end = time.monotonic() + 30
    while again.send("GET", "/ask?q=how%20many%20towns%20are%20there").status == 503:
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.slow
def test_a_large_graph_is_asked_while_its_vocabulary_is_built(
    serve: Callable[..., Endpoint], tmp_path: Path
) -> None:
    base, label = "<http://e.example/", "<http://www.w3.org/2000/01/rdf-schema#label>"
    with (tmp_path / "towns.nt").open("w", encoding="utf-8") as out:
        out.write(f'{base}Town> {label} "town" .\n{base}people> {label} "people" .\n')
        for n in range(110_000):
            town = f"{base}t{n}>"
            out.write(f"{town} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> {base}Town> .\n")
            out.write(f'{town} {label} "Town{n}" .\n{town} {base}people> "{n % 1000}" .\n')
    endpoint = serve("-g", tmp_path / "towns.nt", "--time-limit", "60", KGQ_CACHE=str(tmp_path / "cache"))
    answer = endpoint.send("GET", "/ask?q=how%20many%20towns%20are%20there")
    assert answer.status == 200
    assert json.loads(answer.body)["rows"][0]["cells"][0]["value"] == "110000"
