"""The W3C's own tests over HTTP; where they lie says KGQ_W3C. All of them in CI, the protocols' otherwise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.conftest import Endpoint

SUITES = os.environ.get("KGQ_W3C", "")

pytestmark = pytest.mark.skipif(not SUITES, reason="KGQ_W3C does not say where the W3C's tests lie")


@pytest.fixture(scope="module")
def empty(serve: Callable[..., Endpoint], tmp_path_factory: pytest.TempPathFactory) -> Endpoint:
    """An endpoint the runner may fill and empty, and that may reach the runner's own services."""
    places = ("--allow-service", "http://", "--allow-service", "http://127.0.0.1:")
    return serve("-g", tmp_path_factory.mktemp("w3c"), "--writable", "--no-token", *places)


def results(empty: Endpoint, folder: Path, *arguments: str) -> tuple[Counter[str], list[str]]:
    """Run the tests; return how many passed and were run by section, and what failed."""
    found = folder / "results.json"
    places = ["--query-url", f"{empty.url}/sparql", "--gsp-url", f"{empty.url}/rdf-graph-store"]
    command = [sys.executable, str(Path(SUITES) / "run_http.py"), *places, "--json", str(found), *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    data = json.loads(found.read_text())
    counts: Counter[str] = Counter()
    for suite, section, passed, total in data["sections"]:
        counts[f"{suite}/{section}"] = passed
        counts["passed"] += passed
        counts["run"] += total
    return counts, [f"{suite}/{section} {name}" for suite, section, name, _ in data["failures"]]


def test_the_protocols_pass_whole(empty: Endpoint, tmp_path: Path) -> None:
    counts, failures = results(empty, tmp_path, "--kind", "http")
    assert failures == []
    assert counts["sparql11/protocol"] == 34
    assert counts["sparql11/graph-store-protocol"] == 13
    assert counts["sparql11/service-description"] == 3


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("KGQ_CI"), reason="two minutes: in CI")
def test_the_suites_pass_but_for_what_the_engine_keeps_by_value(empty: Endpoint, tmp_path: Path) -> None:
    counts, failures = results(empty, tmp_path)
    assert counts["run"] == 1306
    assert counts["passed"] >= 1286, failures
