"""The cache: found by content, never stale, safe among processes, bounded, and never needed."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.cache import files as cache
from kg.cache import graphs as graph_cache
from kg.cache.graphs import CachedEngine
from kg.errors import SourceError
from kg.knowledge_graph import KnowledgeGraph, open_graph
from kg.vocabulary import Vocabulary

HEAD = (
    "@prefix : <http://example.com/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    ":City a rdfs:Class ; rdfs:label 'city' . :Country a rdfs:Class ; rdfs:label 'country' .\n"
    ":capital rdfs:label 'capital' ; rdfs:domain :Country ; rdfs:range :City .\n"
    ":fr a :Country ; rdfs:label 'France' ; :capital :paris . :paris a :City ; rdfs:label 'Paris' .\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("KGQ_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("KGQ_CACHE_SIZE", raising=False)
    monkeypatch.setattr(graph_cache, "_SMALLEST", 1)
    return tmp_path / "cache"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A graph in a file that has rested."""
    path = tmp_path / "graph.ttl"
    path.write_text(HEAD, encoding="utf-8")
    return path


def cached(graph: KnowledgeGraph) -> bool:
    return isinstance(graph.dataset.engine, CachedEngine) and graph.dataset.engine.entry is not None


def capital(graph: KnowledgeGraph) -> list[str]:
    return [row.cells[0].value for row in graph.query("what is the capital of France").rows if row.cells[0]]


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "entries").iterdir())


