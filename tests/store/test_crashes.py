"""Kill -9 amid everything that changes a store; ``python bench/crashes.py`` does it 200 times and more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = ("load", "reload", "remove", "update", "undo", "backup", "restore", "endpoint")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_after_a_kill_a_store_is_as_before_or_as_after(kind: str) -> None:
    kills = os.environ.get("KGQ_KILLS", "3")
    command = [sys.executable, str(ROOT / "bench/crashes.py"), "--kinds", kind, "--kills", kills]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{kills} kills, 0 others" in done.stdout
