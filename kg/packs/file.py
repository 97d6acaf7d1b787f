"""Reads a question pack: YAML with questions and what their answers must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from kg.documents.yaml_source import Located, read_yaml
from kg.results import Problem

__all__ = ["STATUSES", "Expectation", "Pack", "read_pack"]

STATUSES: Final = ("answered", "not_stated", "ambiguous", "not_understood")
_KINDS = ("stated", "inferred", "background")
_TRUTH = {"true": True, "yes": True, "false": False, "no": False, "null": None, "": None}
_TEXT = ("id", "question", "match", "note")
_LISTS = ("status", "answers", "evidence", "include", "uncovered", "terms", "tags")
_FIELDS = (*_TEXT, *_LISTS, "boolean", "ordered")
_DEFAULTS = ("title", "note", "include", "questions")
_MATCHES = ("exactly", "at_least")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A question and what must come of it.

    Attributes:
        id: as given, else the position in the pack, from 1.
        question: what is asked.
        status: any of these statuses is as expected.
        answers: the rows of the answer, each with the values it must show; None where any will do.
        exactly: whether there must be no further rows.
        ordered: whether the rows must come in this order.
        boolean: what a yes/no question must give.
        checks_boolean: whether :attr:`boolean` was given; it may be given as null.
        evidence: quotes that the answer must rest on.
        uncovered: words that a refusal must name.
        include: the kinds of claims an answer may rest on.
        line: where the question stands in its file.
    """

    id: str
    question: str
    status: tuple[str, ...] = ("answered",)
    answers: tuple[tuple[str, ...], ...] | None = None
    exactly: bool = True
    ordered: bool = False
    boolean: bool | None = None
    checks_boolean: bool = False
    evidence: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    include: tuple[str, ...] = ("stated", "inferred")
    line: int = 0


