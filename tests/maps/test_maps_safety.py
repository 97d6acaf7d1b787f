"""A hostile graph in a real browser: every field is text, and nothing reaches the network."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.maps import Map, draw_overview
from kg.network import Network, read_network
from kg.opening import open_dataset

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow
Open = Callable[..., Any]
PAYLOADS = (
    "</script><script>window.hurt=1</script>",
    '"><img src=x onerror="window.hurt=1">',
    "javascript:window.hurt=1",
    "<svg onload=window.hurt=1>",
    "{{7*7}}{% raw %}",
    "';window.hurt=1;//",
    "\u202egnirts \u2066x",
    "-->]]><!--",
)


def hostile(tmp_path: Path) -> Network:
    """A graph with a payload in every place a graph has: labels, classes, relations, values, notes, scenarios …"""
    prefixes = """@prefix kgq: <https://w3id.org/kgq/core#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix oa: <http://www.w3.org/ns/oa#> .
    @prefix dcterms: <http://purl.org/dc/terms/> . @prefix ex: <http://example.org/> .
    kgq:degree rdfs:subPropertyOf kgq:qualifier ."""
    parts = [prefixes]
    for n, payload in enumerate(PAYLOADS):
        p = json.dumps(payload, ensure_ascii=False)
        parts.append(f"""
        ex:a{n} a ex:Class{n} ; rdfs:label {p} ; skos:altLabel {p} ; skos:note {p} . ex:b{n} rdfs:label {p} .
        ex:Class{n} rdfs:label {p} . ex:p{n} rdfs:label {p} ; kgq:singularPattern {p} . ex:s{n} rdfs:label {p} .
        ex:v{n} rdfs:label {p} . ex:d{n} rdfs:label {p} . ex:rule{n} rdfs:label {p} .
        ex:c{n} a kgq:StatedClaim ; kgq:claimSubject ex:a{n} ; kgq:claimPredicate ex:p{n} ;
          kgq:claimObject ex:b{n} ;
          kgq:inScenario ex:s{n} ; kgq:statedBy ex:v{n} ; kgq:inDocument ex:d{n} ; dcterms:identifier {p} ;
          kgq:degree {p} ; kgq:encodingNote {p} ; kgq:hasEvidence ex:e{n} .
        ex:e{n} oa:hasSource ex:d{n} ; kgq:sectionHeading {p} ; oa:hasSelector ex:q{n} . ex:q{n} oa:exact {p} .
        ex:w{n} a kgq:StatedClaim ; kgq:claimSubject ex:a{n} ; kgq:claimPredicate ex:p{n} ; kgq:claimValue {p} .
        ex:i{n} a kgq:InferredClaim ; kgq:claimSubject ex:b{n} ; kgq:claimPredicate ex:p{n} ;
          kgq:claimObject ex:a{n} ;
          <http://www.w3.org/ns/prov#wasDerivedFrom> ex:c{n} ; kgq:byRule ex:rule{n} .
        ex:g{n} a kgq:BackgroundClaim ; kgq:claimSubject ex:a{n} ; kgq:claimPredicate ex:p{n} ;
          kgq:claimObject ex:b{n} ;
          dcterms:source {p} .""")
    path = tmp_path / "hostile.ttl"
    path.write_text("\n".join(parts), encoding="utf-8")
    return read_network(open_dataset(path), include=("stated", "inferred", "background"))


def test_whatever_a_graph_says_is_text(tmp_path: Path, show: Open) -> None:
    network = hostile(tmp_path)
    opened = show(draw_overview(network, PAYLOADS[0], PAYLOADS[1]))
    page = opened.page
    opened("() => kgqMap.nodes.forEach((_, i) => kgqMap.focusOn(i, true))")
    quotes = opened("""() => kgqMap.edges.flatMap((_, i) => {
      kgqMap.choose({ edge: i });
      document.querySelectorAll("summary").forEach((summary) => summary.click());
      return [...document.querySelectorAll("blockquote")].map((quote) => quote.textContent);
    })""")
    assert {f"“{payload}”" for payload in PAYLOADS} <= set(quotes)
    assert page.locator("h1").inner_text() == PAYLOADS[0]
    for letters in ("window", "img", "javascript"):
        page.fill("#search", letters)
    page.keyboard.press("t")
    box = page.locator("#map").bounding_box()
    assert box is not None
    for share in (0.2, 0.4, 0.6, 0.8):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    assert "window.hurt" in opened("() => kgqMap.svgText()")
    ElementTree.fromstring(opened("() => kgqMap.svgText()"))  # noqa: S314 - our own text
    page.wait_for_timeout(200)
    assert opened("() => window.hurt") is None
    assert page.locator("img, svg[onload], a[href^=javascript], iframe, object, embed").count() == 0
    assert page.locator("script").count() == 6


def test_injected_markup_would_be_stopped_by_the_policy(overview: Map, browser: Browser, tmp_path: Path) -> None:
    """The second wall: even if something got through, the policy would not let it run or call out."""
    path = tmp_path / "map.html"
    overview.save(path)
    page = browser.new_page()
    page.goto(path.as_uri())
    asked: list[tuple[str, str | None]] = []
    page.on("requestfailed", lambda request: asked.append((request.url, request.failure)))
    page.evaluate("""() => {
      const image = '<img src="https://example.org/x.png" onerror="window.hurt=1"><div style="color:red">';
      document.body.insertAdjacentHTML("beforeend", image);
      const script = document.createElement("script");
      script.textContent = "window.hurt = 2";
      document.body.append(script);
      fetch("https://example.org/").catch(() => {});
    }""")
    page.wait_for_timeout(200)
    assert page.evaluate("() => window.hurt") is None
    assert {why for url, why in asked if "example.org" in url} == {"csp"}
    page.close()


def test_a_label_of_ten_thousand_letters_and_an_empty_one_are_drawn(tmp_path: Path, show: Open) -> None:
    path = tmp_path / "long.ttl"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    long, word = "long " * 2000, "x" * 10000
    path.write_text(f'<urn:a> {label} "{long}" ; <urn:p> <urn:b> . <urn:b> {label} "" ; <urn:p> "{word}" .')
    opened = show(draw_overview(read_network(open_dataset(path)), "Long"))
    assert opened("() => Math.max(...kgqMap.places().map((p) => p.w))") < 300
    opened("() => kgqMap.focusOn(0, true)")
    assert opened("() => document.documentElement.scrollWidth") <= 1440


def test_no_network_and_a_network_that_never_answers_make_no_difference(
    overview: Map, browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    overview.save(path)
    for offline in (True, False):
        context = browser.new_context(offline=offline)
        page = context.new_page()
        page.route(re.compile("^https?:"), lambda _: None)
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]", timeout=5000)
        assert page.evaluate("() => kgqMap.shown.nodes.length") > 10
        context.close()
