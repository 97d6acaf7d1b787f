"""YAML as people write it: every scalar is text, every value knows its line, nothing is constructed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg.results import Problem

__all__ = ["Located", "read_yaml"]


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the line it stands on: text, a list of located values, or a mapping to them."""

    value: str | list[Located] | dict[str, Located]
    line: int

    def text(self, *path: str) -> str:
        """Return the text at a path of keys, or '' where there is none.

        >>> Located({"a": Located("b", 1)}, 1).text("a")
        'b'
        """
        found = self.at(*path)
        return found.value if found is not None and isinstance(found.value, str) else ""

    def at(self, *path: str) -> Located | None:
        """Return the located value at a path of keys, or None."""
        found: Located | None = self
        for key in path:
            found = found.value.get(key) if found is not None and isinstance(found.value, dict) else None
        return found


def read_yaml(text: str, name: str) -> tuple[Located | None, list[Problem]]:
    """Read one YAML document, or say what is wrong with it and where.

    >>> read_yaml("issued: 2026-03-27", "a.yaml")[0].text("issued")
    '2026-03-27'
    """
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            return None, [
                Problem("error", "the file is empty", name, 1, "", "write to it or remove it", "empty-file")
            ]
        problems: list[Problem] = []
        return _located(node, name, problems, {}), problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        message = " ".join(filter(None, (error.context, error.problem)))
        return None, [_broken(name, line, message)]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())
        return None, [_broken(name, None, reason)]


def _broken(name: str, line: int | None, reason: str) -> Problem:
    remedy = "indent with spaces, and quote text that holds ': ' or ' #'"
    return Problem("error", f"not YAML: {reason}", name, line, "", remedy, "syntax")


def _located(node: Any, name: str, problems: list[Problem], seen: dict[int, Any]) -> Located:
    import yaml

    line = node.start_mark.line + 1
    if id(node) in seen:  # aliases can multiply a small file into a huge one
        raise yaml.MarkedYAMLError(problem="aliases (*name) are not allowed", problem_mark=node.start_mark)
    seen[id(node)] = node
    if isinstance(node, yaml.ScalarNode):
        empty = node.tag == "tag:yaml.org,2002:null"
        return Located("" if empty else str(node.value), line)
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(item, name, problems, seen) for item in node.value], line)
    found: dict[str, Located] = {}
    for key, value in node.value:
        at = key.start_mark.line + 1
        word = str(key.value)
        if word in found:
            remedy = "keep one of them"
            problems.append(
                Problem("error", f"'{word}' is given twice", name, at, word, remedy, "duplicate-field")
            )
        inner = _located(value, name, problems, seen)
        found[word] = Located(inner.value, at)
    return Located(found, line)
