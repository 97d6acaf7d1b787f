"""Values as a claims file writes them: plain text, or a literal in the notation of N-Triples."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from kg.terms import PREFIXES, expand

__all__ = ["parse_value", "typed_literal"]

_XSD = PREFIXES["xsd"]
_LITERAL = re.compile(r'"(?P<words>.*)"(?:\^\^(?P<type>\S+)|@(?P<lang>[A-Za-z]+(?:-[A-Za-z0-9]+)*))?\Z', re.DOTALL)
_FORMS = {
    "integer": r"[+-]?\d+",
    "nonNegativeInteger": r"\+?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "double": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN",
    "boolean": r"true|false|1|0",
    "date": r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(Z|[+-]\d\d:\d\d)?",
    "dateTime": r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
    "gYear": r"-?\d{4,}",
}


def parse_value(written: str, datatype: str, prefixes: Mapping[str, str] = PREFIXES) -> tuple[Literal | None, str]:
    """Return the literal, or None and what is wrong with it.

    Args:
        written: the cell: ``plain text``, ``"50000"^^xsd:integer`` or ``"Wort"@de``.
        datatype: IRI of the datatype that the property declares; plain text takes it on.
        prefixes: for the datatype's short name.

    >>> parse_value('"2"^^xsd:integer', "")[0].datatype.value
    'http://www.w3.org/2001/XMLSchema#integer'
    >>> parse_value("two", "http://www.w3.org/2001/XMLSchema#integer")
    (None, 'is not an xsd:integer')
    """
    found = _LITERAL.match(written.strip())
    words, type_ = written, datatype
    if found:
        words = found["words"]
        if found["lang"]:
            return Literal(words, language=found["lang"].lower()), ""
        type_ = expand(found["type"], prefixes) or "" if found["type"] else ""
        if found["type"] and not type_:
            return None, f"names a datatype that is not known: {found['type']}"
    return typed_literal(words, type_)


def typed_literal(words: str, type_: str) -> tuple[Literal | None, str]:
    """Return the literal of a datatype, or None and what is wrong with the words.

    >>> typed_literal("two", "http://www.w3.org/2001/XMLSchema#integer")
    (None, 'is not an xsd:integer')
    """
    name = type_.removeprefix(_XSD)
    if not type_ or name == "string":
        return Literal(words), ""
    words = words.strip()
    form = _FORMS.get(name) if type_.startswith(_XSD) else None
    if form is not None and not re.fullmatch(form, words):
        return None, f"is not an xsd:{name}"
    try:
        return Literal(words, datatype=NamedNode(type_)), ""
    except ValueError as error:
        return None, f"names a datatype that is no IRI: {error}"
