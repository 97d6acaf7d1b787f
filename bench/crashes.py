"""Kill -9 at random instants of everything that changes a store; on reopening it is as before or as after.

For each kind a store is made, and the state before and after the work is noted as canonical N-Quads. Then the work
is begun again and again on copies and its process killed at a random instant. After each kill the store is read,
compared with the two legal states, written to, and read again. An endpoint is killed as a whole, or one of its
processes; of its updates every acknowledged one must be there, and each whole.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "cli")]

from kg.errors import KgError  # noqa: E402 - from this checkout
from kg.store import open_store, store_dataset  # noqa: E402

STATEMENTS = 6_000
CONTEXT = multiprocessing.get_context("forkserver")
State = tuple[str, ...]


def canonical(store: Path) -> State:
    """Return what a store says, blank nodes named by content; nothing for one that is not there."""
    from pyoxigraph import CanonicalizationAlgorithm
    from pyoxigraph import Dataset as Quads

    if not store.exists() or not any(store.iterdir()):
        return ("nothing",)
    found = Quads(store_dataset(store).engine.quads())
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return tuple(sorted(map(str, found)))


def write_file(path: Path, word: str) -> None:
    """Write triples, some about blank nodes."""
    lines = [
        f'<http://example.com/s{n}> <http://example.com/p{n % 5}> "{word} {n}" .\n' for n in range(STATEMENTS)
    ]
    lines += [f'_:b{n} <http://example.com/p> "{word} {n}" .\n' for n in range(20)]
    path.write_text("".join(lines), encoding="utf-8")


# --- what is killed --------------------------------------------------------------------------------------------


def run_command(ready: Any, *arguments: str) -> None:
    """Run a command of kgq."""
    os.setsid()
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the end
    from kgq.main import main

    ready.send(1)
    code = main(list(arguments))
    ready.send(code)
    os._exit(code)


def run_update(ready: Any, store: str) -> None:
    """Change a store by SPARQL and by statements, in one transaction."""
    ready.send(1)
    with open_store(store).transaction() as transaction:
        transaction.update("DELETE WHERE { GRAPH ?g { ?s <http://example.com/p1> ?o } }")
        transaction.update("INSERT { ?s <http://example.com/new> ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    ready.send(0)
    os._exit(0)


@dataclass
class Kind:
    """A kind of work.

    Attributes:
        work: what is killed, and its arguments; ``{}`` is the folder.
        prepare: fills a folder.
        result: the store to compare; ``{}`` is the folder.
    """

    work: Callable[..., None]
    arguments: tuple[str, ...]
    prepare: Callable[[Path], None]
    result: str = "{}/store"


def one_source(folder: Path) -> None:
    """Prepare a store with a source."""
    write_file(folder / "a.nt", "first")
    write_file(folder / "b.nt", "second")
    with open_store(folder / "store", create=True).transaction() as transaction:
        transaction.load(folder / "a.nt")
    write_file(folder / "a.nt", "newer")


def two_changes(folder: Path) -> None:
    """Prepare a store with something to take back."""
    one_source(folder)
    with open_store(folder / "store").transaction() as transaction:
        transaction.load(folder / "b.nt")


def with_backup(folder: Path) -> None:
    """Prepare a store and a backup of an earlier state."""
    from kg.store.backup import backup

    one_source(folder)
    store = open_store(folder / "store")
    backup(store.folder, folder / "b.tar.zst")
    with store.transaction() as transaction:
        transaction.load(folder / "b.nt")


KINDS = {
    "load": Kind(run_command, ("-g", "{}/store", "load", "{}/b.nt"), one_source),
    "reload": Kind(run_command, ("-g", "{}/store", "load", "{}/a.nt", "--as", "a.nt"), two_changes),
    "remove": Kind(run_command, ("-g", "{}/store", "remove", "b.nt"), two_changes),
    "update": Kind(run_update, ("{}/store",), one_source),
    "undo": Kind(run_command, ("-g", "{}/store", "undo"), two_changes),
    "backup": Kind(
        run_command, ("-g", "{}/store", "backup", "--force", "{}/b.tar.zst"), with_backup, "{}/b.tar.zst"
    ),
    "restore": Kind(run_command, ("restore", "{}/b.tar.zst", "{}/new"), with_backup, "{}/new"),
}


@dataclass
class Count:
    """What was found after the kills of a kind."""

    kills: int = 0
    before: int = 0
    after: int = 0
    others: list[str] = field(default_factory=list)


def state_of(kind: Kind, folder: Path) -> State:
    """Return the state that the work changes; of a backup what it restores to."""
    result = Path(kind.result.format(folder))
    if result.suffix != ".zst":
        return canonical(result)
    from kg.store.backup import restore

    target = folder / "unpacked"
    restore(result, target)
    found = canonical(target)
    shutil.rmtree(target)
    return found


def run(kind: Kind, folder: Path, after: float | None) -> float:
    """Begin the work; kill it some seconds after its beginning, or let it end. Return the seconds it took."""
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=kind.work, args=(theirs, *(part.format(folder) for part in kind.arguments)))
    process.start()
    theirs.close()
    ours.recv()
    begun = time.perf_counter()
    if after is None:
        code = ours.recv()
        if code != 0:
            raise SystemExit(f"the work itself fails: {kind.arguments} ends with {code}")
    else:
        time.sleep(after)
        assert process.pid is not None  # noqa: S101 - it was started
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(process.pid, signal.SIGKILL)
    took = time.perf_counter() - begun
    process.join()
    ours.close()
    return took


def try_kind(kind: Kind, kills: int, chance: random.Random) -> Count:
    """Kill one kind of work so many times."""
    found = Count()
    with tempfile.TemporaryDirectory() as temporary:
        whole = Path(temporary) / "whole"
        whole.mkdir()
        kind.prepare(whole)
        before = state_of(kind, whole)
        untouched = canonical(whole / "store")
        length, after = 0.0, before
        for _ in range(3):
            folder = copied(whole, Path(temporary))
            length = max(length, run(kind, folder, None))
            after = state_of(kind, folder)
            shutil.rmtree(folder)
        if before == after:
            raise SystemExit("the work changes nothing, so the kills would show nothing")
        legal = {before: "before", after: "after"}
        for _ in range(kills):
            folder = copied(whole, Path(temporary))
            run(kind, folder, chance.uniform(0, 1.1 * length))
            found.kills += 1
            judge(kind, folder, legal, untouched, found)
            shutil.rmtree(folder)
    return found


def judge(kind: Kind, folder: Path, legal: dict[State, str], untouched: State, found: Count) -> None:
    """Compare what a kill left with the legal states, then write to it and compare again."""
    try:
        state = state_of(kind, folder)
        name = legal.get(state, "")
        if not name:
            found.others.append(f"another state of {len(state)} lines")
            return
        if kind.result.endswith(".zst") and canonical(folder / "store") != untouched:
            found.others.append("the store was changed")
            return
        store = Path(kind.result.format(folder))
        if store.suffix != ".zst" and state != ("nothing",):
            with open_store(store).transaction() as transaction:
                transaction.update("INSERT DATA { <http://example.com/later> <http://example.com/p> 1 }")
            if len(canonical(store)) != len(state) + 1:
                found.others.append("not what it was after the next change")
                return
        setattr(found, name, getattr(found, name) + 1)
    except (KgError, OSError, RuntimeError) as error:
        found.others.append(f"{type(error).__name__}: {error}")


def copied(whole: Path, place: Path) -> Path:
    """Return a copy of a prepared folder."""
    target = place / f"copy-{time.monotonic_ns()}"
    shutil.copytree(whole, target)
    return target


# --- the endpoint ------------------------------------------------------------------------------------------------


@contextmanager
def endpoint(store: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a writable endpoint in a session of its own."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}
    command = [sys.executable, "-m", "kgq", "-g", str(store), "serve", "--port", "0", "--writable", "--no-token"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    assert process.stdout is not None  # noqa: S101 - asked for
    try:
        line = process.stdout.readline()
        yield process, int(line.strip().rstrip("/").rpartition(":")[2])
    finally:
        for pid in [*below(process.pid), process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def below(pid: int) -> list[int]:
    """Return the processes that a process started, all generations."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text(encoding="ascii").split()):
                found += [child, *below(child)]
    return found


