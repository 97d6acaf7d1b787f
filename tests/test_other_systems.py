"""What is said on a system without the locks and forks of Unix; tried by taking these away from Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

WITHOUT = """
import os, sys

GONE = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "readline"}

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in GONE:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Finder())
for name in GONE:
    sys.modules.pop(name, None)
for name in ("fork", "forkpty", "geteuid", "getuid", "mkfifo", "setsid", "killpg", "wait4", "register_at_fork"):
    if hasattr(os, name):
        delattr(os, name)
"""
DATA = """@prefix e: <http://e/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:Firm rdfs:label "firm" . e:a a e:Firm ; rdfs:label "Acme" ."""


def elsewhere(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(WITHOUT, encoding="utf-8")
    (folder / "firms.ttl").write_text(DATA, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(folder), "KGQ_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "kgq", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "who bears capex risk"),
        ("-g", "firms.ttl", "query", "list every firm"),
        ("-g", "firms.ttl", "map", "-o", "map.html"),
        ("-g", "firms.ttl", "export", "--format", "trig", "-o", "firms.trig"),
        ("check", "firms.ttl"),
        ("diff", "firms.ttl", "firms.ttl"),
        ("build", "--help"),
    ],
    ids=" ".join,
)
def test_files_are_asked_drawn_and_written_anywhere(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = elsewhere(tmp_path, *arguments)
    assert (done.returncode, "Error" in done.stderr) == (0, False)


@pytest.mark.parametrize(
    ("arguments", "lacks"),
    [
        (("-g", "store", "load", "firms.ttl"), "file locks"),
        (("serve", "--port", "0"), "fork"),
        (("mcp",), "fork"),
    ],
    ids=["load", "serve", "mcp"],
)
def test_what_needs_more_says_so_in_one_line(arguments: tuple[str, ...], lacks: str, tmp_path: Path) -> None:
    done = elsewhere(tmp_path, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (4, "", 1)
    assert lacks in done.stderr
    assert "WSL" in done.stderr
