"""With which words a frame can begin, read off its pattern.

Compiling a pattern costs a hundred times more than looking at the first word of a question, and of the frames a
question is held against hardly any begins with it.
"""

from __future__ import annotations

__all__ = ["first_words"]

_LITERAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789'’-, ")
_MOST = 400


def first_words(pattern: str) -> frozenset[str]:
    """Return the words that a text matching a pattern can begin with; empty where that cannot be told.

    >>> sorted(first_words(r"(?:please )?(?:quote|cite)s? (?P<core>.+)"))
    ['cite', 'cites', 'please', 'quote', 'quotes']
    >>> first_words(r".+ risk")
    frozenset()

    Args:
        pattern: a regular expression in lower case, words joined by one blank.
    """
    found = _sequence(pattern)
    if found is None or not all(text.partition(" ")[0] for text in found):
        return frozenset()
    return frozenset(text.partition(" ")[0] for text in found)


def _sequence(pattern: str) -> set[str] | None:
    """Return the beginnings that a sequence can have, each up to its first blank; None for "anything"."""
    found = {""}
    position = 0
    while position < len(pattern):
        if all(" " in text for text in found):
            return found
        end, pieces = _atom(pattern, position)
        if pattern[end : end + 1] in ("*", "+", "{"):
            return None
        if pattern[end : end + 1] == "?":
            end += 1
            pieces = None if pieces is None else pieces | {""}
        if pieces is None:
            return None
        found = {text if " " in text else text + piece for text in found for piece in pieces}
        if len(found) > _MOST:
            return None
        position = end
    return found


def _atom(pattern: str, start: int) -> tuple[int, set[str] | None]:
    """Return where one character or group ends, and the beginnings it can have."""
    if pattern[start] in _LITERAL:
        end = _literal_end(pattern, start)
        return end, {pattern[start:end]}
    if pattern[start] != "(":
        return start + 1, None
    end = _closing(pattern, start)
    body = pattern[start + 1 : end - 1]
    if body.startswith("?:"):
        body = body[2:]
    elif body.startswith("?P<"):
        body = body[body.index(">") + 1 :]
    elif body.startswith("?"):
        return end, None
    found: set[str] = set()
    for alternative in _alternatives(body):
        pieces = _sequence(alternative)
        if pieces is None:
            return end, None
        found |= pieces
    return end, found


def _literal_end(pattern: str, start: int) -> int:
    """Return the end of a run of plain characters; one that a quantifier follows stands alone."""
    end = start + 1
    while end < len(pattern) and pattern[end] in _LITERAL:
        end += 1
    return end - 1 if end > start + 1 and pattern[end : end + 1] in ("?", "*", "+", "{") else end


def _closing(pattern: str, start: int) -> int:
    """Return the position after the bracket that closes the one at ``start``."""
    depth = 0
    position = start
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[":
            position = pattern.index("]", position + 2)
        else:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                break
        position += 1
    return position + 1


def _alternatives(body: str) -> list[str]:
    """Split at the bars that stand in no bracket."""
    found = [""]
    position = 0
    while position < len(body):
        end = position + 1
        if body[position] == "(":
            end = _closing(body, position)
        elif body[position] == "\\":
            end = position + 2
        elif body[position] == "[":
            end = body.index("]", position + 2) + 1
        if body[position] == "|":
            found.append("")
        else:
            found[-1] += body[position:end]
        position = end
    return found
