"""A mapping: how the rows of a table become triples, in YAML, in the words of YARRRML where they fit.

YARRRML (rml.io/yarrrml/spec) is what people write RML mappings in. Here are its prefixes, sources, subjects,
predicates and objects with templates, datatypes, languages and graphs; functions, conditions and joins are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.documents.spelling import did_you_mean
from kg.documents.text import read_utf8
from kg.documents.yaml_source import Located, read_yaml
from kg.errors import SourceError
from kg.reading.templates import Template, parse_template
from kg.results import Problem
from kg.terms import PREFIXES, expand

__all__ = ["Mapping", "ObjectRule", "Rule", "TableSource", "is_mapping", "parse_mapping", "read_mapping"]

_TOP = {"prefixes": "prefixes", "base": "base", "sources": "sources",
        "mappings": "mappings", "mapping": "mappings", "m": "mappings"}  # fmt: skip
_RULE = {"sources": "sources", "source": "sources",
         "subjects": "subjects", "subject": "subjects", "s": "subjects",
         "predicateobjects": "po", "po": "po",
         "graphs": "graphs", "graph": "graphs", "g": "graphs"}  # fmt: skip
_PO = {"predicates": "predicates", "predicate": "predicates", "p": "predicates",
       "objects": "objects", "object": "objects", "o": "objects"}  # fmt: skip
_OBJECT = {"value": "value", "v": "value", "type": "type", "datatype": "datatype", "language": "language"}
_SOURCE = {"access": "access", "referenceformulation": "form", "form": "form", "sheet": "sheet",
           "delimiter": "delimiter"}  # fmt: skip
_ABSENT = frozenset({"function", "functions", "fn", "f", "condition", "conditions", "parameters", "pms", "targets",
                     "target", "external", "iterator", "join", "authors"})  # fmt: skip
_TABLES = {"csv": "csv", "tsv": "tsv", "xlsx": "xlsx", "excel": "xlsx", "parquet": "parquet"}
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_RDF_TYPE = PREFIXES["rdf"] + "type"


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table that a mapping names: the file beside the mapping, its form, a sheet, a delimiter."""

    access: str
    form: str = ""
    sheet: str = ""
    delimiter: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class ObjectRule:
    """How a value comes about: a template, and what kind of term it makes.

    Attributes:
        iri: whether an IRI; else a literal.
        datatype: IRI of the literal's datatype; '' for that of the cell.
    """

    template: Template
    iri: bool = False
    datatype: str = ""
    language: Template | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What one row says: subjects, graphs, and pairs of predicate and object."""

    name: str
    line: int
    subjects: tuple[Template, ...]
    pairs: tuple[tuple[Template, ObjectRule], ...]
    graphs: tuple[Template, ...] = ()
    sources: tuple[TableSource, ...] = ()

    def columns(self) -> Iterator[tuple[str, int]]:
        """Yield each column that the rule uses, with the line that uses it."""
        every = [*self.subjects, *self.graphs]
        for predicate, value in self.pairs:
            every += [predicate, value.template, *([value.language] if value.language else [])]
        for template in every:
            for column in template.columns:
                yield column, template.line


@dataclass(frozen=True)
class Mapping:
    """A mapping, read.

    Attributes:
        name: the file as the user named it.
        folder: where the tables lie that it names.
        base: what relative IRIs are resolved against, '' for none.
    """

    name: str
    folder: Path
    rules: tuple[Rule, ...]
    prefixes: dict[str, str] = field(default_factory=dict, hash=False)
    base: str = ""


def read_mapping(path: Path) -> Mapping:
    """Read a mapping.

    Raises:
        SourceError: it cannot be read, or something in it is wrong; with the line.
    """
    text, problems = read_utf8(path)
    if text is None:
        raise _first(problems)
    return parse_mapping(text, str(path), path.parent)


def parse_mapping(text: str, name: str, folder: Path = Path()) -> Mapping:
    """Return the mapping that a text holds; raises what :func:`read_mapping` raises.

    >>> text = "mappings: {p: {s: 'http://e/$(id)', po: [[a, 'http://e/Person']]}}"
    >>> parse_mapping(text, "m.yaml").rules[0].name
    'p'
    """
    root, problems = read_yaml(text, name)
    if problems or root is None:
        raise _first(problems)
    return _Reader(name, folder).mapping(root)


def _first(problems: Sequence[Problem]) -> SourceError:
    first = problems[0]
    remedy = first.remedy[:1].upper() + first.remedy[1:]
    return SourceError(f"{first.message}. {remedy}.", path=first.file, line=first.line)


def is_mapping(path: Path) -> bool:
    """Tell whether a YAML file is meant to be a mapping: by its top fields, whatever else is wrong with it."""
    if path.suffix.lower() not in (".yaml", ".yml"):
        return False
    text, _ = read_utf8(path)
    return text is not None and re.search(r"(?m)^[{ ]*(mappings?|m)\s*:", text) is not None


class _Reader:
    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._prefixes: dict[str, str] = dict(PREFIXES)
        self._sources: dict[str, TableSource] = {}

    def _wrong(self, at: Located, message: str, remedy: str) -> SourceError:
        return SourceError(f"{message}. {remedy}.", path=self._name, line=at.line)

    def mapping(self, root: Located) -> Mapping:
        fields = self._fields(root, _TOP, "a mapping")
        own = {key: self._text(value) for key, value in self._entries(fields.get("prefixes"))}
        for key, value in own.items():
            if not re.match(r"[A-Za-z][\w+.-]*:\S*\Z", value):
                raise self._wrong(
                    fields["prefixes"], f"the prefix '{key}' stands for '{_cut(value)}'", "Write an IRI"
                )
        self._prefixes.update(own)
        for key, described in self._entries(fields.get("sources")):
            self._sources[key] = self._source(described)
        if "mappings" not in fields:
            remedy = "Write mappings: with a name, s: and po: below (docs/reference/formats.md)"
            raise self._wrong(root, "there is no 'mappings'", remedy)
        rules = tuple(self._rule(key, value) for key, value in self._entries(fields["mappings"]))
        if not rules:
            raise self._wrong(fields["mappings"], "there is no mapping", "Write one below mappings:")
        base = self._text(fields["base"]) if "base" in fields else ""
        return Mapping(self._name, self._folder, rules, own, base)

    def _fields(self, at: Located, known: dict[str, str], what: str) -> dict[str, Located]:
        if not isinstance(at.value, dict):
            raise self._wrong(at, f"{what} of 'field: value' lines is expected here", "Write them")
        found: dict[str, Located] = {}
        for key, value in at.value.items():
            if key.lower() in _ABSENT:
                raise self._wrong(value, f"'{key}' is of YARRRML and not of kgq", "Prepare the table instead")
            if key.lower() not in known:
                remedy = did_you_mean(key, known, f"use {', '.join(dict.fromkeys(known.values()))}")
                raise self._wrong(value, f"unknown field '{_cut(key)}' in {what}", remedy[:1].upper() + remedy[1:])
            found[known[key.lower()]] = value
        return found

    def _entries(self, at: Located | None) -> Iterator[tuple[str, Located]]:
        if at is None or at.value == "":
            return
        if not isinstance(at.value, dict):
            raise self._wrong(at, "'name: …' lines are expected here", "Write them")
        yield from at.value.items()

    def _text(self, at: Located) -> str:
        if not isinstance(at.value, str) or not at.value:
            raise self._wrong(at, "a text is expected here", "Write one")
        return at.value

    def _items(self, at: Located) -> Sequence[Located]:
        return at.value if isinstance(at.value, list) else [at]

    def _source(self, at: Located) -> TableSource:
        if isinstance(at.value, dict):
            fields = {key: self._text(value) for key, value in self._fields(at, _SOURCE, "a source").items()}
            access, form = fields.get("access", ""), fields.get("form", "")
        else:
            written = self._text(next(iter(self._items(at)), at))
            access, tilde, form = written.rpartition("~")
            access = access if tilde else written
            form = form if tilde else ""
            fields = {}
        if not access:
            raise self._wrong(at, "the source names no table", "Write access: FILE")
        if "://" in access:
            raise self._wrong(at, f"the source '{_cut(access)}' is a URL, and kgq fetches none", "Download it")
        if form and form.lower() not in _TABLES:
            raise self._wrong(at, f"no form of table '{_cut(form)}'", f"Use {', '.join(_TABLES)}")
        delimiter = fields.get("delimiter", "").replace("\\t", "\t")
        if len(delimiter) > 1:
            raise self._wrong(at, f"the delimiter '{_cut(delimiter)}' is longer than a character", "Write one")
        return TableSource(access, _TABLES.get(form.lower(), ""), fields.get("sheet", ""), delimiter, at.line)

    def _rule(self, name: str, at: Located) -> Rule:
        fields = self._fields(at, _RULE, f"the mapping '{_cut(name)}'")
        if "subjects" not in fields:
            raise self._wrong(at, f"the mapping '{_cut(name)}' has no subject", "Write s: 'ex:thing/$(id)'")
        subjects = tuple(self._iri(item) for item in self._items(fields["subjects"]))
        graphs = tuple(self._iri(item) for item in self._items(fields["graphs"])) if "graphs" in fields else ()
        pairs = (
            [pair for item in self._items(fields["po"]) for pair in self._pairs(item)] if "po" in fields else []
        )
        if not pairs:
            raise self._wrong(at, f"the mapping '{_cut(name)}' says nothing", "Write po: with [predicate, object]")
        sources = (
            tuple(self._named(item) for item in self._items(fields["sources"])) if "sources" in fields else ()
        )
        return Rule(name, at.line, subjects, tuple(pairs), graphs, sources)

    def _named(self, at: Located) -> TableSource:
        if isinstance(at.value, str) and at.value in self._sources:
            return self._sources[at.value]
        if isinstance(at.value, str) and "~" not in at.value and "." not in at.value:
            remedy = did_you_mean(at.value, self._sources, "declare it under sources:")
            raise self._wrong(at, f"unknown source '{_cut(at.value)}'", remedy[:1].upper() + remedy[1:])
        return self._source(at)

    def _pairs(self, at: Located) -> Iterator[tuple[Template, ObjectRule]]:
        if isinstance(at.value, dict):
            fields = self._fields(at, _PO, "a pair")
            if set(fields) != {"predicates", "objects"}:
                raise self._wrong(at, "a pair needs predicates and objects", "Write p: and o:")
            predicates, objects = fields["predicates"], fields["objects"]
            shared: list[Located] = []
        elif isinstance(at.value, list) and len(at.value) in (2, 3):
            predicates, objects, *shared = at.value
        else:
            raise self._wrong(at, "[predicate, object] is expected here", "Write it")
        for predicate in self._items(predicates):
            made = self._iri(predicate)
            typed = made.constant == _RDF_TYPE
            for item in self._items(objects):
                yield made, self._object(item, shared[0] if shared else None, typed)

    def _object(self, at: Located, kind: Located | None, typed: bool) -> ObjectRule:
        """Return the rule of an object: text, text with a datatype or language, or fields."""
        datatype, language, iri = "", "", typed
        if isinstance(at.value, dict):
            fields = self._fields(at, _OBJECT, "an object")
            if "value" not in fields:
                raise self._wrong(at, "the object has no value", "Write value: $(column)")
            told = {key: self._text(value) for key, value in fields.items()}
            value, at = told["value"], fields["value"]
            datatype, language = told.get("datatype", ""), told.get("language", "")
            iri = iri or told.get("type", "").lower() == "iri"
        else:
            value = self._text(at)
            if kind is not None:
                word = self._text(kind)
                language = word.removesuffix("~lang") if word.endswith("~lang") else ""
                datatype = "" if language else word
        if value.endswith("~iri"):
            value, iri = value.removesuffix("~iri"), True
        if iri:
            return ObjectRule(self._iri(Located(value, at.line)), iri=True)
        tag = self._language(language, at) if language else None
        return ObjectRule(self._template(value, at), False, self._datatype(datatype, at), tag)

    def _language(self, written: str, at: Located) -> Template:
        tag = self._template(written, at)
        if tag.constant is not None and not _LANGUAGE.match(tag.constant):
            raise self._wrong(at, f"'{_cut(written)}' is no language tag", "Write one like en or de-AT")
        return tag

    def _datatype(self, name: str, at: Located) -> str:
        if not name:
            return ""
        iri = expand(name, self._prefixes)
        if iri is None or not re.match(r"[A-Za-z][\w+.-]*:[^\s<>\"{}|\\^`]+\Z", iri):
            raise self._wrong(at, f"unknown datatype '{_cut(name)}'", "Write one like xsd:integer")
        return iri

    def _template(self, written: str, at: Located) -> Template:
        try:
            return parse_template(written, at.line)
        except ValueError as error:
            raise self._wrong(at, f"the template '{_cut(written)}' {error}", "Write $(column)") from error

    def _iri(self, at: Located) -> Template:
        """Return a template whose short name is expanded; ``a`` is rdf:type."""
        written = self._text(at)
        if written == "a":
            return Template((_RDF_TYPE,), at.line)
        written = written.removesuffix("~iri")
        template = self._template(written, at)
        head = template.parts[0] if template.parts and isinstance(template.parts[0], str) else ""
        prefix, colon, rest = head.partition(":")
        if colon and prefix in self._prefixes and not rest.startswith("//"):
            return Template((self._prefixes[prefix] + rest, *template.parts[1:]), at.line)
        if head.startswith("<") and template.constant is not None and head.endswith(">"):
            return Template((head[1:-1],), at.line)
        if colon and re.match(r"(https?|urn|file|mailto|tel|tag|doi|ark|data)\Z", prefix):
            return template
        if colon:
            remedy = did_you_mean(prefix, self._prefixes, "declare it under prefixes:")
            raise self._wrong(at, f"unknown prefix '{_cut(prefix)}'", remedy[:1].upper() + remedy[1:])
        if template.constant is not None:
            raise self._wrong(at, f"'{_cut(written)}' is no IRI", "Write a name with a prefix, or an IRI")
        return template


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:59] + "…"
