"""The files an operator copies: the systemd unit and the container file, checked by tools that need no daemon."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
UNIT = DEPLOY / "kgq.service"
CONTAINER = DEPLOY / "Containerfile"


def tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    return found or pytest.skip(f"{name} is not installed")


def command_of(text: str, name: str) -> list[str]:
    found = re.search(rf"^{name}[ =](.+)$", text, re.MULTILINE)
    assert found is not None
    return json.loads(found[1]) if found[1].startswith("[") else shlex.split(found[1])


def test_the_commands_have_only_options_there_are() -> None:
    from kgq.commands.serve import serve

    unit, container = UNIT.read_text(encoding="utf-8"), CONTAINER.read_text(encoding="utf-8")
    for command in (
        command_of(unit, "ExecStart"),
        command_of(container, "ENTRYPOINT") + command_of(container, "CMD"),
    ):
        arguments = command[command.index("serve") + 1 :]
        assert serve.make_context("serve", arguments, resilient_parsing=False).params["access_log"] == "-"


@pytest.mark.slow
def test_the_unit_is_valid_and_confined() -> None:
    analyze = tool("systemd-analyze")
    checked = subprocess.run([analyze, "verify", str(UNIT)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    rated = [analyze, "security", "--offline=true", "--threshold=25", str(UNIT)]
    done = subprocess.run(rated, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.slow
def test_the_container_file_is_valid() -> None:
    done = subprocess.run(
        [tool("hadolint"), "--no-color", str(CONTAINER)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
