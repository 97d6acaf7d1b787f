"""A transaction: every change it makes becomes visible at once, or none does.

It works on a generation of its own, made from the present one by hard links; nobody sees it until the pointer of
the store is replaced. So bulk loading, which the engine does outside of its own transactions, is as atomic as
everything else.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pyoxigraph import DefaultGraph, Quad, Store

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.errors import PolicyError, QueryError, SourceError
from kg.reading.sources import SourceFile, find_sources
from kg.results import Rows
from kg.sparql_text import guard
from kg.store.disk import disk_errors
from kg.store.folder import State, StoreFolder
from kg.store.generation import Facts, SourceRecord
from kg.store.journal import Entry
from kg.store.loading import Filler, Progress, Report, prefixes_of
from kg.store.recovery import now
from kg.store.sources import SharedGraphs, find_source, node_of, source_name

if TYPE_CHECKING:
    from kg.building.build import Built

__all__ = ["Transaction"]

_SLOW_DELETE = 3
"""Taking statements out of the engine costs so many times as much as writing the others anew."""

_SMALL = 20_000


class Transaction:
    """Changes to a store, made by :meth:`kg.store.DiskStore.transaction`; not for use outside its block."""

    def __init__(
        self, folder: StoreFolder, command: str, report: Report | None = None, *, optimize: bool = True
    ) -> None:
        self._folder = folder
        self._command = command
        self._report = report
        self._optimize = optimize
        self._begun = time.monotonic()
        self._before = folder.state()
        self._generation = folder.new_generation()
        self._facts = Facts()
        self._actions: list[str] = []
        self._details: list[str] = []
        self._added = self._removed = 0
        self._counted = True
        self._bulk = self._committed = False
        if self._before.generation:
            base = folder.generation(self._before.generation)
            base.check()
            self._facts = base.facts()
            self._generation.create_from(base)
        else:
            self._generation.create()
        self._engine = Store(str(self._generation.data))
        self._shared = SharedGraphs(self._generation)

    # --- what can be changed -------------------------------------------------------------------------------

    def select(self, sparql: str) -> Rows:
        """Return the solutions of a SELECT over the union of all graphs, as this transaction has made them."""
        return self._dataset().select(sparql)

    def ask(self, sparql: str) -> bool:
        """Return the result of an ASK over the union of all graphs, as this transaction has made them."""
        return self._dataset().ask(sparql)

    def _dataset(self) -> Dataset:  # never given away: the engine is closed when the block ends
        return Dataset(OxigraphEngine(self._engine), prefixes=self._facts.prefixes, union=True, has_claims=False)

    @property
    def sources(self) -> dict[str, SourceRecord]:
        """What was loaded, by name."""
        return dict(self._facts.sources)

    def add(self, quads: Iterable[Quad]) -> int:
        """Add statements; return how many were not there.

        Args:
            quads: with their graphs; the default graph is that of statements put in by hand.
        """
        with self._errors():
            new = [quad for quad in dict.fromkeys(quads) if quad not in self._engine]
            many = len(new) > _SMALL
            (self._engine.bulk_extend if many else self._engine.extend)(new)
            self._bulk = self._bulk or many
        self._note("change", f"added {len(new)} statements", added=len(new))
        return len(new)

    def remove(self, quads: Iterable[Quad]) -> int:
        """Take statements out; return how many were there."""
        with self._errors():
            gone = [quad for quad in dict.fromkeys(quads) if quad in self._engine]
            for quad in gone:
                self._engine.remove(quad)
        self._note("change", f"removed {len(gone)} statements", removed=len(gone))
        return len(gone)

    def update(self, sparql: str) -> None:
        """Run a SPARQL update.

        Raises:
            QueryError: it is not valid SPARQL.
            PolicyError: it would load from elsewhere (LOAD, SERVICE).
        """
        seen = guard(sparql, service=True, update=True, length=0)
        if seen.mentions("SERVICE") or seen.mentions("LOAD"):
            raise PolicyError("LOAD and SERVICE would open a connection, which an update may not do. Use load().")
        try:
            with self._errors():
                self._engine.update(sparql, prefixes=self._dataset().prefixes)
        except SyntaxError as error:
            from kg.engines.syntax_errors import explain_syntax

            why = explain_syntax(sparql, str(error), self._dataset().prefixes, update=True)
            raise QueryError(f"not valid SPARQL: {why}") from error
        self._counted = False
        self._note("change", " ".join(sparql.split())[:200])

    def load(
        self, source: str | Path | SourceFile, *, name: str | None = None, default_graph: bool = False
    ) -> SourceRecord:
        """Load a source into graphs of its own, in place of what it said before.

        Args:
            source: an RDF file (packed too), a folder of claims, or what :func:`kg.reading.find_sources` returned,
                such as a table with its mapping.
            name: what the source is called; by default its path below the folder the store lies in, or the
                name of the file.
            default_graph: put triples into the default graph, which takes half the work and half the disk; for
                one source.

        Raises:
            SourceError: the source is missing or not valid, or its name is that of another.
        """
        found = source if isinstance(source, SourceFile) else _only(source)
        called = self._called(found, name)
        self._clear(called)
        with self._errors():
            graphs = self._filler().fill(found, called, default_graph=default_graph)
            prefixes = prefixes_of(found)
        return self._loaded(found, called, graphs, prefixes)

    def load_built(
        self, built: Built, source: str | Path | SourceFile, *, name: str | None = None
    ) -> SourceRecord:
        """Load what :func:`kg.building.build.build` made of a folder of claims.

        Raises:
            SourceError: it has errors, or its name is that of another source.
        """
        found = source if isinstance(source, SourceFile) else SourceFile(str(source), "claims", Path(source))
        if built.failed:
            raise SourceError("these claims have errors. See kgq check.", path=found.name)
        called = self._called(found, name)
        self._clear(called)
        with self._errors():
            graphs = self._filler().extend(called, built.dataset.engine.quads())
        return self._loaded(found, called, graphs, dict(built.sources.prefixes()))

    def remove_source(self, named: str) -> SourceRecord:
        """Take a source out: its statements, unless another source makes them too.

        Raises:
            SourceError: there is no such source.
        """
        record = find_source(self._facts, named, self._folder.path.parent)
        before = self._removed
        self._clear(record.name)
        self._note("remove", f"{record.name}: {self._removed - before} statements")
        return record

    # --- how ------------------------------------------------------------------------------------------------

    def _errors(self) -> AbstractContextManager[None]:
        return disk_errors(self._folder.path, "written to")

    def _note(self, action: str, detail: str, *, added: int = 0, removed: int = 0) -> None:
        self._actions.append(action)
        self._details.append(detail)
        self._added += added
        self._removed += removed

    def _called(self, source: SourceFile, name: str | None) -> str:
        if source.path is None and name is None:
            raise SourceError("standard input has no name. Give it one with --as.")
        called = name or source_name(cast("Path", source.path), self._folder.path.parent)
        known = self._facts.sources.get(called)
        if name is None and known is not None and known.path != _place_of(source):
            raise SourceError(
                f"'{called}' was loaded from {known.path}. Say --as {called} to replace it, or give another name.",
                path=source.name,
            )
        return called

    def _filler(self) -> Filler:
        self._bulk = True
        return Filler(self._engine, self._shared, self._facts, self._report)

    def _count(self) -> int:
        """Return how many statements there are, and remember it."""
        if self._facts.quads is None or not self._counted:
            self._facts = replace(self._facts, quads=len(self._engine))
            self._counted = True
        return self._facts.quads or 0

    def _loaded(self, source: SourceFile, called: str, graphs: set[str], prefixes: dict[str, str]) -> SourceRecord:
        before = self._facts.quads or 0
        with self._errors():
            self._facts = replace(self._facts, quads=len(self._engine))
        added = max(0, (self._facts.quads or 0) - before)
        graphs = {graph for graph in graphs if not graph.startswith("_:")}
        place, size = _place_of(source), source.size or 0
        record = SourceRecord(called, place, tuple(sorted(graphs)), added, size, now())
        self._facts = self._facts.with_source(record, prefixes)
        self._note("load", f"{called}: {added} statements", added=added)
        return record

    def _clear(self, called: str) -> None:
        """Take out what a source says; what others say in its graphs stays."""
        with self._errors():
            before = self._count()
            record = self._facts.sources.get(called)
            if record is None:
                return
            rest = self._shared.rest(self._facts, called, record.graphs)
            if self._report is not None:
                self._report(Progress("remove"))
            self._drop(set(record.graphs), record.triples, before)
            self._engine.bulk_extend(rest)
            self._shared.forget(called)
            sources = {name: one for name, one in self._facts.sources.items() if name != called}
            self._facts = replace(self._facts, sources=sources, quads=len(self._engine))
            self._removed += max(0, before - (self._facts.quads or 0))

    def _drop(self, graphs: set[str], size: int, total: int) -> None:
        """Remove graphs: one by one, or by writing the others anew where that is less work."""
        others = total - size
        if size <= _SMALL or others > _SLOW_DELETE * size:
            for graph in graphs:
                (self._engine.remove_graph if graph else self._engine.clear_graph)(node_of(graph))
            return
        old, engine, doomed = self._generation, self._engine, {node_of(graph) for graph in graphs}
        self._generation = self._folder.new_generation()
        self._generation.create()
        fresh = Store(str(self._generation.data))
        if others > 0:
            kept = [DefaultGraph(), *engine.named_graphs()]
            fresh.bulk_extend(
                quad
                for name in kept
                if name not in doomed
                for quad in engine.quads_for_pattern(None, None, None, name)
            )
        for file in old.shared.iterdir():
            file.rename(self._generation.shared / file.name)
        self._engine, self._shared = fresh, SharedGraphs(self._generation)
        del engine
        old.discard()

    # --- the end --------------------------------------------------------------------------------------------

    @property
    def changed(self) -> bool:
        """Whether anything was done."""
        return bool(self._actions)

    def commit(self, *, durable: bool = False) -> Entry:
        """Make it visible; called at the end of the block."""
        change = self._before.change + 1
        with self._errors():
            if not self._counted:
                before = self._facts.quads
                self._facts = replace(self._facts, quads=len(self._engine))
                net = (self._facts.quads or 0) - (before or 0)
                self._added += max(0, net)
                self._removed += max(0, -net)
            self._finish_engine()
            self._generation.write_facts(self._facts)
            self._generation.seal()
            entry = Entry(
                change,
                now(),
                self._actions[0] if len(set(self._actions)) == 1 else "change",
                self._command,
                tuple(self._details[:100]),
                self._added,
                self._removed,
                self._facts.quads,
                self._generation.name,
                round(time.monotonic() - self._begun, 3),
            )
            self._folder.journal.append(entry)
            self._folder.switch(State(self._generation.name, "", change), durable=durable)
        self._committed = True
        self._folder.collect()
        return entry

    def _finish_engine(self) -> None:
        if self._bulk and self._optimize:
            if self._report is not None:
                self._report(Progress("optimize"))
            self._engine.optimize()
        self._engine.flush()
        del self._engine

    def abandon(self) -> None:
        """Leave the store as it was."""
        if not self._committed:
            self.__dict__.pop("_engine", None)
            self._generation.discard()


def _only(source: str | Path) -> SourceFile:
    found = find_sources([source])
    if len(found) != 1:
        raise SourceError(f"holds {len(found)} files. Load them one by one.", path=str(source))
    return found[0]


def _place_of(source: SourceFile) -> str:
    return "" if source.path is None else str(source.path.resolve())
