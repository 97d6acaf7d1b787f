"""A what-if scenario as a file: claims that are taken away, and claims that are taken for granted.

.. code-block:: yaml

    title: Debt dries up
    retract:
      - claim: F101
        why: no lender renews
      - {subject: lenders, predicate: funds, object: merchants}
    assert:
      - {subject: merchants, predicate: bears risk, object: capex risk, why: nobody else is left}
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from kg.documents.yaml_source import Located, read_yaml
from kg.errors import SourceError

__all__ = ["Change", "ScenarioFile", "read_scenario", "scenario_name", "scenario_text"]

_TOP = ("title", "note", "retract", "assert")
_RETRACT = ("claim", "subject", "predicate", "object", "value", "why")
_ASSERT = ("subject", "predicate", "object", "value", "polarity", "why")


@dataclass(frozen=True, slots=True)
class Change:
    """One claim to take away or to take for granted, in the words of whoever wrote the scenario.

    Attributes:
        claim: identifier or IRI of a claim; then the statement is not given.
        subject, predicate, object: names, as :meth:`KnowledgeGraph.find` takes them; of a retraction any may be
            missing, which leaves it open.
        value: a number, date or text in place of an object.
        polarity: ``positive`` or ``negative``.
        why: the reason, for the reader.
        line: where it stands in the file.
    """

    claim: str = ""
    subject: str = ""
    predicate: str = ""
    object: str = ""
    value: str = ""
    polarity: str = "positive"
    why: str = ""
    line: int = 0

    def __str__(self) -> str:
        said = self.claim or " ".join(filter(None, (self.subject, self.predicate, self.object or self.value)))
        return f"not: {said}" if self.polarity == "negative" else said


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario: its name (that of its file), what it says of itself, and its changes in order."""

    name: str
    title: str = ""
    note: str = ""
    retractions: tuple[Change, ...] = ()
    assertions: tuple[Change, ...] = ()
    path: str = ""

    def adding(self, *, retract: Sequence[Change] = (), assert_: Sequence[Change] = ()) -> ScenarioFile:
        """Return the scenario with further changes; one that it holds already is not added again."""
        old = {_content(change) for change in (*self.retractions, *self.assertions)}
        return replace(
            self,
            retractions=self.retractions + tuple(c for c in retract if _content(c) not in old),
            assertions=self.assertions + tuple(c for c in assert_ if _content(c) not in old),
        )


def scenario_name(text: str) -> str:
    """Return a name as a file can have it.

    >>> scenario_name("Debt dries up!")
    'debt-dries-up'

    Raises:
        ValueError: nothing is left of it.
    """
    name = re.sub(r"[^\w]+", "-", text.casefold()).strip("-_")
    if not name:
        raise ValueError(f"'{text}' is no name for a scenario. Use letters, digits and dashes.")
    return name


def read_scenario(path: Path) -> ScenarioFile:
    """Read a scenario.

    Raises:
        SourceError: the file cannot be read, or is not a scenario; with its line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}. Check the path.", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8 at byte {error.start}. Save it as UTF-8.", path=str(path)) from error
    root, problems = read_yaml(text, str(path))
    if problems or root is None:
        first = problems[0]
        raise SourceError(f"{first.message}. {first.remedy.capitalize()}.", path=str(path), line=first.line)
    _check_fields(path, root, _TOP, "a scenario")
    return ScenarioFile(
        name=path.stem,
        title=root.text("title"),
        note=root.text("note"),
        retractions=_changes(path, root, "retract", _RETRACT),
        assertions=_changes(path, root, "assert", _ASSERT),
        path=str(path),
    )


def scenario_text(scenario: ScenarioFile) -> str:
    """Return a scenario as the text of its file.

    >>> print(scenario_text(ScenarioFile("a", "A", retractions=(Change(claim="F1", why="a test"),))), end="")
    title: A
    retract:
    - claim: F1
      why: a test
    """
    import yaml

    data: dict[str, object] = {"title": scenario.title or scenario.name}
    if scenario.note:
        data["note"] = scenario.note
    if scenario.retractions:
        data["retract"] = [_data(change, _RETRACT) for change in scenario.retractions]
    if scenario.assertions:
        data["assert"] = [_data(change, _ASSERT) for change in scenario.assertions]
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110))


def _data(change: Change, fields: Sequence[str]) -> dict[str, str]:
    found = {name: getattr(change, name) for name in fields}
    return {k: v for k, v in found.items() if v and not (k == "polarity" and v == "positive")}


def _content(change: Change) -> Change:
    return replace(change, why="", line=0)


def _changes(path: Path, root: Located, field: str, known: Sequence[str]) -> tuple[Change, ...]:
    found = root.at(field)
    if found is None or found.value == "":
        return ()
    if not isinstance(found.value, list):
        raise SourceError(
            f"'{field}' is not a list. Write '- claim: F090' under it.", path=str(path), line=found.line
        )
    return tuple(_change(path, item, field, known) for item in found.value)


def _change(path: Path, item: Located, field: str, known: Sequence[str]) -> Change:
    _check_fields(path, item, known, f"'{field}'")
    given = {name: item.text(name).strip() for name in known}
    if field == "assert" and not (given["subject"] and given["predicate"] and given["object"] + given["value"]):
        message = "a claim that is asserted needs subject, predicate, and object or value. Add what is missing."
        raise SourceError(message, path=str(path), line=item.line)
    if not any(given[name] for name in known if name not in ("why", "polarity")):
        raise SourceError("names no claim. Write 'claim: F090', or subject and predicate.", path=str(path),
                          line=item.line)  # fmt: skip
    given["polarity"] = given.get("polarity") or "positive"
    if given["polarity"] not in ("positive", "negative"):
        message = f"polarity '{given['polarity']}'. Write positive or negative."
        raise SourceError(message, path=str(path), line=item.line)
    return Change(**given, line=item.line)


def _check_fields(path: Path, item: Located, known: Sequence[str], what: str) -> None:
    if not isinstance(item.value, dict):
        raise SourceError(f"{what} is not a mapping. Write 'name: value'.", path=str(path), line=item.line)
    for name, value in item.value.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known are {', '.join(known)}."
            raise SourceError(f"unknown field '{name}' of {what}. {hint}", path=str(path), line=value.line)
