"""The commands that keep a graph: what they make, take, print and refuse."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run


@pytest.fixture
def home(run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder made by ``kgq init``, and being in it."""
    assert run("init", "my-research").code == 0
    monkeypatch.chdir("my-research")
    return Path.cwd()


def test_init_makes_a_folder_that_works_at_once(run: Run, home: Path) -> None:
    assert {"kgq.toml", "ontology.ttl", "questions.yaml", "store"} <= {path.name for path in home.iterdir()}
    assert run("load", "ontology.ttl").out.startswith("ontology.ttl: ")
    assert run("test", "questions.yaml").code == 0
    assert "Bolt Works" in run("query", "which workshops does Acme supply").out


def test_init_overwrites_nothing(run: Run, home: Path) -> None:
    (home / "kgq.toml").write_text("# mine\n", encoding="utf-8")
    done = run("init", ".")
    assert done.code == 4
    assert "kgq.toml" in done.err
    assert (home / "kgq.toml").read_text(encoding="utf-8") == "# mine\n"


def test_flags_and_variables_go_before_the_folder(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del home
    run("load", "ontology.ttl")
    other = Path("other.nt").absolute()
    other.write_text('<e:only> <e:p> "other" .\n', encoding="utf-8")
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    monkeypatch.setenv("KGQ_GRAPH", str(other))
    assert run("query", "--format", "csv", count).out.split() == ["n", "1"]
    monkeypatch.delenv("KGQ_GRAPH")
    assert run("query", "-g", other, "--format", "csv", count).out.split() == ["n", "1"]
    assert run("query", "--format", "csv", count).out.split() != ["n", "1"]


def test_load_takes_all_files_or_none(run: Run, home: Path) -> None:
    (home / "good.nt").write_text('<e:a> <e:p> "1" .\n', encoding="utf-8")
    (home / "bad.nt").write_text('<e:a> <e:p> "1" \n', encoding="utf-8")
    done = run("load", "good.nt", "bad.nt")
    assert (done.code, done.out, done.err.count("\n")) == (4, "", 1)
    assert done.err.startswith("kgq: bad.nt:2: not valid N-Triples")
    assert run("log").out == ""
    done = run("load", "good.nt", "--format", "json")
    assert json.loads(done.out)["loaded"] == [
        {"name": "good.nt", "graphs": ["https://w3id.org/kgq/source/good.nt"], "added": 1}
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["load", "missing.ttl"], 4, "missing.ttl"),
        (["load", "a.unknown"], 4, "a.unknown"),
        (["load", "empty.ttl"], 4, "empty"),
        (["load", "http://example.com/a.ttl"], 4, "Download it first"),
        (["load", "a.nt", "b.nt", "--as", "x"], 2, "one by one"),
        (["load", "a.nt", "--wait", "-1"], 2, "--wait"),
        (["load"], 2, "FILE"),
        (["remove", "a.nt"], 4, "no source 'a.nt'"),
        (["undo"], 4, "nothing to take back"),
        (["undo", "--redo"], 4, "nothing to bring back"),
        (["restore", "a.nt", "new"], 4, "not a backup"),
        (["restore", "missing", "new"], 4, "no such file"),
        (["backup", "no/such/folder/file"], 4, "Create it first"),
        (["-g", "missing", "log"], 4, "is not a store"),
        (["-g", "a.nt", "-g", "b.nt", "log"], 2, "needs a store"),
        (["-g", "store", "-g", "a.nt", "query", "ASK {}"], 4, "opened by itself"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, home: Path, arguments: list[str], code: int, said: str
) -> None:
    for name in ("a.nt", "b.nt"):
        (home / name).write_text('<e:a> <e:p> "1" .\n', encoding="utf-8")
    (home / "empty.ttl").touch()
    (home / "a.unknown").write_bytes(os.urandom(50))
    done = run(*arguments)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1), done.err
    assert said in done.err


