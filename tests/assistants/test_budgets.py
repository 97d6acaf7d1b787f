"""The laws of pages: nothing lost, nothing twice, and never more bytes than were asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mcp.budgets import clip_text, measure, shorten, take
from kg.mcp.settings import SMALLEST
from kg.mcp.shelf import CursorError, Kept, Shelf

WORDS = st.text(st.characters(codec="utf-8"), max_size=60)
QUOTES = st.fixed_dictionaries({"quote": WORDS, "heading": WORDS, "start": st.integers(0, 10**6)})
ITEMS = st.one_of(
    WORDS,
    st.fixed_dictionaries({"text": WORDS, "evidence": st.lists(QUOTES, max_size=4), "kind": st.just("stated")}),
)
SECTIONS = st.fixed_dictionaries({"rows": st.lists(ITEMS, max_size=30), "related": st.lists(ITEMS, max_size=5)})
HEADS = st.fixed_dictionaries({"question": WORDS, "sparql": st.one_of(st.none(), WORDS)})


@given(HEADS, SECTIONS, st.integers(1, 40), st.integers(SMALLEST, 40_000))
def test_pages_one_after_the_other_are_the_whole(
    head: dict[str, Any], sections: dict[str, list[Any]], rows: int, size: int
) -> None:
    walked: dict[str, list[Any]] = {"rows": [], "related": []}
    place: int | None = 0
    while place is not None:
        page = take(head, sections, place, rows=rows, size=size)
        assert measure(page.content) <= size
        assert sum(len(page.content[name]) for name in sections) <= rows
        assert page.content["truncated"] == (page.following is not None)
        assert page.following is None or page.following > place
        for name in sections:
            walked[name] += page.content[name]
        place = page.following
        if page.content["shortened"]:
            return  # what was cut is marked, and only then may an item differ
    assert walked == sections
    assert page.content["remaining"] == 0


LARGE = st.recursive(
    st.one_of(st.integers(-(10**9), 10**9), st.booleans(), st.none(), st.text(max_size=3000)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=30), st.dictionaries(st.sampled_from("abcdef"), inner, max_size=3)
    ),
    max_leaves=40,
)


@settings(max_examples=30)
@given(st.lists(LARGE, min_size=1, max_size=4))
def test_even_a_single_huge_item_keeps_to_the_budget(items: list[Any]) -> None:
    page = take({"note": "x" * 9000}, {"rows": items}, 0, rows=10, size=SMALLEST)
    assert measure(page.content) <= SMALLEST


@given(LARGE, st.integers(600, 5000))
def test_what_is_shortened_keeps_its_form(value: Any, size: int) -> None:
    cut = shorten(value, size)
    assert measure(cut) <= max(size, 600)
    assert type(cut) is type(value)
    if measure(value) <= size:
        assert cut == value
    if isinstance(value, dict):
        assert list(cut) == list(value)


@given(st.text(), st.integers(3, 100))
def test_a_clipped_text_is_a_beginning_with_a_mark(text: str, longest: int) -> None:
    clipped = clip_text(text, longest)
    assert len(clipped.encode("utf-8", "replace")) <= longest
    assert clipped == text or text.startswith(clipped[:-1])


def test_what_the_schemas_enumerate_survives_any_cut() -> None:
    row = {
        "kind": "background",
        "polarity": "negative",
        "quote": "word " * 5000,
        "evidence": [{"quote": "q"}] * 99,
    }
    cut = shorten(row, 300)
    assert (cut["kind"], cut["polarity"]) == ("background", "negative")
    assert cut["quote"].endswith("…")


def test_texts_that_are_no_unicode_are_measured_and_cut() -> None:
    page = take({}, {"rows": ["\udcff" * 9000, "fine"]}, 0, rows=5, size=SMALLEST)
    assert json.loads(json.dumps(page.content))["rows"][1:] in ([], ["fine"])


def test_the_oldest_results_make_room_for_new_ones() -> None:
    shelf = Shelf(results=2)
    call = ("sparql", "{}")
    cursors = [shelf.put(Kept(call, {}, {"rows": [1, 2, 3]}, 10), 1) for _ in range(3)]
    assert shelf.get(cursors[2], call)[1] == 1
    with pytest.raises(CursorError, match="no longer kept"):
        shelf.get(cursors[0], call)


def test_a_huge_result_takes_the_place_of_others() -> None:
    shelf = Shelf(size=100)
    call = ("sparql", "{}")
    first = shelf.put(Kept(call, {}, {"rows": [1]}, 60), 0)
    second = shelf.put(Kept(call, {}, {"rows": [1]}, 60), 0)
    assert shelf.get(second, call)[1] == 0
    with pytest.raises(CursorError):
        shelf.get(first, call)


@given(st.text(max_size=40))
def test_no_made_up_cursor_leads_anywhere(cursor: str) -> None:
    shelf = Shelf()
    shelf.put(Kept(("ask", "{}"), {}, {"rows": [1]}), 0)
    with pytest.raises(CursorError):
        shelf.get(cursor, ("ask", "{}"))
