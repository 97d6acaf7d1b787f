"""What other packages bring: readers, exporters and question operators, found by their entry points."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "how-to" / "plugins" / "example"
SUPPLIERS = """@prefix : <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Supplier a rdfs:Class ; rdfs:label "supplier" . :staff rdfs:label "number of employees" .
:a a :Supplier ; rdfs:label "Alpha" ; :staff 10 . :b a :Supplier ; rdfs:label "Beta" ; :staff 20 .
:c a :Supplier ; rdfs:label "Gamma" ; :staff 60 ; :owns :a .
"""
REFERENCES = "TY  - JOUR\nTI  - On graphs\nAU  - Ada\nER  - \nTY  - JOUR\nTI  - On trees\nER  - \n"
BROKEN = """
def read(stream, name):
    yield 1 / 0
def wrong(graph):
    return 7
def operate(answer):
    raise KeyError("no such key")
"""
ENTRIES = """[kgq.readers]
bad = broken:read
[kgq.exporters]
wrong = broken:wrong
gone = nowhere:write
[kgq.operators]
median-of = broken:operate
"""


def kgq(plugins: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with a folder of installed packages."""
    path = os.pathsep.join(map(str, (plugins, ROOT, ROOT / "cli")))
    return subprocess.run(
        [sys.executable, "-m", "kgq", *map(str, arguments)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


def installed(folder: Path, name: str, entries: str) -> Path:
    """Lay a package's metadata the way an installer does."""
    metadata = folder / f"{name}-2.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(entries, encoding="utf-8")
    return folder


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    folder = installed(tmp_path / "packages", "broken", ENTRIES)
    (folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    return folder


@pytest.fixture
def suppliers(tmp_path: Path) -> Path:
    file = tmp_path / "suppliers.ttl"
    file.write_text(SUPPLIERS, encoding="utf-8")
    return file


def test_what_a_plugin_raises_is_one_line_with_its_name_and_package(broken: Path, suppliers: Path) -> None:
    bad = suppliers.with_name("data.bad")
    bad.write_text("x", encoding="utf-8")
    question = "what is the median of the number of employees of suppliers"
    remedy = "Update or uninstall that package."
    for done, said in (
        (kgq(broken, "-g", bad, "stats"), "'bad' of broken 2.0 failed: ZeroDivisionError: division by zero."),
        (kgq(broken, "export", "--format", "wrong"), "'wrong' of broken 2.0 failed: TypeError: it gave int, not"),
        (kgq(broken, "export", "--format", "gone"), "'gone' of broken 2.0 failed: ModuleNotFoundError: No module"),
        (kgq(broken, "-g", suppliers, "query", question), "'median-of' of broken 2.0 failed: KeyError: 'no such"),
    ):
        assert done.returncode == 4
        assert done.stdout == ""
        assert f"the plug-in {said}" in done.stderr
        assert done.stderr.endswith(f"{remedy}\n")
        assert done.stderr.count("\n") == 1


def test_a_plugin_changes_nothing_that_kgq_does_by_itself(tmp_path: Path, suppliers: Path) -> None:
    """It brings a reader, an exporter and words that kgq has of its own; importing it would fail."""
    claimed = {"readers": "ttl", "exporters": "turtle", "operators": "employees"}
    entries = "".join(f"[kgq.{group}]\n{name} = nowhere:x\n" for group, name in claimed.items())
    folder = installed(tmp_path / "packages", "greedy", entries)
    asked = ("-g", suppliers, "query", "what is the number of employees of suppliers")
    assert kgq(folder, *asked).stdout == kgq(tmp_path, *asked).stdout
    assert kgq(folder, "-g", suppliers, "export", "--format", "turtle").returncode == 0


def test_an_answered_question_does_not_look_for_plugins(broken: Path) -> None:
    code = (
        "import sys; from kgq.main import main\n"
        "main(['query', 'who bears capex risk'])\n"
        "print('importlib.metadata' in sys.modules, 'kg.plugins' in sys.modules)"
    )
    path = os.pathsep.join(map(str, (broken, ROOT, ROOT / "cli")))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.stdout.splitlines()[-1] == "False False"


def test_an_unknown_format_names_those_of_plugins_too(broken: Path) -> None:
    done = kgq(broken, "export", "--format", "wrung")
    assert done.returncode == 2
    assert "'edges', 'wrong', 'gone'" in done.stderr or "'gone', 'wrong'" in done.stderr


@pytest.mark.slow
def test_the_example_package_works_once_it_is_installed(tmp_path: Path, suppliers: Path) -> None:
    source, place = tmp_path / "source", tmp_path / "packages"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(source)]
    subprocess.run(install, check=True, capture_output=True)

    references = tmp_path / "references.ris.gz"
    references.write_bytes(gzip.compress(REFERENCES.encode()))
    done = kgq(
        place, "-g", references, "query", "--format", "csv", "SELECT ?t { ?r dcterms:title ?t } ORDER BY ?t"
    )
    assert done.stdout.split() == ["t", "On", "graphs", "On", "trees"]
    assert kgq(place, "-g", tmp_path / "store", "load", references).returncode == 0

    done = kgq(place, "-g", suppliers, "export", "--format", "cytoscape")
    edges = json.loads(done.stdout)["elements"]["edges"]
    assert {
        "source": "http://example.org/c",
        "target": "http://example.org/a",
        "label": "http://example.org/owns",
    } in [edge["data"] for edge in edges]

    asked = ("what is the median of the number of employees of suppliers", "--format", "json")
    done = kgq(place, "-g", suppliers, "query", *asked)
    answer = json.loads(done.stdout)
    assert answer["question"] == asked[0]
    assert answer["status"] == "answered"
    assert answer["rows"][0]["cells"][0]["value"] == "20"
    assert len(answer["rows"][0]["triples"]) == 3
    assert answer["explanation"][-1] == "median of: computed by the plug-in kgq-example 1.0"

    assert kgq(place, "-g", suppliers, "query", "what is the median of suppliers").returncode == 3
    assert kgq(tmp_path, "-g", suppliers, "query", *asked).returncode == 3
