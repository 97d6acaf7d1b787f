"""What can be wrong with a store or its disk: one clear line, exit 4, nothing lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.store import open_store, store_dataset

if TYPE_CHECKING:
    from conftest import Run
    from store.conftest import Says

    from kg.store import DiskStore

ROOT = Path(__file__).parents[2]
ENV = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}"}


def kgq(*arguments: str | Path, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kgq", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env=ENV, preexec_fn=before, check=False, timeout=60
    )


def said_in_one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def filled(store: DiskStore, project: Path) -> Path:
    """A store with a source."""
    with store.transaction() as transaction:
        transaction.load(project / "a.ttl")
    return project / "store"


def generation(store: Path) -> Path:
    name = json.loads((store / "current").read_bytes())["generation"]
    return store / "generations" / str(name)


def test_a_full_disk_changes_nothing(filled: Path, project: Path, says: Says) -> None:
    lines = [f'<http://example.com/s{n}> <http://example.com/p> "{n} {"x" * 200}" .\n' for n in range(20_000)]
    (project / "large.nt").write_text("".join(lines), encoding="utf-8")
    before = says(filled)

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    done = kgq("-g", filled, "load", project / "large.nt", before=little_room)
    assert "disk is full" in said_in_one_line(done)
    assert says(filled) == before
    assert kgq("-g", filled, "load", project / "b.ttl").returncode == 0
    assert len(says(filled)) == 3


def test_a_backup_on_a_full_disk_leaves_the_old_one(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.zst"
    file.write_bytes(b"the old one")

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))

    assert "disk is full" in said_in_one_line(kgq("-g", filled, "backup", "--force", file, before=no_room))
    assert file.read_bytes() == b"the old one"
    assert [path.name for path in tmp_path.glob(".b*")] == []


def test_a_read_only_disk_can_be_read_and_says_that_it_cannot_be_written(filled: Path, project: Path) -> None:
    weak = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    paths = [filled, *filled.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        command = [*weak, sys.executable, "-m", "kgq", "-g", str(filled)]
        asked = subprocess.run(
            [*command, "query", "SELECT * { ?s ?p ?o }"], capture_output=True, text=True, env=ENV, check=False
        )
        assert (asked.returncode, asked.stdout.count("ex:a")) == (0, 2), asked.stderr
        for arguments in (["load", str(project / "b.ttl")], ["undo"], ["remove", "a.ttl"]):
            done = subprocess.run([*command, *arguments], capture_output=True, text=True, env=ENV, check=False)
            assert "read-only" in said_in_one_line(done)
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_store_of_a_later_version_is_left_alone(filled: Path) -> None:
    marker = filled / "kgq-store.json"
    marker.write_text(json.dumps({**json.loads(marker.read_bytes()), "layout": 9, "written_by": "7.0"}), "utf-8")
    for arguments in (["query", "ASK {}"], ["undo"], ["backup", "x.tar.zst"], ["log"]):
        told = said_in_one_line(kgq("-g", filled, *arguments))
        assert "layout 9, written by kgq 7.0" in told


def largest(store: Path) -> Path:
    return max(generation(store).glob("data/*.sst"), key=lambda file: file.stat().st_size)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "pointer missing": lambda store: (store / "current").unlink(),
    "pointer garbage": lambda store: (store / "current").write_bytes(os.urandom(40)),
    "pointer empty": lambda store: (store / "current").write_bytes(b""),
    "pointer of another kind": lambda store: (store / "current").write_text("[1]", encoding="utf-8"),
    "pointer without its parts": lambda store: (store / "current").write_text("{}", encoding="utf-8"),
    "marker garbage": lambda store: (store / "kgq-store.json").write_text("{", encoding="utf-8"),
    "generation missing": lambda store: shutil.rmtree(generation(store)),
    "facts missing": lambda store: (generation(store) / "facts.json").unlink(),
    "facts garbage": lambda store: (generation(store) / "facts.json").write_text("{}", encoding="utf-8"),
    "seal missing": lambda store: (generation(store) / "files.json").unlink(),
    "engine's list cut short": lambda store: cut(next(generation(store).glob("data/MANIFEST*"))),
    "engine's pointer empty": lambda store: (generation(store) / "data/CURRENT").write_bytes(b""),
    "data missing": lambda store: largest(store).unlink(),
    "data cut short": lambda store: cut(largest(store)),
    "data garbage": lambda store: overwrite(largest(store)),
}


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def overwrite(file: Path) -> None:
    file.write_bytes(os.urandom(file.stat().st_size))


def spoil(file: Path) -> None:
    """Change a block in the middle, which opening the store does not read."""
    with file.open("r+b") as stream:
        stream.seek(file.stat().st_size // 3)
        stream.write(os.urandom(500))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_told_from_an_empty_one(run: Run, filled: Path, project: Path, damage: str) -> None:
    DAMAGES[damage](filled)
    for arguments in (["query", "SELECT * { ?s ?p ?o }"], ["load", project / "b.ttl"]):
        done = run("-g", filled, *arguments)
        assert (done.code, done.out) == (4, ""), done
        assert done.err.count("\n") == 1
        assert "damaged" in done.err


def test_damage_is_taken_back_with_the_change_that_holds_it(
    run: Run, store: DiskStore, filled: Path, project: Path
) -> None:
    with store.transaction() as transaction:
        transaction.load(project / "b.ttl")
    (generation(filled) / "facts.json").write_text("{", encoding="utf-8")
    assert run("-g", filled, "undo").code == 0
    assert run("-g", filled, "query", "SELECT * { ?s ?p ?o }").out.count("ex:a") == 2


def shared(store: Path) -> list[Path]:
    """Return the files of the engine that the present state shares with the one before, but not with the first."""
    first = {file.stat().st_ino for file in min((store / "generations").iterdir()).glob("data/*")}
    files = [file for file in generation(store).glob("data/*.sst") if file.stat().st_nlink > 1]
    return [file for file in files if file.stat().st_nlink == 2 or file.stat().st_ino not in first]


def many(project: Path) -> Path:
    lines = "".join(f"<e:{n}> <e:p> <e:{n % 97}> .\n" for n in range(30_000))
    (project / "many.nt").write_text(lines, encoding="utf-8")
    return project / "many.nt"


@pytest.mark.slow
@pytest.mark.parametrize("damage", [cut, overwrite, spoil])
def test_damage_that_the_state_before_shares_is_taken_back_with_that(
    store: DiskStore, filled: Path, project: Path, damage: Callable[[Path], object]
) -> None:
    for source in (many(project), project / "b.ttl"):
        with store.transaction() as transaction:
            transaction.load(source)
    for file in shared(filled):
        damage(file)
    everything = ["query", "SELECT * { ?s ?p ?o }"]
    for _ in range(2):
        told = said_in_one_line(kgq("-g", filled, *everything))
        assert "damaged" in told
        assert "undo" in told
        assert kgq("-g", filled, "undo").returncode == 0
    assert kgq("-g", filled, *everything).stdout.count("ex:a") == 2


@pytest.mark.slow
@pytest.mark.parametrize("damage", [cut, overwrite, spoil])
def test_damage_that_all_states_share_is_not_said_to_be_taken_back(
    store: DiskStore, project: Path, damage: Callable[[Path], object]
) -> None:
    for source in (many(project), project / "b.ttl"):
        with store.transaction() as transaction:
            transaction.load(source)
    path = project / "store"
    for file in generation(path).glob("data/*.sst"):
        if file.stat().st_nlink > 1:
            damage(file)
    for arguments in (["query", "SELECT * { ?s ?p ?o }"], ["export", "--format", "nquads", "--unsorted"]):
        told = said_in_one_line(kgq("-g", path, *arguments))
        assert "damaged" in told
        assert "undo does not help: restore a backup" in told


def test_a_second_writer_waits_and_then_says_for_whom(
    run: Run, store: DiskStore, filled: Path, project: Path
) -> None:
    with store.transaction() as transaction:
        begun = time.monotonic()
        done = run("-g", filled, "load", project / "b.ttl", "--wait", "0.5")
        assert time.monotonic() - begun > 0.4
        assert done.code == 4
        first, second = done.err.splitlines()
        assert first.startswith(f"kgq: process {os.getpid()} is writing to this store (python")
        assert first.endswith("Waiting for it …")
        assert f"process {os.getpid()} is writing to this store" in second
        transaction.add([])
    assert run("-g", filled, "load", project / "b.ttl", "--wait", "0.5").code == 0


def test_a_second_writer_goes_on_when_the_first_has_ended(filled: Path, project: Path, says: Says) -> None:
    command = [sys.executable, "-m", "kgq", "-g", str(filled), "load", str(project / "b.ttl")]
    with open_store(filled).transaction() as transaction:
        second = subprocess.Popen(command, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        transaction.update("INSERT DATA { <e:first> <e:p> 1 }")
    assert second.wait(30) == 0
    assert len(says(filled)) == 4


def test_the_lock_of_a_killed_writer_holds_nobody_up(filled: Path, project: Path) -> None:
    code = (
        "import sys, time; from kg.store import open_store\n"
        "with open_store(sys.argv[1]).transaction() as t:\n"
        "    t.update('INSERT DATA { <e:a> <e:b> 1 }'); print('in', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(filled)], stdout=subprocess.PIPE, env=ENV)
    assert process.stdout is not None
    assert process.stdout.readline() == b"in\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    (filled / "lock").write_text(json.dumps({"pid": os.getpid(), "command": "somebody else"}), encoding="utf-8")
    done = kgq("-g", filled, "load", project / "b.ttl", "--wait", "0")
    assert done.returncode == 0, done.stderr
    assert len(list((filled / "generations").iterdir())) == 2


def test_ctrl_c_ends_a_load_in_the_middle_of_native_code(filled: Path, project: Path, says: Says) -> None:
    lines = [f'<http://example.com/s{n}> <http://example.com/p> "{n}" .\n' for n in range(200_000)]
    (project / "large.nt").write_text("".join(lines), encoding="utf-8")
    before = says(filled)
    command = [sys.executable, "-m", "kgq", "-g", str(filled), "load", str(project / "large.nt")]
    process = subprocess.Popen(command, env=ENV, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not list((filled / "generations").glob("*2-*/data/LOCK")) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "kgq: interrupted.\n")
    assert says(filled) == before


def test_a_folder_of_something_else_is_no_store(run: Run, project: Path) -> None:
    done = run("-g", project, "load", project / "a.ttl")
    assert done.code == 4
    assert "neither a store nor empty" in done.err
    done = run("-g", project, "log")
    assert done.code == 4
    assert "is not a store" in done.err


def test_a_command_that_needs_a_store_says_so(run: Run, project: Path) -> None:
    for arguments in (["log"], ["undo"], ["load", project / "a.ttl"], ["backup", "x"], ["remove", "x"]):
        done = run(*arguments)
        assert done.code == 2
        assert "kgq init" in done.err


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_store_of_the_first_layout_is_brought_up_to_date(tmp_path: Path, interrupted: bool, says: Says) -> None:
    from pyoxigraph import Store

    old = tmp_path / "old"
    (old / "snapshots").mkdir(parents=True)
    engine = Store(str(old / "data"))
    engine.update("INSERT DATA { <e:a> <e:b> 1 }")
    del engine
    (old / "kgq-store.json").write_text('{"layout": 1, "engine": "oxigraph"}', encoding="utf-8")
    if interrupted:  # after the files were moved, before anything pointed there
        place = old / "generations/00000000-layout-1"
        (place / "shared").mkdir(parents=True)
        (place / "users").touch()
        (old / "data").rename(place / "data")
    assert len(says(old)) == 1
    store = open_store(old)
    assert [entry.action for entry in store.log()] == ["upgrade"]
    with store.transaction() as transaction:
        transaction.update("INSERT DATA { <e:a> <e:b> 2 }")
    store.undo()
    assert len(says(old)) == 1
    with pytest.raises(Exception, match="nothing to take back"):
        store.undo()


def test_a_store_whose_maker_was_killed_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "half/generations").mkdir(parents=True)
    (tmp_path / "half/lock").touch()
    assert open_store(tmp_path / "half", create=True).log() == []
    assert len(store_dataset(tmp_path / "half").select("SELECT * { ?s ?p ?o }")) == 0
