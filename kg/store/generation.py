"""A generation: one state of a store, as the engine's files and what kgq knows about them.

A generation is written by one process until it is sealed, and never again. Files of the engine that do not change
are shared with the generation it was made from (hard links), so a generation takes only what is new in it.

```
GENERATION/data/        the engine's files
GENERATION/facts.json   counts, prefixes, sources
GENERATION/shared/      statements of sources that share a graph, by source
GENERATION/files.json   the seal: every file with its size, small ones with their hash
GENERATION/users        held (flock, shared) by whoever reads
```
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kg.errors import SourceError
from kg.store.damage import remedy
from kg.store.disk import read_json, sync, write_whole
from kg.store.lock import share, try_exclusive

__all__ = ["Facts", "Generation", "SourceRecord"]

_HASHED = 1 << 20
_LEFT = frozenset({"LOCK", "LOG"})


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source that was loaded.

    Attributes:
        name: what it is called in the store.
        path: where it lay when it was loaded.
        graphs: the IRIs of the graphs its statements are in.
        triples: how many it brought.
        size: of the file, in bytes.
        at: when it was loaded, ISO 8601 in UTC.
    """

    name: str
    path: str
    graphs: tuple[str, ...]
    triples: int
    size: int
    at: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What kgq knows about a generation without asking the engine.

    Attributes:
        quads: how many there are; None where it was written to in place and nobody counted.
        prefixes: short names from the sources.
        sources: what was loaded, by name.
    """

    quads: int | None = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    sources: dict[str, SourceRecord] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Return the facts as they lie on disk."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Facts:
        """Read what :meth:`to_json` wrote."""
        sources = {
            name: SourceRecord(**{**one, "graphs": tuple(one["graphs"])}) for name, one in data["sources"].items()
        }
        return cls(data["quads"], dict(data["prefixes"]), sources)

    def with_source(self, record: SourceRecord, prefixes: dict[str, str]) -> Facts:
        """Return the facts with one more source."""
        return replace(self, sources={**self.sources, record.name: record}, prefixes={**self.prefixes, **prefixes})


class Generation:
    """A generation by its place.

    Attributes:
        path: its folder.
        data: the engine's files.
        shared: what sources that share a graph say, one file each.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"
        self.shared = path / "shared"
        self._users = path / "users"
        self._seal = path / "files.json"

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.name

    def create(self) -> None:
        """Make an empty one."""
        self.path.mkdir(parents=True)
        self._users.touch()
        self.shared.mkdir()

    def create_from(self, other: Generation) -> None:
        """Make one that begins as another, which nobody writes to any more, and shares its files."""
        import shutil

        self.create()
        self.data.mkdir()
        for file in other.data.iterdir():
            if file.suffix == ".sst":
                _link(file, self.data / file.name)
            elif file.name not in _LEFT and not file.name.startswith("LOG."):
                shutil.copyfile(file, self.data / file.name)
        self.take_along(other)

    def take_along(self, other: Generation) -> None:
        """Take what kgq knows about another generation."""
        import shutil

        shutil.copyfile(other.path / "facts.json", self.path / "facts.json")
        for file in other.shared.iterdir():
            _link(file, self.shared / file.name)

    def facts(self) -> Facts:
        """Return what is known about it.

        Raises:
            SourceError: the file is damaged.
        """
        data = read_json(self.path / "facts.json")
        try:
            return Facts.from_data(data)
        except (KeyError, TypeError, AttributeError) as error:
            raise SourceError(
                "the store is damaged: facts.json is not what kgq wrote. Restore a backup.", path=str(self.path)
            ) from error

    def write_facts(self, facts: Facts) -> None:
        """Write what is known about it."""
        write_whole(self.path / "facts.json", facts.to_json())

    def seal(self, *, copied: bool = False) -> None:
        """Finish it: nobody writes to it any more, and all of it is on the disk.

        Args:
            copied: whether the engine made its files as a copy, which it has then seen to the disk itself.
        """
        for file in self.data.iterdir():
            if file.name in _LEFT or file.name.startswith("LOG."):
                file.unlink()
        for file in self.files():
            if file.suffix != ".sst" and not copied:  # the engine has seen to those
                sync(file)
        facts = {str(file.relative_to(self.path)): _described(file) for file in self.files()}
        write_whole(self._seal, json.dumps(facts, indent=1).encode())
        for folder in (
            (self.path, self.path.parent) if copied else (self.data, self.shared, self.path, self.path.parent)
        ):
            sync(folder)

    def files(self) -> list[Path]:
        """Return the files that make it up, the seal excepted."""
        return [self.path / "facts.json", *sorted(self.data.iterdir()), *sorted(self.shared.iterdir())]

    def check(self) -> None:
        """See whether every file is there and as long as it was.

        The engine takes a list of its files that was cut short for a shorter list, and would open an empty store.

        Raises:
            SourceError: one is missing or was changed; says which.
        """
        store = self.path.parents[1]
        for name, described in read_json(self._seal).items():
            try:
                same = _described(self.path / name) == described
            except OSError:
                same = False
            if not same:
                missing = "was changed" if (self.path / name).exists() else "is missing"
                what = f"{self.name}/{name} {missing}"
                raise SourceError(f"the store is damaged: {what}. {remedy(store, what)}", path=str(store))

    @property
    def is_sealed(self) -> bool:
        """Whether it was finished."""
        return self._seal.is_file()

    def hold(self) -> int | None:
        """Keep it from being removed until the descriptor returned is closed; None if it is gone."""
        return share(self._users)

    def discard(self) -> bool:
        """Remove it, unless somebody reads it."""
        import shutil

        held = try_exclusive(self._users)
        if held is None and self._users.exists():
            return False
        grave = self.path.with_name(f".gone-{self.name}")
        try:
            self.path.rename(grave)
            shutil.rmtree(grave, ignore_errors=True)
        except FileNotFoundError:
            pass
        finally:
            if held is not None:
                os.close(held)
        return True

    def own_bytes(self) -> int:
        """Return how many bytes would be free if it were removed."""
        stats = (file.stat() for file in self.path.rglob("*") if file.is_file())
        return sum(stat.st_size for stat in stats if stat.st_nlink == 1)


def _link(file: Path, place: Path) -> None:
    import shutil

    try:
        os.link(file, place)
    except OSError:  # a file system without hard links, or too many of them
        shutil.copyfile(file, place)


def _described(file: Path) -> list[Any]:
    size = file.stat().st_size
    if file.suffix == ".sst" or size > _HASHED:
        return [size]
    return [size, hashlib.sha256(file.read_bytes()).hexdigest()]
