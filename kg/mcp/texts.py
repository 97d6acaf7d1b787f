"""Results as text that a model reads well: what is said, how it is known, and the quotes, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["tell"]

Data = Mapping[str, Any]
_QUOTES = 3
_CELL = 120


def tell(name: str, page: Data, place: int = 0) -> str:
    """Return a page of a tool's result as text.

    >>> print(tell("find_entity", {"name": "x", "candidates": [], "truncated": False, "shortened": False}))
    Nothing in the graph has a name like 'x'. Try fewer or other words, or see 'schema'.

    Args:
        name: the tool.
        page: what it gives.
        place: how many items earlier pages held.
    """
    lines = list(_TELLERS[name](page, place))
    if page["shortened"]:
        lines.append("(Something here was cut to fit, and ends in …; do not quote what ends so.)")
    if page["truncated"]:
        lines.append(f"({page['remaining']} more. To go on, repeat the call with cursor: {page['cursor']})")
    return "\n".join(lines)


def _quotes(evidence: Sequence[Data], indent: str = "   ") -> Iterator[str]:
    for quote in evidence[:_QUOTES]:
        yield f"{indent}“{quote['quote']}” — {quote['heading']}, {quote['start']}–{quote['end']}"
    if len(evidence) > _QUOTES:
        yield f"{indent}(and {len(evidence) - _QUOTES} more quotes)"


def _marks(item: Data) -> str:
    """Return in brackets how a row or claim is known, and what narrows it."""
    marks = [item["kind"]]
    if item["polarity"] == "negative":
        marks.append("denied")
    if item["modality"] != "asserted":
        marks.append(item["modality"])
    if item["scenario"]:
        marks.append("in a scenario only")
    marks += [f"{name}: {', '.join(words)}" for name, words in item["qualifiers"].items()]
    return f"[{'; '.join(marks)}]"


def _proof(derivations: Sequence[Data], indent: str = "   ") -> Iterator[str]:
    for derivation in derivations[:1]:
        yield f"{indent}because: {derivation.get('label') or derivation['rule']}"
        for premise in derivation["premises"]:
            yield f"{indent}- {premise['text']} [{premise['kind']}]"
            yield from _quotes(premise["evidence"][:1], indent + "  ")
            yield from _proof(premise.get("because", ()), indent + "  ")


def _rows(rows: Sequence[Data], place: int) -> Iterator[str]:
    for number, row in enumerate(rows, place + 1):
        cells = " | ".join("—" if cell is None else cell["value"] for cell in row["cells"])
        said = row["text"]
        yield f"{number}. {cells}{f': {said}' if said and said != cells else ''} {_marks(row)}"
        if row["because"]:
            yield from _proof(row["because"])
        else:
            yield from _quotes(row["evidence"])
        yield from (f"   against it: {other['text']}" for other in row["disputed_by"])
        if not row["evidence"]:
            yield from (f"   {' '.join(triple)}" for triple in row["triples"][:_QUOTES])


def _ask(page: Data, place: int) -> Iterator[str]:
    status = page["status"]
    if status == "answered":
        if page["boolean"] is not None:
            yield "Yes." if page["boolean"] else "No."
        if page["disputed"]:
            yield "DISPUTED: claims affirm it and deny it. Tell both sides; decide for neither."
        yield f"Understood as: {page['paraphrase'] or page['question']}"
        if page["boolean"] is None and not page["rows"] and not place:
            yield "There are none."
        yield from _rows(page["rows"], place)
    elif status == "not_stated":
        yield f"NOT STATED. Understood as: {page['paraphrase'] or page['question']}"
        yield "The graph does not say. Answer 'not stated'; do not guess, and do not deny it."
        if page["related"]:
            yield "Near, but no answer:"
            yield from _rows(page["related"], place)
    elif status == "ambiguous":
        yield "AMBIGUOUS. Ask again with 'reading', or ask the user which is meant:"
        for number, reading in enumerate(page["readings"]):
            yield f"  reading {number}: {reading['paraphrase']}{_own(reading, page['readings'])}"
    elif status == "not_understood":
        words = ", ".join(f"'{word}'" for word in page["uncovered"])
        yield "NOT UNDERSTOOD" + (f": nothing in the graph is meant by {words}." if words else ".")
        if page["suggestions"]:
            yield f"Near words: {', '.join(page['suggestions'])}."
        yield "Reword the question, look names up with find_entity, or see with schema what can be asked."
    else:
        error = page["error"] or {}
        yield f"The question failed: {error.get('message', 'for no known reason')}"
    if page["sparql"] and status in ("answered", "not_stated") and not place:
        yield f"SPARQL:\n{page['sparql']}"


def _own(reading: Data, readings: Sequence[Data]) -> str:
    """Return what only one of several readings that sound alike names, in brackets."""
    others = [other for other in readings if other is not reading]
    if all(other["paraphrase"] != reading["paraphrase"] for other in others):
        return ""
    named = dict.fromkeys(re.findall(r"<[^>\s]+>", reading["sparql"]))
    own = [iri for iri in named if not all(iri in other["sparql"] for other in others)]
    return f" ({', '.join(own)})" if own else ""


def _find_entity(page: Data, place: int) -> Iterator[str]:
    if not page["candidates"]:
        yield f"Nothing in the graph has a name like '{page['name']}'. Try fewer or other words, or see 'schema'."
    for number, found in enumerate(page["candidates"], place + 1):
        types = f", {', '.join(found['types'])}" if found["types"] else ""
        yield f"{number}. {found['label']} ({found['kind']}{types}) {found['curie']} score {found['score']:.2f}"


def _claims(claims: Sequence[Data]) -> Iterator[str]:
    for claim in claims:
        yield f"- {claim['text']} {_marks(claim)} {_short(claim)}"
        if claim["evidence"]:
            yield from _quotes(claim["evidence"])
        else:
            yield from _proof(claim["because"])


def _short(claim: Data) -> str:
    return f"({claim['id']})" if claim["id"] else f"<{claim['iri']}>" if "://" in claim["iri"] else ""


def _describe(page: Data, place: int) -> Iterator[str]:
    yield f"{page['label']} {page['curie']}"
    if not place:
        for name in ("definition", "note"):
            if page[name]:
                yield page[name]
        if page["types"]:
            yield f"Is a: {', '.join(kind['label'] for kind in page['types'])}"
        if page["aliases"]:
            yield f"Also called: {', '.join(page['aliases'])}"
    for name, title in (("claims", "Said of it:"), ("mentions", "Said with it:")):
        if page[name]:
            yield title
            yield from _claims(page[name])
    for triple in page["properties"]:
        yield f"- {triple['property']['label']}: {triple['value']}"
    for triple in page["references"]:
        yield f"- {triple['thing']['label']} {triple['property']['label']} it"
    if page["instances"]:
        yield f"Instances: {', '.join(thing['label'] for thing in page['instances'])}"
    if not place and not any(
        page[name] for name in ("claims", "mentions", "properties", "references", "instances")
    ):
        yield "The graph says nothing more about it."


def _path(page: Data, place: int) -> Iterator[str]:
    if not page["paths"]:
        yield f"No path joins '{page['from']['label']}' and '{page['to']['label']}' in this graph."
    for number, way in enumerate(page["paths"], place + 1):
        yield f"{number}. {' – '.join(way['labels'])}"
        for hop in way["hops"]:
            yield from (f"   {line}" for line in _claims(hop["claims"][:1]))


def _compare(page: Data, place: int) -> Iterator[str]:
    del place
    first, second = page["first"]["label"], page["second"]["label"]
    titles = {
        "both": f"Said of both {first} and {second}:",
        "first": f"Said of {first} alone:",
        "second": f"Said of {second} alone:",
    }
    for side, title in titles.items():
        rows = [row for row in page["rows"] if row["said_of"] == side]
        if rows:
            yield title
            for row in rows:
                yield from _claims([*row["first"][:1], *row["second"][:1]])
    if page["between"]:
        yield "Between the two:"
        yield from _claims(page["between"])
    if not page["rows"] and not page["between"]:
        yield f"The graph says nothing of {first} or of {second}."


def _evidence(page: Data, place: int) -> Iterator[str]:
    if not page["quotes"]:
        yield "No quote is recorded for this. Say 'not stated', or look with other words."
    for number, quote in enumerate(page["quotes"], place + 1):
        yield f"{number}. “{quote['quote']}” — {quote['heading']}, {quote['start']}–{quote['end']}"
        yield from (f"   shows: {claim['text']} {_short(claim)}" for claim in quote["claims"][:_QUOTES])
    for document in page["documents"]:
        yield f"Document: {document['title'] or document['document']} (SHA-256 {document['sha256']})"


def _explain(page: Data, place: int) -> Iterator[str]:
    del place
    claim = page["claim"]
    yield f"{claim['text']} {_marks(claim)} {_short(claim)}"
    yield from _quotes(claim["evidence"])
    yield from _proof(claim["because"])
    if claim["source"]:
        yield f"   source: {claim['source']}"
    if claim["note"]:
        yield f"   remark of those who encoded it, not a quote: {claim['note']}"


def _sparql(page: Data, place: int) -> Iterator[str]:
    if page["form"] == "ASK":
        yield "true" if page["boolean"] else "false"
    if page["form"] == "SELECT" and page["rows"]:
        yield " | ".join(page["variables"])
        for row in page["rows"]:
            yield " | ".join(_cell(row.get(name)) for name in page["variables"])
    yield from (f"{' '.join(triple)} ." for triple in page["triples"])
    if page["note"]:
        yield page["note"]
    del place


def _cell(term: Data | None) -> str:
    if term is None:
        return ""
    value = term["value"] if isinstance(term["value"], str) else str(term["value"])
    text = " ".join(value.split()).replace("|", "\\|")
    return text if len(text) <= _CELL else f"{text[:_CELL]}…"


def _schema(page: Data, place: int) -> Iterator[str]:
    if not place:
        yield page["note"]
        yield f"A fact in SPARQL:\n{page['pattern']}"
        yield "Prefixes: " + " ".join(f"{name}: <{base}>" for name, base in page["prefixes"].items())
    for name, title in (("properties", "Properties:"), ("classes", "Classes:")):
        if page[name]:
            yield title
        for term in page[name]:
            yield f"- {term['label']} {term['curie']} ({term['count']}){_more(term)}"
    if page["examples"]:
        yield "Questions that can be asked:"
        yield from (f"- {question}" for question in page["examples"])
    if not any(page[name] for name in ("properties", "classes", "examples")):
        yield "Nothing fits. Leave 'about' out to see everything."


def _more(term: Data) -> str:
    parts = []
    if term.get("domain") or term.get("range"):
        parts.append(f"{' or '.join(term['domain']) or 'anything'} → {' or '.join(term['range']) or 'a value'}")
    if term.get("words"):
        parts.append(f"also: {', '.join(term['words'])}")
    if term.get("definition"):
        parts.append(term["definition"])
    return f": {'; '.join(parts)}" if parts else ""


_TELLERS: Mapping[str, Callable[[Data, int], Iterator[str]]] = {
    "ask": _ask,
    "find_entity": _find_entity,
    "describe": _describe,
    "path": _path,
    "compare": _compare,
    "evidence": _evidence,
    "explain": _explain,
    "sparql": _sparql,
    "schema": _schema,
}
