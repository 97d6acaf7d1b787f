"""What a release consists of: one version, a container that starts, manual pages of every command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from configparser import ConfigParser
from pathlib import Path

import pytest

from kgq.group import COMMANDS

ROOT = Path(__file__).parents[1]


def test_the_version_stands_in_one_place_and_the_citation_agrees() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    version = config["metadata"]["version"]
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.toml"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [ROOT / name for name in listed.stdout.split() if (ROOT / name).is_file()]
    assert [str(file) for file in files if f'"{version}"' in file.read_text(encoding="utf-8")] == []


def test_the_pythons_that_are_promised_are_those_that_are_declared() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    declared = re.findall(r"Python :: (3\.\d+)", config["metadata"]["classifiers"])
    assert declared == ["3.10", "3.11", "3.12", "3.13", "3.14"]
    assert config["options"]["python_requires"] == f">={declared[0]}"
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    tried = re.search(r"for version in ([\d. ]+); do", ci)
    assert tried is not None
    assert set(declared) - set(tried[1].split()) <= {"3.11"}  # the one that CI itself runs on


def instruction(name: str) -> list[str]:
    """Return the command that the container file gives for an instruction, in JSON there."""
    text = (ROOT / "docs" / "deploy" / "Containerfile").read_text(encoding="utf-8")
    found = re.search(rf"^{name} (\[.*\])$", text, re.MULTILINE)
    assert found is not None
    words: list[str] = json.loads(found[1])
    return words


@pytest.mark.slow
def test_the_container_starts_what_this_kgq_is_and_its_health_check_passes(tmp_path: Path) -> None:
    """The container itself needs a base image from the network; what it runs is run here."""
    graph = tmp_path / "graph.ttl"
    graph.write_text("<u:a> <u:b> <u:c> .", encoding="utf-8")
    words = [*instruction("ENTRYPOINT"), *instruction("CMD")]
    assert words[0] == "/opt/kgq/bin/kgq"
    replaced = {"0.0.0.0": "127.0.0.1", "/data/graph.ttl": str(graph)}  # noqa: S104 - named to be replaced
    command = [sys.executable, "-m", "kgq", *(replaced.get(word, word) for word in words[1:]), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        said = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        assert said is not None
        health = re.search(r"urlopen\('http://127\.0\.0\.1:8000/(\w+)'", instruction("HEALTHCHECK CMD")[-1])
        assert health is not None
        with urllib.request.urlopen(f"{said[0]}{health[1]}", timeout=30) as answer:  # noqa: S310
            assert answer.status == 200
    finally:
        server.terminate()
        server.wait(60)
        assert server.stdout is not None
        server.stdout.close()


@pytest.mark.slow
def test_every_command_has_a_manual_page_without_errors(tmp_path: Path) -> None:
    pytest.importorskip("click_man")
    subprocess.run([sys.executable, ROOT / ".ci" / "man_pages.py", tmp_path], check=True)
    names = {f"kgq-{name}.1" for commands in COMMANDS.values() for name in commands}
    pages = {path.name for path in tmp_path.iterdir()}
    assert names | {"kgq.1", "kgq-scenario-new.1"} <= pages
    assert ".SH EXAMPLES\n" in (tmp_path / "kgq-query.1").read_text(encoding="utf-8")
    if shutil.which("mandoc"):
        linted = subprocess.run(["mandoc", "-T", "lint", "-W", "error", *tmp_path.iterdir()], check=False)
        assert linted.returncode == 0
