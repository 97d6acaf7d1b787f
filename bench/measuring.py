"""What a piece of work takes: CPU time beside wall time, and several in turn, so that a busy moment is everybody's."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ENV", "ROOT", "Taken", "cpu_of_tree", "in_turn", "middle", "run", "size_of", "timed"]

ROOT = Path(__file__).resolve().parents[1]
ENV = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and of CPU, MB at the most, and how much came out."""

    wall: float
    cpu: float
    memory: float = 0.0
    output: int = 0


def run(command: Sequence[str | Path], *, check: bool = True, env: Mapping[str, str] | None = None) -> Taken:
    """Run a program to its end and return what it and those it waited for took."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={**ENV, **(env or {})},
    )  # fmt: skip
    output = sum(len(block) for block in iter(lambda: process.stdout.read(1 << 16), b""))  # type: ignore[union-attr]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if check and process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))[:200]} ended with {process.returncode}")
    memory = usage.ru_maxrss / 1024 if sys.platform == "linux" else usage.ru_maxrss / 1024**2
    return Taken(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, memory, output)


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
            wanted += list(_children(pid))
        except OSError:  # it has ended
            continue
    return found / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        yield from map(int, task.read_text(encoding="ascii").split())


def size_of(path: Path) -> float:
    """Return the MB of a file or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
