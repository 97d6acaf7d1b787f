"""A store in one file and back: the same to the byte, or refused."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import SourceError
from kg.store import open_store
from kg.store.backup import backup, restore

if TYPE_CHECKING:
    from conftest import Run
    from store.conftest import Says

    from kg.store import DiskStore


@pytest.fixture
def file(store: DiskStore, project: Path) -> Path:
    """A backup of a store with three sources, two of which share a graph."""
    for name in ("a.ttl", "c.trig", "d.trig"):
        with store.transaction() as transaction:
            transaction.load(project / name)
    backup(store.folder, project / "b.tar.zst")
    return project / "b.tar.zst"


def test_a_backup_comes_back_as_it_was(store: DiskStore, file: Path, tmp_path: Path, says: Says) -> None:
    found = restore(file, tmp_path / "new")
    assert found.quads == 7
    assert says(tmp_path / "new") == says(store.folder.path)
    again = open_store(tmp_path / "new")
    assert (again.log(), again.facts()) == (store.log(), store.facts())
    with again.transaction() as transaction:
        transaction.remove_source("d.trig")
    again.undo()
    assert says(tmp_path / "new") == says(store.folder.path)


def test_an_empty_store_comes_back_empty(tmp_path: Path, says: Says) -> None:
    store = open_store(tmp_path / "store", create=True)
    backup(store.folder, tmp_path / "b.tar.zst")
    restore(tmp_path / "b.tar.zst", tmp_path / "new")
    assert says(tmp_path / "new") == set()


def test_a_backup_is_taken_beside_a_writer(store: DiskStore, file: Path, tmp_path: Path, says: Says) -> None:
    before = says(store.folder.path)
    with store.transaction() as transaction:
        transaction.update("CLEAR ALL")
        backup(store.folder, tmp_path / "b.tar.zst")
    restore(tmp_path / "b.tar.zst", tmp_path / "new")
    assert says(tmp_path / "new") == before


def test_nothing_is_overwritten(file: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/mine").touch()
    with pytest.raises(SourceError, match="not an empty folder"):
        restore(file, tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine"]


def zstd() -> Any:
    from kg.store.backup import _zstd

    return _zstd()


def repack(file: Path, change: Any) -> None:
    """Write an archive again, each member through a function of name and content; None leaves it out."""
    with tarfile.open(fileobj=io.BytesIO(zstd().decompress(file.read_bytes()))) as old:
        members = [(info, old.extractfile(info).read()) for info in old]  # type: ignore[union-attr]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as new:
        for info, data in members:
            name, content = change(info.name, data) or ("", b"")
            if name:
                info.name, info.size = name, len(content)
                new.addfile(info, io.BytesIO(content))
    file.write_bytes(zstd().compress(packed.getvalue()))


def flip(name: str, data: bytes) -> tuple[str, bytes]:
    return name, bytes([data[0] ^ 1]) + data[1:] if name.endswith(".sst") else data


def listed_later(name: str, data: bytes) -> tuple[str, bytes]:
    return name, json.dumps({**json.loads(data), "format": 9}).encode() if name == "backup.json" else data


WRONG: dict[str, Any] = {
    "cut short": lambda file: file.write_bytes(file.read_bytes()[:-40]),
    "cut to nothing": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(os.urandom(5000)),
    "garbage in the middle": lambda file: file.write_bytes(
        file.read_bytes()[:3000] + os.urandom(100) + file.read_bytes()[3100:]
    ),
    "another archive": lambda file: file.write_bytes(zstd().compress(b"no tar at all" * 100)),
    "one bit": lambda file: repack(file, flip),
    "a file left out": lambda file: repack(file, lambda n, d: None if n == "facts.json" else (n, d)),
    "no list": lambda file: repack(file, lambda n, d: None if n == "backup.json" else (n, d)),
    "a path out of it": lambda file: repack(file, lambda n, d: ("../../evil", d) if n == "facts.json" else (n, d)),
    "an absolute path": lambda file: repack(file, lambda n, d: ("/tmp/evil", d) if n == "facts.json" else (n, d)),  # noqa: S108
    "of a later kgq": lambda file: repack(file, listed_later),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_backup_that_is_not_whole_makes_no_store(run: Run, file: Path, tmp_path: Path, wrong: str) -> None:
    WRONG[wrong](file)
    done = run("restore", file, tmp_path / "new")
    assert (done.code, done.out) == (4, "")
    assert done.err.count("\n") == 1
    assert str(file) in done.err
    assert not (tmp_path / "new").exists()
    assert list(tmp_path.glob(".new*")) == []


def test_what_a_killed_restore_left_is_swept_up(file: Path, tmp_path: Path) -> None:
    left = tmp_path / ".new.restoring-0123"
    left.mkdir()
    restore(file, tmp_path / "new")
    assert not left.exists()


def test_the_commands_say_what_they_wrote(run: Run, file: Path, tmp_path: Path, project: Path) -> None:
    done = run("-g", project / "store", "backup", tmp_path / "c.tar.zst", "--format", "json")
    assert json.loads(done.out)["quads"] == 7
    done = run("restore", tmp_path / "c.tar.zst", tmp_path / "new")
    assert "every hash as packed, 7 statements" in done.out
    assert run("restore", tmp_path / "missing", tmp_path / "other").err.endswith("no such file. Check the path.\n")
    done = run("-g", project / "store", "backup", tmp_path / "no/folder.tar.zst")
    assert "Create it first" in done.err
