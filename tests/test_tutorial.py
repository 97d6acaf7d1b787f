"""The tutorial is run from its first command to its last, and prints what it says it prints.

``python tests/test_tutorial.py`` writes what the commands print now into the page; read the difference.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial" / "two-documents.md"
LETTER = ROOT / "docs" / "tutorial" / "compute-letter.txt"
_BLOCK = re.compile(r"^```console\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def steps(block: str) -> list[tuple[str, str]]:
    """Return the commands of a block, each with the output shown; ``> `` goes on with a command."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [("\n".join(command), "\n".join(output)) for command, output in found]


class Folder:
    """A folder in which commands are run as a person would, one after the other."""

    def __init__(self, place: Path) -> None:
        self.place = place
        shutil.copy(LETTER, place)
        tools = place / "bin"
        tools.mkdir()
        kgq = tools / "kgq"
        kgq.write_text(f'#!/bin/sh\nexec {sys.executable} -m kgq "$@"\n')
        kgq.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KGQ_")}
        self.env = {**kept, "PATH": f"{tools}:{kept['PATH']}", "COLUMNS": "80", "LC_ALL": "C.UTF-8",
                    "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}", "XDG_CONFIG_HOME": str(place / "config"),
                    "XDG_CACHE_HOME": str(place / "cache"), "XDG_DATA_HOME": str(place / "data")}  # fmt: skip

    def run(self, command: str) -> str:
        """Return what a command prints, messages among it."""
        if command.startswith("cd "):
            self.place /= command[3:]
            return ""
        done = subprocess.run(  # noqa: S602 - the page's own commands
            command, shell=True, cwd=self.place, env=self.env, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )  # fmt: skip
        return done.stdout.rstrip("\n")


def fits(shown: str, printed: str) -> bool:
    """Return whether an output is the one shown; ``…`` stands for lines, ``[…]`` for words."""
    pattern = re.escape(shown).replace(re.escape("[…]"), "[^\n]*")
    pattern = re.sub(r"(?m)^…$", "(?:.*\n?)*", pattern)
    return re.fullmatch(pattern, printed) is not None


@pytest.mark.slow
def test_the_tutorial_prints_what_it_says(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for block in _BLOCK.findall(PAGE.read_text("utf-8")):
        for command, shown in steps(block):
            printed = folder.run(command)
            assert fits(shown, printed), f"$ {command}\n{printed}"


def test_what_the_tutorial_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text("utf-8")):
        assert (PAGE.parent / target).is_file(), target


def written(text: str, place: Path) -> str:
    """Return the page with what its commands print now, where that is not what it shows."""
    folder = Folder(place)

    def again(match: re.Match[str]) -> str:
        lines = []
        for command, shown in steps(match[1]):
            first, *more = command.split("\n")
            printed = folder.run(command)
            lines += [f"$ {first}", *(f"> {line}" for line in more)]
            lines += [
                line
                for line in (shown if fits(shown, printed) else printed).split("\n")
                if line or shown or printed
            ]
        return "```console\n" + "".join(f"{line}\n" for line in lines) + "```\n"

    return _BLOCK.sub(again, text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        PAGE.write_text(written(PAGE.read_text("utf-8"), Path(name)), "utf-8")