def try_endpoint(kills: int, chance: random.Random) -> Count:
    """Kill an endpoint, or one of its processes, while it takes updates."""
    found = Count()
    with tempfile.TemporaryDirectory() as temporary:
        for number in range(kills):
            store = Path(temporary) / f"store{number}"
            acknowledged, begun = kill_endpoint(store, chance)
            found.kills += 1
            try:
                judge_endpoint(store, acknowledged, begun, found)
            except (KgError, OSError, RuntimeError) as error:
                found.others.append(f"{type(error).__name__}: {error}")
            shutil.rmtree(store)
    return found


def kill_endpoint(store: Path, chance: random.Random) -> tuple[int, int]:
    """Send updates until the endpoint is killed; return how many were acknowledged and how many begun."""
    counts = [0, 0]
    with endpoint(store) as (process, port):
        beginning = threading.Event()

        def write() -> None:
            with suppress(OSError, http.client.HTTPException):
                while True:
                    rows = " ".join(f"<e:s{counts[1]}> <e:p{part}> {part} ." for part in range(10))
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                    counts[1] += 1
                    headers = {"content-type": "application/sparql-update"}
                    connection.request("POST", "/sparql", f"INSERT DATA {{ {rows} }}", headers)
                    if connection.getresponse().status != 204:
                        return
                    counts[0] += 1
                    beginning.set()

        writer = threading.Thread(target=write)
        writer.start()
        beginning.wait(20)
        time.sleep(chance.uniform(0, 0.4))
        family = below(process.pid)
        if family and chance.random() < 0.3:
            os.kill(chance.choice(family), signal.SIGKILL)
            time.sleep(chance.uniform(0, 0.1))
        os.kill(process.pid, signal.SIGKILL)
        writer.join()
    return counts[0], counts[1]