@dataclass(frozen=True, slots=True)
class Pack:
    """Questions of one file, in order, and what is wrong with the file.

    Attributes:
        name: the file, as the user named it.
        title: what the pack says it is.
        questions: those that could be read.
        problems: each with its line; a pack with an error in it should not be run.
    """

    name: str
    title: str = ""
    questions: tuple[Expectation, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_pack(path: str | Path) -> Pack:
    """Read a pack, or say what is wrong with it and where.

    >>> from kg.resources import ontology_folder
    >>> read_pack(ontology_folder() / "questions.yaml").questions[0].question
    'Who bears capex risk?'

    Args:
        path: a YAML file: a list of questions, or a mapping with ``questions`` and what holds for all of them.
            Its fields are those of ``docs/pack.schema.json``.
    """
    name = str(path)
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        return Pack(name, problems=(_unreadable(name, f"cannot be read: {error.strerror}", "check the path"),))
    except UnicodeDecodeError as error:
        remedy = "save it as UTF-8"
        return Pack(name, problems=(_unreadable(name, f"not UTF-8 at byte {error.start}", remedy),))
    root, problems = read_yaml(text, name)
    return Pack(name, problems=tuple(problems)) if root is None else _Reader(name, problems).read(root)


def _unreadable(name: str, message: str, remedy: str) -> Problem:
    return Problem("error", message, name, None, name, remedy, "unreadable")


class _Reader:
    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.include: tuple[str, ...] = _KINDS[:2]
        self.ids: dict[str, int] = {}

    def read(self, root: Located) -> Pack:
        """Take the whole file."""
        title = ""
        questions: Located | None = root
        if isinstance(root.value, dict):
            self._check_fields(root, _DEFAULTS, "setting")
            title, questions = root.text("title"), root.at("questions")
            if "include" in root.value:
                self.include = self._choices(root, "include", _KINDS)
        if questions is None or not isinstance(questions.value, list) or not questions.value:
            remedy = "write a list: '- question: …' with its 'answers' under it"
            self._error(root.line, "there are no questions in this file", "", remedy, "no-questions")
            return Pack(self.name, title, (), tuple(self.problems))
        found = tuple(q for n, item in enumerate(questions.value, 1) if (q := self._question(item, n)) is not None)
        return Pack(self.name, title, found, tuple(self.problems))

    def _question(self, item: Located, number: int) -> Expectation | None:
        if not isinstance(item.value, dict):
            remedy = "write '- question: …' with its fields under it"
            shown = item.value if isinstance(item.value, str) else ""
            self._error(item.line, f"entry {number} is not a question", shown, remedy, "not-a-question")
            return None
        self._check_fields(item, _FIELDS, "field")
        self._check_texts(item)
        question = item.text("question").strip()
        if not question:
            remedy = "add 'question: …'"
            self._error(item.line, f"entry {number} has no question", "", remedy, "missing-question")
        truth = self._truth(item)
        return Expectation(
            self._identifier(item, number),
            question,
            self._choices(item, "status", STATUSES) or STATUSES[:1],
            self._answers(item),
            self._one_of(item, "match", _MATCHES, "exactly") == "exactly",
            self._one_of(item, "ordered", ("true", "false"), "false") == "true",
            truth,
            "boolean" in item.value,
            tuple(self._list(item, "evidence")),
            tuple(self._list(item, "uncovered")),
            self._choices(item, "include", _KINDS) or self.include,
            item.line,
        )

    def _identifier(self, item: Located, number: int) -> str:
        name = item.text("id").strip() or str(number)
        if name in self.ids:
            remedy = "give each question an id of its own"
            self._error(item.line, f"id '{name}' is taken by line {self.ids[name]}", name, remedy, "duplicate-id")
        self.ids.setdefault(name, item.line)
        return name

    def _answers(self, item: Located) -> tuple[tuple[str, ...], ...] | None:
        found = item.at("answers")
        if found is None:
            return None
        rows: list[tuple[str, ...]] = []
        for row in found.value if isinstance(found.value, list) else [found]:
            cells = row.value if isinstance(row.value, list) else [row]
            texts = [cell.value for cell in cells if isinstance(cell.value, str)]
            if len(texts) < len(cells):
                remedy = "write values, or lists of values for answers with several columns"
                self._error(row.line, "an answer is neither a value nor a list of values", "", remedy, "answers")
            rows.append(tuple(texts))
        return tuple(row for row in rows if any(row))

    def _truth(self, item: Located) -> bool | None:
        text = item.text("boolean").lower()
        if "boolean" in (item.value if isinstance(item.value, dict) else {}) and text not in _TRUTH:
            self._error(
                self._line(item, "boolean"), f"boolean '{text}'", text, "write true, false or null", "boolean"
            )
        return _TRUTH.get(text)

    def _list(self, item: Located, field: str) -> Iterator[str]:
        found = item.at(field)
        if found is None:
            return
        for entry in found.value if isinstance(found.value, list) else [found]:
            if not isinstance(entry.value, str):
                self._error(entry.line, f"'{field}' holds more than texts", "", "write a list of texts", field)
            elif entry.value:
                yield entry.value

    def _choices(self, item: Located, field: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(self._list(item, field))
        for value in found:
            self._check_choice(self._line(item, field), field, value, allowed)
        return found

    def _one_of(self, item: Located, field: str, allowed: tuple[str, ...], default: str) -> str:
        value = item.text(field).lower() or default
        self._check_choice(self._line(item, field), field, value, allowed)
        return value

    def _check_choice(self, line: int, field: str, value: str, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            self._error(line, f"unknown {field} '{value}'", value, f"the choices are {', '.join(allowed)}", field)

    def _check_texts(self, item: Located) -> None:
        for field in _TEXT:
            found = item.at(field)
            if found is not None and not isinstance(found.value, str):
                self._error(found.line, f"'{field}' is not one text", "", "write one text", field)

    def _check_fields(self, item: Located, known: tuple[str, ...], what: str) -> None:
        assert isinstance(item.value, dict)  # noqa: S101 - the caller looked
        for field, found in item.value.items():
            if field not in known:
                near = get_close_matches(field, known, n=1)
                remedy = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}"
                self._error(found.line, f"unknown {what} '{field}'", field, remedy, "unknown-field")

    def _line(self, item: Located, field: str) -> int:
        found = item.at(field)
        return item.line if found is None else found.line

    def _error(self, line: int, message: str, value: str, remedy: str, rule: str) -> None:
        self.problems.append(Problem("error", message, self.name, line, value, remedy, rule))