def test_the_second_opening_parses_nothing_and_answers_the_same(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert capital(open_graph(source)) == ["Paris"]
    monkeypatch.setattr("kg.reading.sources.SourceFile.load", lambda *_: pytest.fail("parsed again"))
    monkeypatch.setattr(Vocabulary, "from_dataset", lambda *_, **__: pytest.fail("vocabulary read again"))
    second = open_graph(source)
    assert cached(second)
    assert capital(second) == ["Paris"]
    assert second.dataset.prefixes[""] == "http://example.com/"


def test_a_changed_file_is_parsed_again_even_with_its_old_size_and_time(folder: Path, source: Path) -> None:
    assert capital(open_graph(source)) == ["Paris"]
    before = source.stat()
    source.write_text(HEAD.replace("'Paris'", "'Lyons'"), encoding="utf-8")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert source.stat().st_size == before.st_size
    assert capital(open_graph(source)) == ["Lyons"]


def test_a_file_just_written_is_hashed_and_not_trusted_by_its_time(folder: Path, source: Path) -> None:
    for name in ("Paris", "Lyons", "Nices"):
        source.write_text(HEAD.replace("'Paris'", f"'{name}'"), encoding="utf-8")
        assert capital(open_graph(source)) == [name]
    assert not list((folder / "stamps").glob("*.json")) if (folder / "stamps").exists() else True


def test_the_hash_of_a_file_at_rest_is_on_record(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_SETTLED_NS", 0)
    time.sleep(0.02)
    found = cache.digest(source)
    monkeypatch.setattr(cache, "_read_digest", lambda _: pytest.fail("read again"))
    assert cache.digest(source) == found


def test_a_broken_record_is_no_record(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_SETTLED_NS", 0)
    time.sleep(0.02)
    found = cache.digest(source)
    (record,) = (folder / "stamps").glob("*.json")
    for damage in (b"", b"{", b"[1, 2]", b"\xff"):
        record.write_bytes(damage)
        assert cache.digest(source) == found


def test_an_entry_that_is_removed_while_it_is_looked_for_is_not_made_empty(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = cache.entry(["names"], lambda scratch: (scratch / "names").touch())
    assert made is not None
    look = Path.is_file

    def look_before_another_process_removes_it(path: Path) -> bool:
        seen = look(path)
        shutil.rmtree(made, ignore_errors=True)
        return seen

    with monkeypatch.context() as patched:
        patched.setattr(Path, "is_file", look_before_another_process_removes_it)
        assert cache.kept(["names"]) in (None, made)
    assert not made.exists() or (made / "names").is_file()
    assert cache.kept(["others"]) is None


def test_a_file_that_changes_while_it_is_parsed_is_not_kept(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = graph_cache._make

    def slow(scratch: Path, load: graph_cache.Loader) -> Store:
        memory = make(scratch, load)
        source.write_text(HEAD + ":x rdfs:label 'x' .", encoding="utf-8")
        return memory

    monkeypatch.setattr(graph_cache, "_make", slow)
    assert not cached(open_graph(source))
    assert entries(folder) == []


def test_another_language_has_a_vocabulary_of_its_own(folder: Path, source: Path) -> None:
    source.write_text(HEAD + ":fr rdfs:label 'Frankreich'@de .", encoding="utf-8")
    assert "Frankreich" not in {e.label for e in open_graph(source).vocabulary.entities.values()}
    assert "Frankreich" in {e.label for e in open_graph(source, lang="de").vocabulary.entities.values()}
    assert "Frankreich" not in {e.label for e in open_graph(source).vocabulary.entities.values()}


@pytest.mark.parametrize("off", ["off", "OFF", "0", "no"])
def test_off_means_that_nothing_is_written(
    folder: Path, source: Path, off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGQ_CACHE", off)
    monkeypatch.chdir(source.parent)
    graph = open_graph(source)
    assert capital(graph) == ["Paris"]
    assert not cached(graph)
    assert not folder.exists()
    assert {path.name for path in source.parent.iterdir()} == {source.name}


def test_a_small_file_is_not_worth_it(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_cache, "_SMALLEST", 1 << 20)
    assert not cached(open_graph(source))
    assert not folder.exists()


def test_a_caller_can_do_without(folder: Path, source: Path) -> None:
    assert not cached(open_graph(source, cache=False))
    assert not folder.exists()


def test_the_platform_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KGQ_CACHE", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / "kgq"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # which the specification says to ignore
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache.cache_folder() == tmp_path / "home" / ".cache" / "kgq"


def test_a_folder_that_cannot_be_written_costs_only_time(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("KGQ_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(graph_cache, "_SMALLEST", 1)
    graph = open_graph(source)
    assert not cached(graph)
    assert capital(graph) == ["Paris"]


def test_a_full_disk_costs_only_time(folder: Path, source: Path) -> None:
    program = (
        "import resource, signal\n"
        "from kg.cache import graphs as graph_cache; from kg.knowledge_graph import open_graph\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "graph_cache._SMALLEST = 1\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"  # no file may grow beyond 100 bytes
        f"graph = open_graph({str(source)!r})\n"
        "row = graph.query('what is the capital of France').rows[0]\n"
        "print(row.cells[0].value, type(graph.dataset.engine).__name__)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=env)
    assert done.stdout == "Paris OxigraphEngine\n", done.stderr
    assert entries(folder) == []


def test_damaged_entries_are_made_again(folder: Path, source: Path) -> None:
    open_graph(source).vocabulary  # noqa: B018 - opening it writes it
    for path in entries(folder):
        for name, damage in (("facts.json", b"{"), ("vocabulary.sqlite", b"not a database" * 100)):
            if (path / name).is_file():
                (path / name).write_bytes(damage)
    assert capital(open_graph(source)) == ["Paris"]
    for current in (folder / "entries").glob("*/store/CURRENT"):
        current.write_bytes(b"MANIFEST-999999\n")
    again = open_graph(source)
    assert cached(again)
    assert capital(again) == ["Paris"]


def test_a_broken_file_is_reported_with_its_line_and_not_kept(folder: Path, source: Path) -> None:
    source.write_text(HEAD + ":a :b\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(SourceError, match=r"graph\.ttl:\d+: not valid Turtle"):
            open_graph(source)
    assert entries(folder) == []
    assert not list(folder.glob("making-*"))


def test_a_zipped_file_and_a_folder_are_cached_too(folder: Path, source: Path) -> None:
    with gzip.open(source.parent / "more.nt.gz", "wt") as stream:
        stream.write('<http://example.com/de> <http://www.w3.org/2000/01/rdf-schema#label> "Germany" .\n')
    place = source.parent / "folder"
    place.mkdir()
    for path in (source, source.parent / "more.nt.gz"):
        path.rename(place / path.name)
    assert cached(open_graph(place))
    graph = open_graph(place)
    assert cached(graph)
    assert graph.find("Germany").iri == "http://example.com/de"


def test_adding_to_a_cached_graph_leaves_the_cache_alone(folder: Path, source: Path) -> None:
    open_graph(source)
    graph = open_graph(source)
    label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    new, city = NamedNode("http://example.com/new"), NamedNode("http://example.com/City")
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    graph.dataset.engine.add([Quad(new, label, Literal("Atlantis")), Quad(new, kind, city)])
    assert not cached(graph)
    assert graph.find("Atlantis").iri == "http://example.com/new"
    assert "http://example.com/new" in graph.vocabulary.entities
    assert "http://example.com/new" not in open_graph(source).vocabulary.entities


@pytest.mark.slow
def test_processes_at_once_get_whole_entries(folder: Path, source: Path) -> None:
    source.write_text(HEAD + "\n".join(f":c{i} a :City ; rdfs:label 'Town {i}' ." for i in range(8000)))
    program = (
        "from kg.knowledge_graph import open_graph\n"
        f"graph = open_graph({str(source)!r})\n"
        "row = graph.query('what is the capital of France').rows[0]\n"
        "print(row.cells[0].value, type(graph.dataset.engine).__name__)"
    )
    path = str(Path(__file__).parents[1])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
        )
        for _ in range(4)
    ]
    assert [process.communicate(timeout=100)[0] for process in started] == [b"Paris CachedEngine\n"] * 4
    assert len(entries(folder)) == 2
    assert not list(folder.glob("making-*"))


def fill(size: int) -> Callable[[Path], None]:
    def make(scratch: Path) -> None:
        (scratch / "data").write_bytes(bytes(size))

    return make


def test_the_cache_is_bounded_and_the_oldest_goes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_CACHE_SIZE", "2500")
    made = [cache.entry([n], fill(1000), size=1000) for n in range(2)]
    for n, path in enumerate(made):
        assert path is not None
        os.utime(path / "used", (time.time() - 90_000 + n, time.time() - 90_000 + n))
    third = cache.entry([2], fill(1000), size=1000)
    assert sorted(filter(None, [third, made[1]])) == entries(folder)


def test_what_was_used_just_now_is_not_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_CACHE_SIZE", "2500")
    for n in range(3):
        assert cache.entry([n], fill(1000), size=1000) is not None
    assert len(entries(folder)) == 3


def test_what_is_larger_than_the_cache_may_be_is_not_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_CACHE_SIZE", "1KB")
    assert cache.entry([1], fill(10_000), size=10_000) is None


@pytest.mark.parametrize(
    ("text", "size"),
    [("10", 10), ("1KB", 1024), ("1.5 gb", 3 << 29), ("2M", 2 << 20), ("much", cache.DEFAULT_SIZE), ("", 2 << 30)],
)
def test_the_size_is_given_in_units(text: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGQ_CACHE_SIZE", text)
    assert cache.size_limit() == size


def test_what_a_killed_process_left_is_removed_in_time(folder: Path) -> None:
    left = folder / "making-old"
    left.mkdir(parents=True)
    os.utime(left, (1, 1))
    cache.entry([1], fill(1))
    assert not left.exists()


def test_a_graph_with_claims_answers_from_disk_as_from_memory(folder: Path, claims_file: Path) -> None:
    memory = open_graph(claims_file, cache=False)
    open_graph(claims_file).vocabulary  # noqa: B018 - opening it writes it
    disk = open_graph(claims_file)
    assert cached(disk)
    assert disk.vocabulary.claim_terms is not None
    assert memory.vocabulary.claim_terms is not None
    found, kept = memory.vocabulary.claim_terms.to_data(), disk.vocabulary.claim_terms.to_data()
    assert json.loads(json.dumps(kept)) == json.loads(json.dumps(found))
