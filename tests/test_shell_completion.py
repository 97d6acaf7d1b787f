"""Tab, pressed in real shells: commands, options, values and names of the graph."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kgq.completion import Completer

ROOT = Path(__file__).parents[1]


def completed(*words: str, at: int | None = None) -> list[str]:
    """Return what bash is offered for the last of some words, as the command prints it."""
    env = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'cli'}",
        "COMP_WORDS": "\n".join(("kgq", *words)),
        "COMP_CWORD": str(len(words) if at is None else at),
        "_KGQ_COMPLETE": "bash_complete",
    }
    done = subprocess.run([sys.executable, "-m", "kgq"], capture_output=True, text=True, check=True, env=env)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


def test_commands_are_completed() -> None:
    assert completed("sho") == ["show"]
    assert {"show", "shell"} <= set(completed("sh"))


def test_options_and_their_values_are_completed() -> None:
    assert completed("query", "--expl") == ["--explain"]
    assert completed("export", "--format", "tu") == ["turtle"]


def test_names_are_completed_with_their_blanks_escaped() -> None:
    assert completed("path", r"Amazon\ W") == [r"Amazon\ Web\ Services"]


def test_a_name_of_several_words_is_completed_from_its_second_word_on() -> None:
    assert completed("show", "Amazon", "We") == [r"Web\ Services"]


def test_names_come_from_the_graph_that_the_line_names(tmp_path: Path) -> None:
    graph = tmp_path / "g.ttl"
    graph.write_text(
        "@prefix : <http://e.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        ':C a rdfs:Class ; rdfs:label "club" . :a a :C ; rdfs:label "Zagreb Chess" .\n',
        encoding="utf-8",
    )
    assert completed("-g", str(graph), "show", "Zag") == [r"Zagreb\ Chess"]
    assert completed("-g", str(tmp_path / "none.ttl"), "show", "Zag") == []
    assert completed("-g", "https://sparql.example.org/", "show", "Zag") == []


def test_a_beginning_is_completed_in_either_case() -> None:
    assert Completer(lambda: ["Oracle", "oral exam", "Intel"], ()).beginning("ORA") == ["Oracle", "oral exam"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with the command on its own path and the scripts of the three shells."""
    binary = tmp_path / "bin"
    binary.mkdir()
    command = binary / "kgq"
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}:{ROOT / "cli"}" exec {sys.executable} -m kgq "$@"\n', encoding="utf-8"
    )
    command.chmod(0o755)
    for shell in ("bash", "zsh", "fish"):
        script = subprocess.run([command, "completion", shell], capture_output=True, text=True, check=True).stdout
        (tmp_path / f"kgq.{shell}").write_text(script, encoding="utf-8")
    return tmp_path


def typed(home: Path, command: list[str], setup: str, keys: str, wanted: str) -> str:
    """Type into a shell on a terminal of its own until something wanted appears, and return all that was shown."""
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - becomes the shell
        os.environ.update(
            PATH=f"{home / 'bin'}:/usr/bin:/bin", HOME=str(home), TERM="dumb", PS1="> ", LANG="C.UTF-8"
        )
        os.chdir(home)
        os.execvp(command[0], command)  # noqa: S606
    seen = ""
    try:
        for text, until in ((setup + "\n", "ready-2"), (keys, wanted)):
            os.write(terminal, text.encode())
            end = time.monotonic() + 60
            while until not in seen and time.monotonic() < end:
                if select.select([terminal], [], [], 1)[0]:
                    seen += os.read(terminal, 65536).decode(errors="replace")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    return seen


SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source ./kgq.bash; echo ready-$((1+1))"),
    "zsh": (
        ["zsh", "-f", "-i"],
        "autoload -U compinit; compinit -u; source ./kgq.zsh; echo ready-$((1+1))",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("kgq comple\t", "kgq completion "),
        ("kgq query --expl\t", "kgq query --explain "),
        ("kgq compare CoreW\t", "kgq compare CoreWeave "),
        ("kgq path Amazon\\ W\t", r"kgq path Amazon\ Web\ Services "),
    ],
)
def test_tab_completes_in_the_shell(home: Path, shell: str, keys: str, wanted: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} on this machine")
    command, setup = SHELLS[shell]
    assert wanted in typed(home, command, setup, keys, wanted)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("kgq comple", "completion\tPrint the script"),
        ("kgq query --expl", "--explain"),
        ("kgq compare CoreW", "CoreWeave"),
        ("kgq path 'Amazon W", "Amazon Web Services"),
    ],
)
def test_fish_completes(home: Path, line: str, wanted: str) -> None:
    if shutil.which("fish") is None:
        pytest.skip("no fish on this machine")
    env = {**os.environ, "PATH": f"{home / 'bin'}:/usr/bin:/bin", "HOME": str(home)}
    asked = ["fish", "--no-config", "-c", f'source kgq.fish; complete -C "{line}"']
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env=env, cwd=home)
    assert any(found.startswith(wanted) for found in done.stdout.splitlines()), done.stdout + done.stderr
