"""Problems in the forms that other programs read: SARIF (code scanning) and JUnit XML (test reports)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from kg.results import Problem

__all__ = ["junit", "sarif"]

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;"})


def sarif(problems: Sequence[Problem], *, version: str = "") -> str:
    """Return problems as SARIF 2.1.0 (OASIS), one result each.

    >>> run = json.loads(sarif([Problem("error", "broken", "a.ttl", 3, rule="syntax")]))["runs"][0]
    >>> run["results"][0]["level"]
    'error'

    Args:
        problems: what was found.
        version: of kgq, if it is to be told.
    """
    rules = sorted({problem.rule or "problem" for problem in problems})
    driver: dict[str, Any] = {
        "name": "kgq",
        "rules": [{"id": rule, "shortDescription": {"text": rule.replace("-", " ")}} for rule in rules],
    }
    if version:
        driver["version"] = version
    results = [_result(problem, rules) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _result(problem: Problem, rules: Sequence[str]) -> dict[str, Any]:
    rule = problem.rule or "problem"
    text = f"{problem.message}; {problem.remedy}" if problem.remedy else problem.message
    found: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": _LEVELS.get(problem.severity, "warning"),
        "message": {"text": text},
    }
    if problem.file:
        place: dict[str, Any] = {"artifactLocation": {"uri": _uri(problem.file)}}
        if problem.line is not None:
            place["region"] = {"startLine": problem.line}
        found["locations"] = [{"physicalLocation": place}]
    return found


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def junit(problems: Sequence[Problem], *, name: str = "kgq check") -> str:
    """Return problems as JUnit XML: an error is a failed test case, anything less is said on the way.

    >>> 'failures="1"' in junit([Problem("error", "broken", "a.ttl", 3, rule="syntax")])
    True

    Args:
        problems: what was found.
        name: of the suite.
    """
    errors = [problem for problem in problems if problem.severity == "error"]
    others = [problem for problem in problems if problem.severity != "error"]
    cases = [_case(problem) for problem in errors] or ['    <testcase classname="kgq" name="conforms"/>\n']
    told = "".join(f"{problem}\n" for problem in others)
    out = f"    <system-out>{_escaped(told, attribute=False)}</system-out>\n" if told else ""
    counts = f'tests="{len(cases)}" failures="{len(errors)}" errors="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="{_escaped(name)}" {counts}>\n  <testsuite name="{_escaped(name)}" {counts}>\n'
        f"{''.join(cases)}{out}  </testsuite>\n</testsuites>\n"
    )


def _case(problem: Problem) -> str:
    place = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    title = f"{problem.rule or 'problem'} {place}".strip()
    return (
        f'    <testcase classname="{_escaped(problem.file or "graph")}" name="{_escaped(title)}">'
        f'<failure type="{_escaped(problem.rule or "problem")}" message="{_escaped(problem.message)}">'
        f"{_escaped(str(problem), attribute=False)}</failure></testcase>\n"
    )


def _escaped(text: str, *, attribute: bool = True) -> str:
    """Escape for XML; characters that XML cannot hold become U+FFFD."""
    clean = _FORBIDDEN.sub("\ufffd", text).translate(_XML)
    return clean if attribute else clean.replace("&#10;", "\n").replace("&quot;", '"')
