"""What a piece of work takes: CPU time beside wall time, and several in turn, so that a busy moment is everybody's."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

__all__ = [
    "AS_INSTALLED",
    "ENV",
    "ROOT",
    "Taken",
    "children",
    "cpu_of_tree",
    "in_turn",
    "memory_of_tree",
    "middle",
    "peak_memory",
    "run",
    "size_of",
    "timed",
]

ROOT = Path(__file__).resolve().parents[1]
ENV = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
    "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"
}
"""What processes get: this checkout, and bytecode that is kept, as that of an installed package is."""
AS_INSTALLED = {"PYTHONPATH": ""}
"""For what is started as people start it: places to look for modules cost some milliseconds."""


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and of CPU, MB at the most, and how much came out."""

    wall: float
    cpu: float
    memory: float = 0.0
    output: int = 0


_STARTER = """import os, sys, time
told, command = int(sys.argv[1]), sys.argv[2:]
os.set_inheritable(told, False)
begun = time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ)
_, status, used = os.wait4(pid, 0)
wall, cpu = time.perf_counter() - begun, used.ru_utime + used.ru_stime
os.write(told, f"{wall} {cpu} {used.ru_maxrss} {os.waitstatus_to_exitcode(status)}".encode())
"""
"""Starts a program and tells what it took. A process begins with the peak memory of the one that started it, so that has to be small."""


def run(command: Sequence[str | Path], *, check: bool = True, env: Mapping[str, str] | None = None) -> Taken:
    """Run a program to its end and return what it and those it waited for took."""
    told, tell = os.pipe()
    starter = [sys.executable, "-I", "-S", "-c", _STARTER, str(tell), *map(str, command)]
    with os.fdopen(told, encoding="ascii") as answer:
        try:
            process = subprocess.Popen(
                starter, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**ENV, **(env or {})}, pass_fds=[tell],
            )  # fmt: skip
        finally:
            os.close(tell)
        with process:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            output = sum(map(len, iter(partial(process.stdout.read, 1 << 16), b"")))
        wall, cpu, memory, code = answer.read().split() or (0, 0, 0, 127)
    if check and int(code):
        raise RuntimeError(f"{' '.join(map(str, command))[:200]} ended with {code}")
    unit = 1024 if sys.platform == "linux" else 1024**2
    return Taken(float(wall), float(cpu), int(memory) / unit, output)


def timed(work: Callable[[], int]) -> Taken:
    """Do some work in this process; it returns how much came out."""
    wall, cpu = time.perf_counter(), time.process_time()
    output = work()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Taken(time.perf_counter() - wall, time.process_time() - cpu, memory, output)


def in_turn(works: Mapping[str, Callable[[], Taken]], rounds: int) -> dict[str, list[Taken]]:
    """Do all in turn, several times, after one turn that does not count."""
    found: dict[str, list[Taken]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            taken = work()
            if turn:
                found[name].append(taken)
    return found


def middle(several: Sequence[Taken]) -> Taken:
    """Return the medians; of memory the largest."""
    return Taken(
        statistics.median(each.wall for each in several),
        statistics.median(each.cpu for each in several),
        max(each.memory for each in several),
        several[-1].output,
    )


def cpu_of_tree(root: int) -> float:
    """Return the CPU seconds that a process and those below it have used, in steps of a clock tick."""
    found, wanted = 0, [root]
    while wanted:
        pid = wanted.pop()
        try:
            facts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            found += sum(map(int, facts[11:15]))
            wanted += children(pid)
        except OSError:  # it has ended
            continue
    return found / os.sysconf("SC_CLK_TCK")


def memory_of_tree(root: int) -> float:
    """Return the MB that a process and those below it hold, what several share counted once (PSS)."""
    found, wanted = 0, [root]
    while wanted:
        pid = wanted.pop()
        try:
            found += _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")
            wanted += children(pid)
        except OSError:  # it has ended
            continue
    return found / 1024


def peak_memory(pid: int) -> float:
    """Return the MB that a process has held at the most."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmHWM:") / 1024


def _kilobytes(path: Path, name: str) -> int:
    lines = path.read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(name))


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]


def size_of(path: Path) -> float:
    """Return the MB of a file or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
