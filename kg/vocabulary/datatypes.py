"""Which datatypes are numbers, and which are dates."""

from __future__ import annotations

__all__ = ["LITERAL_PREFIX", "is_date", "is_number"]

LITERAL_PREFIX = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = frozenset(
    [
        "integer",
        "decimal",
        "double",
        "float",
        "int",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "unsignedInt",
        "unsignedLong",
        "negativeInteger",
        "nonPositiveInteger",
        "unsignedShort",
        "unsignedByte",
    ]
)
_DATES = frozenset(("date", "dateTime", "gYear", "gYearMonth", "dateTimeStamp"))


def is_number(datatype: str) -> bool:
    """Whether a datatype is numeric.

    >>> is_number("http://www.w3.org/2001/XMLSchema#integer")
    True
    """
    return datatype.startswith(LITERAL_PREFIX) and datatype[len(LITERAL_PREFIX) :] in _NUMBERS


def is_date(datatype: str) -> bool:
    """Whether a datatype is a date, a time stamp or a year."""
    return datatype.startswith(LITERAL_PREFIX) and datatype[len(LITERAL_PREFIX) :] in _DATES
