"""A first question, and the look-ups, on a graph of which not all names can be read first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.cache.sampled import MANY
from kg.results import AS_WRITTEN

if TYPE_CHECKING:
    from conftest import Run
    from engines.conftest import Served

pytestmark = pytest.mark.slow

FIRMS = 60_000
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
ENGINES = ["store", "oxigraph", "virtuoso", "kgq"]


def name_of(number: int) -> str:
    syllables = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti"]
    word = "".join(syllables[number // 8**place % 8] for place in range(6))
    return f"{word.capitalize()} {'Works' if number % 2 else 'Mills'}"


def lines() -> Iterator[str]:
    base = "<http://example.com/"
    for term, label in (("Firm", "firm"), ("supplier", "supplier"), ("staff", "employees"), ("town", "town")):
        yield f'{base}{term}> {LABEL} "{label}" .\n'
    for number in range(FIRMS):
        firm = f"{base}firm/{number}>"
        yield f'{firm} {TYPE} {base}Firm> .\n{firm} {LABEL} "{name_of(number)}" .\n'
        yield f'{firm} {base}staff> "{number % 977}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        yield f'{firm} {base}town> "{"Oslo" if number % 3 else "Lima"}" .\n'
        for step in (1, 2):
            yield f"{firm} {base}supplier> {base}firm/{(number * 7 + step) % FIRMS}> .\n"


@pytest.fixture(scope="session")
def firms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of more statements than are read before a first question."""
    path = tmp_path_factory.mktemp("large") / "firms.nt"
    with path.open("w", encoding="utf-8") as out:
        out.writelines(lines())
    assert 6 * FIRMS > MANY
    return path


@pytest.fixture(params=ENGINES)
def graph(
    request: pytest.FixtureRequest,
    firms: Path,
    served: Served,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> str:
    """The same statements in a fresh store and behind servers, with nothing kept of them."""
    monkeypatch.setenv("KGQ_CACHE", str(tmp_path / "cache"))
    if request.param != "store":
        return served(request.param, firms)
    assert run("-g", "store", "load", "--no-index", firms).code == 0
    return "store"


def test_a_first_question_is_answered_before_the_names_are_read(graph: str, run: Run) -> None:
    done = run("-g", graph, "query", "--format", "csv", f"which firms are suppliers of {name_of(4711)}")
    assert done.code == 0
    assert {name_of(4711 * 7 + 1), name_of(4711 * 7 + 2)} <= {line.split(",")[0] for line in done.out.splitlines()}
    assert run("-g", graph, "query", f"how many employees does {name_of(20_001).lower()} have").out.startswith(
        "461 "
    )
    done = run("-g", graph, "query", "--format", "csv", "how many firms have the town Lima")
    assert done.out.splitlines()[1].split(",")[0] == str(FIRMS // 3)


def test_what_is_not_found_says_how_names_were_looked_up(graph: str, run: Run) -> None:
    done = run("-g", graph, "query", "how many employees does Bakbakelimo Werks have")
    assert done.code == 3
    assert "looked up as they are written" in done.err
    assert "kgq vocabulary --index" in done.err
    done = run("-g", graph, "vocabulary", "--format", "json")
    assert {term["label"]: term["count"] for term in json.loads(done.out)["classes"]} == {"firm": FIRMS}
    assert "estimates" in done.err


def test_look_ups_read_no_more_than_they_show(graph: str, run: Run, tmp_path: Path) -> None:
    thing, other = name_of(100), name_of(701)
    assert name_of(702) in run("-g", graph, "show", thing).out
    assert run("-g", graph, "path", thing, other).code == 0
    assert run("-g", graph, "compare", thing, other).code == 0
    assert run("-g", graph, "map", thing, "-o", tmp_path / "map.html").code == 0
    assert not list((tmp_path / "cache").rglob("names.sqlite"))


@pytest.mark.parametrize("graph", ["store", "oxigraph"], indirect=True)
def test_once_all_names_are_read_a_misspelt_one_is_found(graph: str, run: Run) -> None:
    assert run("-g", graph, "vocabulary", "--index", "-q").code == 0
    misspelt = name_of(20_001).replace("n", "nn", 1)
    assert run("-g", graph, "query", f"how many employees does {misspelt} have").out.startswith("461 ")


def test_a_search_and_names_in_other_capitals_are_looked_up(graph: str, run: Run, tmp_path: Path) -> None:
    name = name_of(4711)
    for words in (name, name.lower(), name.upper()):
        done = run("-g", graph, "search", *words.split())
        assert name in done.out
        assert AS_WRITTEN in done.err
        assert run("-g", graph, "show", words).out.startswith(name)
    assert not list(tmp_path.rglob("names.sqlite"))  # in which all would be kept
    done = run("-g", graph, "search", name.split()[0][:-1])
    assert (done.code, done.out) == (1, "")
    assert run("-g", graph, "vocabulary", "--index").code == 0
    done = run("-g", graph, "search", name.split()[0][:-1])
    assert (done.code, done.err) == (0, "")
    assert name in done.out