def test_claims_are_checked_before_they_are_loaded(run: Run, home: Path) -> None:
    (home / "doc").mkdir()
    (home / "doc/document.yaml").write_text("title: T\n", encoding="utf-8")
    (home / "doc/claims.csv").write_text("id,subject\nF1,x\n", encoding="utf-8")
    done = run("load", "doc")
    assert done.code in (1, 4)
    assert "claims.csv" in done.err
    assert "nothing was loaded" in done.err
    assert run("log").out == ""


def test_the_log_says_what_happened(run: Run, home: Path) -> None:
    del home
    run("load", "ontology.ttl")
    run("undo")
    run("undo", "--redo")
    run("remove", "ontology.ttl")
    data = json.loads(run("log", "--format", "json").out)
    assert [entry["action"] for entry in data["changes"]] == ["load", "undo", "redo", "remove"]
    loaded = data["changes"][0]["quads"]
    assert loaded > 0
    assert [entry["quads"] for entry in data["changes"]] == [loaded, 0, loaded, 0]
    assert data["sources"] == []
    assert data["kept"]["states"] >= 1
    done = run("log", "--limit", "1")
    assert done.out.count("\n") == 1
    assert "3 earlier changes are not shown" in done.err


def test_standard_input_needs_a_name(run: Run, home: Path) -> None:
    del home
    text = '<e:a> <e:p> "1" .\n'
    assert "--as" in run("load", "-", "--from", "ntriples", stdin=text).err
    assert run("load", "-", "--from", "ntriples", "--as", "in", stdin=text).out == "in: 1 statements\n"


def test_a_backup_becomes_a_store_again(run: Run, home: Path) -> None:
    run("load", "ontology.ttl")
    assert run("backup", "b.tar.zst").code == 0
    assert run("restore", "b.tar.zst", "again").code == 0
    both = [run("-g", place, "export", "--format", "nquads").out for place in (home / "store", home / "again")]
    assert both[0] == both[1] != ""


def test_an_update_is_done_as_a_whole_and_can_be_taken_back(run: Run, tmp_path: Path) -> None:
    data, store = tmp_path / "a.ttl", tmp_path / "store"
    data.write_text("@prefix : <http://example.org/> . :a :p 1 .", encoding="utf-8")
    run("load", "-g", store, data)
    done = run(
        "-g", store, "update", "INSERT DATA { GRAPH :g { :a :p 2 } } ; INSERT DATA { GRAPH :g { :b :p 3 } }"
    )
    assert (done.code, done.out, done.err) == (0, "3 statements, 1 before\n", "")
    assert run("-g", store, "log").out.count("INSERT DATA") >= 1
    assert "SPARQL: line 1, column 37: 'INSERT DAT { :a :p 4 }'" in (
        run("-g", store, "update", "INSERT DATA { GRAPH :g { :a :p 4 }} INSERT DAT { :a :p 4 }").err
    )
    file = tmp_path / "delete.ru"
    file.write_text("DELETE WHERE { :a :p ?o }", encoding="utf-8")
    unnamed = run("-g", store, "update", f"@{file}", "--format", "json")
    assert json.loads(unnamed.out) == {"statements": 3, "before": 3}
    assert "GRAPH ?g { … }" in run("-g", store, "update", f"@{file}").err
    assert run("-g", store, "undo").code == run("-g", store, "undo").code == run("-g", store, "undo").code == 0
    assert run("-g", store, "query", "SELECT * { ?s ?p ?o }", "--format", "csv").out.splitlines()[1:] == [
        "http://example.org/a,http://example.org/p,1"
    ]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("LOAD <http://example.org/>", 4, "LOAD and SERVICE would open a connection"),
        ("", 2, "nothing to do"),
        ("SELECT * { ?s ?p ?o }", 2, "is not expected here"),
    ],
)
def test_an_update_that_cannot_be_is_one_line(run: Run, home: Path, text: str, code: int, said: str) -> None:
    del home
    run("load", "ontology.ttl")
    done = run("update", text)
    assert (done.code, done.err.count("\n")) == (code, 1)
    assert said in done.err
