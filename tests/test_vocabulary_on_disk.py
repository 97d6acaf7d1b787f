"""A vocabulary on disk: it holds what it was made of, finds what is near a slip, and says what is none."""

from __future__ import annotations

import json
import random
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.cache.vocabulary import open_vocabulary, write_vocabulary
from kg.knowledge_graph import open_graph
from kg.vocabulary import Vocabulary

HEAD = (
    "@prefix : <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    ":City a rdfs:Class ; rdfs:label 'city' . :Country a rdfs:Class ; rdfs:label 'country' .\n"
    ":capital rdfs:label 'capital' ; rdfs:domain :Country ; rdfs:range :City .\n"
    ":fr a :Country ; rdfs:label 'France' ; :capital :paris . :paris a :City ; rdfs:label 'Paris' .\n"
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Vocabulary, Vocabulary]:
    """A vocabulary of many names, in memory and on disk."""
    chance = random.Random(3)  # noqa: S311 - names for a test
    letters = "abcdefghijklmnoprstuvwz"
    names = ["".join(chance.choices(letters, k=chance.randint(4, 12))).capitalize() for _ in range(900)]
    path = tmp_path_factory.mktemp("vocabulary") / "graph.ttl"
    lines = (f":n{i} a :City ; rdfs:label '{name} {chance.choice(names)}' ." for i, name in enumerate(names))
    path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    memory = open_graph(path, cache=False).vocabulary
    file = path.with_name("vocabulary.sqlite")
    write_vocabulary(memory, file)
    return memory, open_vocabulary(file)


def test_a_vocabulary_on_disk_holds_what_it_was_made_of(both: tuple[Vocabulary, Vocabulary]) -> None:
    memory, disk = both
    assert (disk.classes, disk.properties, disk.usages) == (memory.classes, memory.properties, memory.usages)
    assert dict(disk.entities) == memory.entities
    assert list(disk.entities.values()) == [memory.entities[iri] for iri in disk.entities]
    assert dict(disk.index.phrases) == memory.index.phrases
    assert dict(disk.index.words()) == {word: list(found) for word, found in memory.index.words().items()}
    counted = [name for name, value in vars(Vocabulary).items() if isinstance(value, cached_property)]
    assert "overlaps" in counted
    assert {name: getattr(disk, name) for name in counted} == {name: getattr(memory, name) for name in counted}
    assert (disk.has_claims, disk.claim_terms) == (memory.has_claims, memory.claim_terms)
    assert set(vars(disk)) >= set(vars(memory))
    assert disk.label("http://example.com/fr") == "France"
    assert "http://example.com/none" not in disk.entities
    assert disk.index.phrases.get("no such phras") is None


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, 10_000), edit=st.integers(0, 3), place=st.integers(0, 30))
def test_a_slip_is_found_as_near_on_disk_as_in_memory(
    both: tuple[Vocabulary, Vocabulary], number: int, edit: int, place: int
) -> None:
    memory, disk = both
    words = sorted(memory.index.words())
    word = words[number % len(words)]
    at = place % len(word)
    slip = [word[:at] + word[at + 1 :], f"{word[:at]}q{word[at:]}", f"{word[:at]}q{word[at + 1 :]}",
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :]][edit]  # fmt: skip
    found = disk.index.near(slip)
    assert bool(found) == bool(memory.index.near(slip))
    if len(slip) > 4 and slip not in words:
        assert word in found or memory.index.near(slip)[0] in found


def test_words_share_their_roots_on_disk_too(both: tuple[Vocabulary, Vocabulary]) -> None:
    memory, disk = both
    assert set(disk.index.derived(["capit"])) == set(memory.index.derived(["capit"]))


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0" + bytes(100), b"text"])
def test_what_is_no_vocabulary_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "vocabulary.sqlite"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="Build it again"):
        open_vocabulary(path)


def test_a_vocabulary_of_another_version_is_told(both: tuple[Vocabulary, Vocabulary], tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "vocabulary.sqlite"
    write_vocabulary(both[0], path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE facts SET value = ? WHERE name = 'format'", (json.dumps(99),))
    connection.commit()
    connection.close()
    with pytest.raises(ValueError, match="another version"):
        open_vocabulary(path)
