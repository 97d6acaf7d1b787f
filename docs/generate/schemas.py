"""The reference of the JSON that programs read and write, made of its schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["schemas_page"]

_OPENING = """\
<!-- generated: python -m docs.generate -->
# JSON

What programs can rely on, each held to its schema by tests.
"""


def schemas_page(folder: Path) -> str:
    """Return the page.

    Args:
        folder: where the schemas lie.
    """
    lines = [_OPENING]
    for path in sorted(folder.glob("*.schema.json")):
        lines += _schema(path, json.loads(path.read_text("utf-8")))
    return "\n".join(lines) + "\n"


def _schema(path: Path, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {schema['title']}"
    yield ""
    yield f"{schema.get('description', '')} Schema: [{path.name}](../{path.name})."
    yield ""
    yield from _described(schema)
    for name, definition in schema.get("$defs", {}).items():
        if "properties" in definition or "items" in definition:
            yield from (f"**{name}**" + _said(definition), "")
            yield from _described(definition)


def _described(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of the fields of an object, or of the items of a list."""
    fields = schema.get("properties")
    required = schema.get("required", ())
    if fields is None:
        items = schema.get("items", {})
        if "properties" not in items:
            yield from (f"{_type(schema)}", "")
            return
        yield from ("A list of objects:", "")
        fields, required = items["properties"], items.get("required", ())
    yield from ("| field | type | |", "|---|---|---|")
    for name, field in fields.items():
        optional = "" if name in required else "optional. "
        text = (optional + field.get("description", "")).strip()
        yield f"| `{name}` | {_type(field)} | {text[:1].upper()}{text[1:]} |".replace("  |", " |")
    yield ""


def _said(definition: Mapping[str, Any]) -> str:
    return f": {definition['description']}" if "description" in definition else ""


def _type(schema: Mapping[str, Any]) -> str:
    """Return in words what a value may be."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" if isinstance(value, str) else json.dumps(value) for value in schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(option) for option in schema[key]))
    kinds = schema.get("type", "any value")
    return " or ".join(_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _kind(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        return f"list of {_type(schema['items'])}" if isinstance(schema.get("items"), dict) else "list"
    if kind == "object" and "properties" in schema:
        return "object of " + ", ".join(f"`{name}`" for name in schema["properties"])
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object, each value {_type(schema['additionalProperties'])}"
    return kind
