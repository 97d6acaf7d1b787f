"""Writes RESULTS.md and its plots from what the parts have kept."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.results import FOLDER, Curve, Result, Table, read_results
from bench.workplace import Peers

__all__ = ["machine", "versions", "write_report"]

_HEAD = """# Results of the bench

Made by `python -m bench` ([what it does](README.md)); not edited by hand. CPU time stands beside wall time, and ratios are of runs
side by side: on a shared machine only these carry over. What is missing is said to be missing; where kgq loses, the table says so.
"""


def write_report(folder: Path, peers: Peers) -> Path:
    """Write the report of all results that are kept; return where."""
    found = read_results(folder)
    path = folder.parent / "RESULTS.md" if folder == FOLDER else folder / "RESULTS.md"
    lines = [_HEAD, "| | |\n|---|---|", *(f"| {name} | {value} |" for name, value in machine().items())]
    lines += [f"| {name} | {value} |" for name, value in versions(peers).items()]
    for part in ORDER:
        lines += [
            "",
            *(_section(found[part], folder, path.parent) if part in found else [f"## {part}\n\nNot run."]),
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


ORDER = ("start", "load", "queries", "overhead", "questions", "remote", "second", "endpoint", "maps", "footprint")
"""The parts, in the order of the report."""


def machine() -> dict[str, str]:
    """Return what the machine is."""
    cpu = memory = ""
    if Path("/proc/cpuinfo").is_file():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        cpu = f"{len(names)} × {names[0]}" if names else ""
        kilobytes = int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1])
        memory = f"{kilobytes / 1e6:.0f} GB"
    return {"processor": cpu or platform.processor(), "memory": memory, "system": platform.platform(terse=True)}


def versions(peers: Peers) -> dict[str, str]:
    """Return the versions of what is compared."""
    found = {"Python": platform.python_version()}
    for name in ("kgq", "pyoxigraph", "rdflib", "rdflib-endpoint", "pyvis"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    found["oxigraph"] = _said([peers.oxigraph, "--version"]) if peers.oxigraph else "missing"
    found["Virtuoso"] = _said([peers.virtuoso, "+version"]) if peers.virtuoso else "missing"
    found["node"] = _said(["node", "--version"])
    return found


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "missing"
    text = (done.stdout + done.stderr).strip()
    line = next(
        (line for line in text.splitlines() if "ersion" in line or "oxigraph" in line), text.partition("\n")[0]
    )
    return line.strip()[:60]


def _section(result: Result, folder: Path, base: Path) -> Iterator[str]:
    yield f"## {result.title}\n\n{result.what}\n"
    for table in result.tables:
        yield from _table(table)
    for curve in result.curves:
        picture = _plot(curve, folder)
        yield (
            f"\n![{curve.title}]({picture.relative_to(base).as_posix()})"
            if picture
            else "\nNo plot: matplotlib is missing."
        )
    if result.missing:
        yield "\nMissing: " + "; ".join(result.missing) + "."


def _table(table: Table) -> Iterator[str]:
    yield f"\n### {table.title}\n"
    facts = "; ".join(f"{name} {value}" if name != "note" else str(value) for name, value in table.facts.items())
    yield f"*{facts}*\n"
    yield f"| {' | '.join(table.columns)} |"
    yield "|---" + "|--:" * (len(table.columns) - 1) + "|"
    for row in table.rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"
    if table.note:
        yield f"\n{table.note.strip()}"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|")


def _plot(curve: Curve, folder: Path) -> Path | None:
    try:
        import matplotlib as mpl
    except ImportError:
        return None
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "kgq"  # the same picture is the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    bars = any(isinstance(x, str) for points in curve.series.values() for x, _ in points)
    for name, points in curve.series.items():
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if bars:
            axes.barh(xs, ys, color="#3566a8")
            axes.invert_yaxis()
        else:
            axes.plot(xs, ys, marker="o", label=name)
    if not bars:
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.legend(fontsize=8)
        axes.set_xlabel(curve.x)
    axes.set_title(curve.title, fontsize=10)
    (axes.set_xlabel if bars else axes.set_ylabel)(curve.y)
    axes.grid(alpha=0.3)
    figure.tight_layout()
    path = folder / f"{curve.name}.svg"
    figure.savefig(path, metadata={"Date": None, "Creator": "kgq bench"})
    pyplot.close(figure)
    return path


if __name__ == "__main__":
    sys.exit("run `python -m bench --report`")
