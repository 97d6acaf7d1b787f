"""Tables through a mapping: each row of each table becomes quads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg.documents.spelling import did_you_mean
from kg.documents.values import typed_literal
from kg.errors import SourceError
from kg.reading.mapping import Mapping, ObjectRule, Rule, TableSource
from kg.reading.quads import QuadStream
from kg.reading.tables import Cells, open_table
from kg.reading.templates import Template
from kg.reading.unpacking import Progress, packing_of
from kg.syntaxes import TABLE_SUFFIXES, suffixes_of

if TYPE_CHECKING:
    from kg.reading.sources import SourceFile

__all__ = ["mapped_quads"]

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def mapped_quads(source: SourceFile, progress: Progress | None = None) -> QuadStream:
    """Return the quads of a table with its mapping, or of a mapping with the tables that it names.

    Raises:
        SourceError: no rule is for the table, a column is missing, or a cell is not what the mapping says.
    """
    mapping = source.mapping
    if mapping is None:
        raise SourceError("a table needs a mapping. Give one with --mapping.", path=source.name)
    if source.form == "mapping":
        quads = _of_mapping(source, mapping, progress)
    else:
        rules = [rule for rule in mapping.rules if _is_for(rule, source)]
        if not rules:
            message = f"no mapping of {mapping.name} is for this table. Name it under sources:, or leave them out."
            raise SourceError(message, path=source.name)
        named = next((s for rule in rules for s in rule.sources if _same(s.access, source)), TableSource(""))
        quads = _of_table(source, rules, mapping, named, progress)
    return QuadStream(source.name, quads, lambda: dict(mapping.prefixes))


def _is_for(rule: Rule, source: SourceFile) -> bool:
    return not rule.sources or any(_same(each.access, source) for each in rule.sources)


def _same(access: str, source: SourceFile) -> bool:
    return source.path is None or Path(access).name == source.path.name


def _of_mapping(source: SourceFile, mapping: Mapping, progress: Progress | None) -> Iterator[Quad]:
    tables: dict[TableSource, list[Rule]] = {}
    for rule in mapping.rules:
        if not rule.sources:
            message = f"the mapping '{rule.name}' names no table. Write sources:, or give the table and --mapping."
            raise SourceError(message, path=mapping.name, line=rule.line)
        for named in rule.sources:
            tables.setdefault(named, []).append(rule)
    for named, rules in tables.items():
        yield from _of_table(_table(source, mapping, named), rules, mapping, named, progress)


def _table(source: SourceFile, mapping: Mapping, named: TableSource) -> SourceFile:
    """Return the table that a mapping names, beside it."""
    path = mapping.folder / named.access
    if not path.is_file():
        message = f"the table '{named.access}' does not exist. Check the path."
        raise SourceError(message, path=mapping.name, line=named.line)
    form = named.form or TABLE_SUFFIXES.get(suffixes_of(path.name)[0], "")
    if not form:
        message = (
            f"what the table '{named.access}' is cannot be told by its name. Write it as [{named.access}~csv]."
        )
        raise SourceError(message, path=mapping.name, line=named.line)
    with path.open("rb") as stream:
        packing = packing_of(stream.read(4))
    return replace(source, name=str(path), form=form, path=path, packing=packing)


def _of_table(
    source: SourceFile, rules: Sequence[Rule], mapping: Mapping, named: TableSource, progress: Progress | None
) -> Iterator[Quad]:
    with open_table(source, sheet=named.sheet, delimiter=named.delimiter, progress=progress) as table:
        for rule in rules:
            for column, line in rule.columns():
                if column not in table.columns:
                    known = f"use {', '.join(table.columns[:20])}"
                    remedy = did_you_mean(column, table.columns, known)
                    message = f"unknown column '{column}' in {source.name}; {remedy}."
                    raise SourceError(message, path=mapping.name, line=line)
        for number, cells in table.rows:
            maker = _Row(source.name, number, cells, mapping.base)
            for rule in rules:
                yield from maker.quads(rule)


class _Row:
    """Makes the quads of one row."""

    def __init__(self, name: str, number: int, cells: Cells, base: str) -> None:
        self._name = name
        self._number = number
        self._cells = cells
        self._texts = {column: text for column, (text, _) in cells.items()}
        self._base = base

    def quads(self, rule: Rule) -> Iterator[Quad]:
        graphs: list[NamedNode | DefaultGraph | None] = [self._iri(graph) for graph in rule.graphs]
        graphs = graphs or [DefaultGraph()]
        pairs = [(self._iri(predicate), self._object(value)) for predicate, value in rule.pairs]
        for subject in [self._iri(template) for template in rule.subjects]:
            for graph in graphs:
                for predicate, value in pairs:
                    if subject is not None and graph is not None and predicate is not None and value is not None:
                        yield Quad(subject, predicate, value, graph)

    def _wrong(self, message: str, remedy: str) -> SourceError:
        return SourceError(f"{message}. {remedy}.", path=self._name, line=self._number)

    def _iri(self, template: Template) -> NamedNode | None:
        text = template.fill(self._texts, encode=True)
        if text is None:
            return None
        if not _IRI.match(text) and self._base:
            text = self._base + text
        if not _IRI.match(text):
            raise self._wrong(f"'{text[:80]}' is no IRI", "Give it a prefix in the mapping, or correct the cell")
        return NamedNode(text)

    def _object(self, rule: ObjectRule) -> NamedNode | Literal | None:
        if rule.iri:
            return self._iri(rule.template)
        text = rule.template.fill(self._texts, encode=False)
        if text is None:
            return None
        if rule.language is not None:
            tag = rule.language.fill(self._texts, encode=False)
            if tag is None:
                return Literal(text)
            if not _LANGUAGE.match(tag):
                raise self._wrong(f"'{tag[:40]}' is no language tag", "Write one like en or de-AT")
            return Literal(text, language=tag.lower())
        column = rule.template.single
        datatype = rule.datatype or (self._cells[column][1] if column is not None else "")
        if not datatype or datatype == _XSD_STRING:
            return Literal(text)
        literal, reason = typed_literal(text, datatype)
        if literal is None:
            place = f" in the column '{column}'" if column is not None else ""
            raise self._wrong(f"'{text[:80]}'{place} {reason}", "Correct the cell, or the datatype in the mapping")
        return literal
