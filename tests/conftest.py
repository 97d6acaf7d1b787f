"""What several tests stand on: the small graph with claims, and the command run in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def claims_file() -> Path:
    """The hand-written graph with stated, inferred and background claims."""
    return DATA / "claims.trig"


@pytest.fixture(scope="session")
def claims_dataset(claims_file: Path) -> Dataset:
    """That graph, in the embedded engine."""
    engine = OxigraphEngine()
    engine.store.load(path=str(claims_file), format=RdfFormat.TRIG)
    return Dataset(engine)


@dataclass(frozen=True)
class Result:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Run:
    """Run ``kgq`` in this process, in an empty folder, with no settings from outside."""
    from kgq.main import main

    for name in ("GRAPH", "FORMAT", "LANG", "INCLUDE", "TIME_LIMIT", "ROW_LIMIT", "SOURCE", "QUIET", "VERBOSE"):
        monkeypatch.delenv(f"KGQ_{name}", raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments: str | Path, stdin: str | bytes = b"") -> Result:
        data = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capfdbinary.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfdbinary.readouterr()
        return Result(code, captured.out.decode("utf-8"), captured.err.decode("utf-8"))

    return run
