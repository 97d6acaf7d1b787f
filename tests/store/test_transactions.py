"""Changes of a store: all at once or not at all, source by source, and back again."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from kg.errors import KgError, PolicyError, QueryError, SourceError
from kg.knowledge_graph import open_graph
from kg.store import open_store, store_dataset

if TYPE_CHECKING:
    from store.conftest import Says

    from kg.store import DiskStore

A = NamedNode("http://example.com/a")


def load(store: DiskStore, *names: str) -> None:
    with store.transaction() as transaction:
        for name in names:
            transaction.load(store.folder.path.parent / name)


def sources(store: DiskStore) -> list[str]:
    return [record.name for record in store.sources()]


def test_each_source_has_a_graph_of_its_own(store: DiskStore, says: Says) -> None:
    load(store, "a.ttl", "b.ttl")
    assert sources(store) == ["a.ttl", "b.ttl"]
    assert {line.rpartition(" ")[2] for line in says(store.folder.path)} == {
        "<https://w3id.org/kgq/source/a.ttl>",
        "<https://w3id.org/kgq/source/b.ttl>",
    }


def test_loading_a_source_again_replaces_it(store: DiskStore, project: Path, says: Says) -> None:
    load(store, "a.ttl", "b.ttl")
    (project / "a.ttl").write_text("<http://example.com/new> <http://example.com/p> 9 .", encoding="utf-8")
    load(store, "a.ttl")
    assert {line.split()[0].rpartition("/")[2] for line in says(project / "store")} == {"new>", "b>"}
    assert (store.log()[-1].added, store.log()[-1].removed) == (1, 2)


def test_what_fails_in_the_middle_changes_nothing(store: DiskStore, project: Path, says: Says) -> None:
    load(store, "a.ttl")
    before = says(project / "store")
    with pytest.raises(SourceError, match=r"broken\.ttl:2: not valid Turtle"):
        load(store, "b.ttl", "broken.ttl")
    assert says(project / "store") == before
    assert len(store.log()) == 1
    assert len(list((project / "store/generations").iterdir())) == 1


def test_nothing_is_visible_before_the_end_of_the_block(store: DiskStore, project: Path, says: Says) -> None:
    with store.transaction() as transaction:
        transaction.add([Quad(A, A, Literal("x"))])
        assert transaction.ask("ASK { ?s ?p 'x' }")
        assert says(project / "store") == set()
    assert len(says(project / "store")) == 1


def test_a_block_that_does_nothing_is_no_change(store: DiskStore) -> None:
    with store.transaction():
        pass
    assert store.log() == []


def test_statements_are_counted_when_they_are_new(store: DiskStore) -> None:
    with store.transaction() as transaction:
        assert transaction.add([Quad(A, A, A), Quad(A, A, A)]) == 1
        assert transaction.add([Quad(A, A, A)]) == 0
        assert transaction.remove([Quad(A, A, A), Quad(A, A, Literal("x"))]) == 1
    entry = store.log()[-1]
    assert (entry.added, entry.removed, entry.quads) == (1, 1, 0)


def test_sources_that_share_a_graph_leave_each_other_alone(store: DiskStore, project: Path, says: Says) -> None:
    load(store, "c.trig")
    alone = says(project / "store")
    load(store, "d.trig")
    both = says(project / "store")
    assert len(both) == len(alone) + 1  # ex:c ex:p 5 is said by both
    with store.transaction() as transaction:
        transaction.remove_source("d.trig")
    assert says(project / "store") == alone
    load(store, "d.trig")
    with store.transaction() as transaction:
        transaction.remove_source("c.trig")
    left = {line.split()[2].split('"')[1] for line in says(project / "store")}
    assert left == {"5", "8"}


def test_statements_put_in_by_hand_stay_when_a_source_goes(store: DiskStore, project: Path, says: Says) -> None:
    with store.transaction() as transaction:
        transaction.update("INSERT DATA { GRAPH <http://example.com/g> { <e:hand> <e:p> 1 } }")
    by_hand = says(project / "store")
    load(store, "c.trig")
    with store.transaction() as transaction:
        transaction.remove_source("c.trig")
    assert says(project / "store") == by_hand


def test_a_source_may_lie_in_the_default_graph(store: DiskStore, project: Path, says: Says) -> None:
    with store.transaction() as transaction:
        transaction.load(project / "a.ttl", default_graph=True)
    assert not store_dataset(project / "store").union
    assert not any("kgq/source" in line for line in says(project / "store"))
    load(store, "a.ttl")
    assert len(says(project / "store")) == 2


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), min_size=1, max_size=6))
def test_a_store_says_what_its_sources_say(
    steps: list[tuple[str, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law")
    graphs = {"a": ("g", "12"), "b": ("g", "23"), "c": ("h", "3"), "d": ("gh", "4")}
    for name, (where, values) in graphs.items():
        text = "".join(f'<e:s> <e:p> "{v}" <e:{graph}> .\n' for graph in where for v in values)
        (folder / f"{name}.nq").write_text(text, encoding="utf-8")
    store = open_store(folder / "store", create=True)
    present: set[str] = set()
    for name, add in steps:
        if add:
            load(store, f"{name}.nq")
            present.add(name)
        elif name in present:
            with store.transaction() as transaction:
                transaction.remove_source(f"{name}.nq")
            present.remove(name)
    expected = {(graph, v) for name in present for graph in graphs[name][0] for v in graphs[name][1]}
    found = store_dataset(folder / "store").select("SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }").rows
    assert {(row[0].value[2:], row[1].value) for row in found} == expected  # type: ignore[union-attr]


def test_prefixes_survive(store: DiskStore, project: Path) -> None:
    load(store, "a.ttl")
    assert store_dataset(project / "store").prefixes["ex"] == "http://example.com/"
    assert open_graph(project / "store").select("SELECT * { ex:a ex:p ?o }")


def test_undo_goes_back_step_by_step_and_forth_again(store: DiskStore, project: Path, says: Says) -> None:
    states = [says(project / "store")]
    for name in ("a.ttl", "b.ttl", "c.trig"):
        load(store, name)
        states.append(says(project / "store"))
    for number in (3, 2, 1):
        entry, undone = store.undo()
        assert (entry.action, undone.number) == ("undo", number)
        assert says(project / "store") == states[number - 1]
    with pytest.raises(SourceError, match="nothing to take back"):
        store.undo()
    store.redo()
    assert says(project / "store") == states[1]
    assert [entry.action for entry in store.log()] == ["load"] * 3 + ["undo"] * 3 + ["redo"]
    load(store, "b.ttl")
    with pytest.raises(SourceError, match="nothing to bring back"):
        store.redo()


def test_the_last_five_changes_are_kept_and_no_more(store: DiskStore, project: Path) -> None:
    for number in range(8):
        with store.transaction() as transaction:
            transaction.update(f"INSERT DATA {{ <e:s> <e:p> {number} }}")
    assert len(list((project / "store/generations").iterdir())) == 6
    for _ in range(5):
        store.undo()
    with pytest.raises(SourceError, match="no longer kept"):
        store.undo()
    assert len(open_graph(project / "store").select("SELECT * { ?s ?p ?o }")) == 3


def test_a_reader_keeps_its_state_whatever_is_written(store: DiskStore, project: Path) -> None:
    load(store, "a.ttl")
    reader = store_dataset(project / "store")
    for number in range(8):
        with store.transaction() as transaction:
            transaction.update(f"CLEAR ALL ; INSERT DATA {{ <e:s> <e:p> {number} }}")
    assert len(reader.select("SELECT * { ?s ?p ?o }")) == 2
    assert len(store_dataset(project / "store").select("SELECT * { ?s ?p ?o }")) == 1


@pytest.mark.slow
def test_many_readers_beside_a_busy_writer(store: DiskStore, project: Path) -> None:
    """Every opening gives a whole state: as many statements with one number as any other."""
    stop = threading.Event()
    failures: list[str] = []
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set():
            try:
                rows = store_dataset(project / "store").select(
                    "SELECT ?o (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?o"
                )
                seen.update(row[1].value for row in rows.rows)  # type: ignore[union-attr]
            except KgError as error:  # noqa: PERF203 - each opening by itself
                failures.append(str(error))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(12):
        rows = " ".join(f"<e:s{n}> <e:p> {number} ." for n in range(50))
        with store.transaction() as transaction:
            transaction.update(f"DELETE WHERE {{ ?s ?p ?o }} ; INSERT DATA {{ {rows} }}")
    stop.set()
    for reader in readers:
        reader.join()
    assert (failures, seen) == ([], {"50"})


def test_an_update_reaches_nothing_outside(store: DiskStore) -> None:
    with pytest.raises(PolicyError, match="LOAD and SERVICE"), store.transaction() as transaction:
        transaction.update("LOAD <http://example.com/a>")
    with pytest.raises(QueryError, match="not valid SPARQL"), store.transaction() as transaction:
        transaction.update("INSERT DATA { <e:a> }")


def test_two_files_of_one_name_are_not_taken_for_one(store: DiskStore, tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.nt").write_text(f'<e:{name}> <e:p> "1" .\n', encoding="utf-8")
    with store.transaction() as transaction:
        transaction.load(tmp_path / "x/data.nt")
    with pytest.raises(SourceError, match=r"was loaded from .*x/data\.nt. Say --as"), store.transaction() as again:
        again.load(tmp_path / "y/data.nt")
    with store.transaction() as transaction:
        transaction.load(tmp_path / "y/data.nt", name="other")
    assert sources(store) == ["data.nt", "other"]


def test_a_source_is_found_by_the_end_of_its_name_or_said_to_be_unknown(store: DiskStore) -> None:
    load(store, "a.ttl")
    message = r"no source 'a.tt' in the store. Did you mean 'a\.ttl'"
    with pytest.raises(SourceError, match=message), store.transaction() as transaction:
        transaction.remove_source("a.tt")


def test_blank_nodes_of_two_files_are_two(store: DiskStore, project: Path) -> None:
    for name in ("x.nq", "y.nq"):
        (project / name).write_text(f'_:b <e:{name[0]}> "1" <e:g> .\n', encoding="utf-8")
    load(store, "x.nq")
    load(store, "y.nq")
    assert not store.dataset(union=True).ask("ASK { ?b <e:x> ?x ; <e:y> ?y }")


def test_removing_a_large_part_writes_the_rest_anew(store: DiskStore, project: Path) -> None:
    lines = [f'<http://example.com/s{n}> <http://example.com/p> "{n}" .\n' for n in range(30_000)]
    (project / "large.nt").write_text("".join(lines), encoding="utf-8")
    load(store, "large.nt", "a.ttl")
    begun = time.monotonic()
    with store.transaction() as transaction:
        transaction.remove_source("large.nt")
    assert store.log()[-1].removed == 30_000
    assert store.facts().quads == 2
    assert time.monotonic() - begun < 30


def test_the_engine_is_let_go_of_at_the_end_of_a_block(store: DiskStore, project: Path) -> None:
    load(store, "a.ttl")
    with suppress(FileNotFoundError):  # the descriptor of the listing itself
        held = [str(link.readlink()) for link in sorted(Path("/proc/self/fd").iterdir())[:-1]]
        assert [path for path in held if str(project / "store") in path] == []


def test_a_store_says_where_it_is_in_a_session(store: DiskStore) -> None:
    assert repr(store) == f"DiskStore({str(store.folder.path)!r})"