def judge_endpoint(store: Path, acknowledged: int, begun: int, found: Count) -> None:
    """See whether every acknowledged update is there, each whole, and nothing else."""
    for _ in range(2):
        rows = store_dataset(store).select("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s").rows
        names = {int(row[0].value[3:]): int(row[1].value) for row in rows}  # type: ignore[union-attr]
        if set(names.values()) - {10}:
            found.others.append("half an update")
            return
        if set(range(acknowledged)) - set(names) or set(names) - set(range(begun)):
            found.others.append(f"{acknowledged} acknowledged of {begun}, {len(names)} there")
            return
        with open_store(store).transaction() as transaction:  # and what the next writer makes of it
            transaction.update("INSERT DATA { GRAPH <e:other> { <e:a> <e:b> 1 } }")
    if len(names) == acknowledged:
        found.before += 1
    else:
        found.after += 1


def main() -> int:
    """Print a line for each kind; 1 if any state was neither before nor after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="of each kind")
    parser.add_argument("--kinds", default=",".join((*KINDS, "endpoint")), help="separated by commas")
    parser.add_argument("--seed", type=int, default=0, help="of the instants; 0 takes another each time")
    given = parser.parse_args()
    seed = given.seed or random.SystemRandom().randrange(1, 1 << 30)
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    CONTEXT.set_forkserver_preload(["kg.store", "kg.store.backup", "kgq.main", "kgq.group"])
    total, wrong = 0, 0
    for name in given.kinds.split(","):
        count = (
            try_endpoint(given.kills, chance) if name == "endpoint" else try_kind(KINDS[name], given.kills, chance)
        )
        total, wrong = total + count.kills, wrong + len(count.others)
        others = "; ".join(count.others[:3])
        print(f"{name:9} {count.kills:4} kills: {count.before:4} before, {count.after:4} after, "
              f"{len(count.others)} others {others}", flush=True)  # fmt: skip
    print(f"{total} kills, {wrong} others")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
