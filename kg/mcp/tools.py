"""The tools: what each is called, what a model should know of it, and how its arguments are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kg.errors import KgError
from kg.mcp.schemas import INPUTS, OUTPUTS

__all__ = ["INSTRUCTIONS", "TOOLS", "ArgumentError", "Tool", "checked", "tool"]

INSTRUCTIONS = """\
kgq answers from one knowledge graph, and gives for every fact the verbatim quote of the document it comes from.

How to use it:
- Begin with `ask`: one short question in plain English. If a name is not known, look it up with `find_entity`; if
a question is not understood, see with `schema` what can be asked, or write SPARQL.
- Cite. For every fact you report give the quote, word for word in quotation marks, with its heading. Never change,
shorten or complete a quote. On a graph without quotes name the triple instead.
- Say how you know: rows of kind "stated" are said by a document; "inferred" follow by a rule (`explain` shows the
premises and their quotes); "background" is common knowledge that no document here states. Keep qualifiers ("to a
degree"), modality, scenario and polarity: a hypothetical is not a fact, and a negative row denies.
- The status "not_stated" means that the graph does not say. Tell the user "not stated", and do not fill the gap
from what you know yourself; `related` rows are near, but no answer. Silence is not denial.
- "ambiguous" offers readings: choose one with `reading`, or ask the user. Report nothing that no result holds.
- A result with "truncated": true goes on with its `cursor`.
"""


class ArgumentError(KgError):
    """Arguments that do not fit a tool; the message says which and how to mend it."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as assistants see it."""

    name: str
    title: str
    description: str

    @property
    def takes(self) -> dict[str, Any]:
        """The schema of its arguments."""
        return INPUTS[self.name]

    @property
    def gives(self) -> dict[str, Any]:
        """The schema of its results."""
        return OUTPUTS[self.name]


TOOLS = (
    Tool(
        "ask",
        "Ask in English",
        "Answer one question in plain English from the graph, each row with the verbatim quotes it rests on. Use "
        "this first. Status 'answered': report the rows and cite their quotes. 'not_stated': the graph does not "
        "say; tell the user so and do not guess. 'ambiguous': pass 'reading'. 'not_understood': reword without "
        "the words in 'uncovered'. No language model is involved: the same question gives the same answer.",
    ),
    Tool(
        "find_entity",
        "Find names",
        "Find what a name means: entities, classes and properties whose label or alias is, begins with or "
        "resembles it, the likeliest first. Use it when another tool does not know a name, or to get an IRI.",
    ),
    Tool(
        "describe",
        "Describe one thing",
        "Everything the graph says about one thing: names, classes, claims about it and claims that mention it, "
        "each with quotes. Long for well-connected things: it goes on with 'cursor'.",
    ),
    Tool(
        "path",
        "Join two things",
        "The shortest ways from one thing to another, with the claims of every hop and their quotes. No path "
        "means that the graph joins them by nothing, not that they have nothing to do with each other.",
    ),
    Tool(
        "compare",
        "Compare two things",
        "Two things side by side: what is said of both, of the first alone, of the second alone, and between "
        "them, with quotes. What is said of one alone is not denied of the other.",
    ),
    Tool(
        "evidence",
        "Find quotes",
        "Verbatim quotes with document, heading and position: those of one claim, of every claim about a thing, "
        "or those with certain words. Give exactly one of 'claim', 'entity' and 'words'.",
    ),
    Tool(
        "explain",
        "Explain a claim",
        "Why one claim is believed: its quotes, or the rule it follows by and the premises, down to their quotes. "
        "Claims are named in the results of other tools.",
    ),
    Tool(
        "sparql",
        "Query with SPARQL",
        "Evaluate SPARQL on the graph for what 'ask' cannot express: counts, filters, joins. Reads only. Call "
        "'schema' first for the prefixes, the properties and, on a graph with claims, the shape of a claim.",
    ),
    Tool(
        "schema",
        "What can be asked",
        "The classes and properties of the graph with how often they are used, the most used first, the prefixes, "
        "the shape of a fact as a SPARQL pattern, and example questions for 'ask'.",
    ),
)
_BY_NAME = {known.name: known for known in TOOLS}


def tool(name: str) -> Tool:
    """Return the tool of a name.

    >>> tool("ask").title
    'Ask in English'

    Raises:
        ArgumentError: there is none.
    """
    if name not in _BY_NAME:
        near = get_close_matches(name[:100], _BY_NAME, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"There are {', '.join(_BY_NAME)}."
        raise ArgumentError(f"there is no tool '{name[:100]}'. {hint}")
    return _BY_NAME[name]


def checked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call, defaults filled in.

    >>> checked("ask", {"question": "who bears risk"})["include"]
    ['stated', 'inferred']

    Raises:
        ArgumentError: they do not fit the tool.
    """
    from jsonschema import Draft202012Validator

    takes = tool(name).takes
    wrong = sorted(
        Draft202012Validator(takes).iter_errors(dict(given)), key=lambda error: list(map(str, error.path))
    )
    if wrong:
        raise ArgumentError(_told(name, takes, wrong[0]))
    blank = [key for key, value in given.items() if isinstance(value, str) and not value.strip()]
    if blank:
        raise ArgumentError(f"'{blank[0]}' of '{name}' is blank. Give it a value, or leave it out.")
    defaults: dict[str, Any] = {"include": ["stated", "inferred"]} if "include" in takes["properties"] else {}
    return {**defaults, **given}


def _told(name: str, takes: Mapping[str, Any], error: Any) -> str:
    """Say in one line what is wrong with an argument, and what would be right."""
    place = ".".join(map(str, error.path))
    if error.validator == "required":
        missing = next(key for key in takes["required"] if key not in error.instance)
        return f"'{name}' needs '{missing}': {takes['properties'][missing]['description']}"
    if error.validator == "additionalProperties":
        extra = min(set(error.instance) - set(takes["properties"]))
        return f"'{name}' takes no '{extra[:100]}'. It takes {', '.join(takes['properties'])}."
    wanted: dict[str, Callable[[], str]] = {
        "type": lambda: f"must be of type {error.validator_value}",
        "enum": lambda: f"must be one of {', '.join(map(str, error.validator_value))}",
        "minimum": lambda: f"must be {error.validator_value} or more",
        "maximum": lambda: f"must be {error.validator_value} or less",
        "maxLength": lambda: (
            f"is {len(error.instance):,} characters long; at most {error.validator_value:,} are read"
        ),
        "minLength": lambda: "is empty",
        "minItems": lambda: "is empty",
        "uniqueItems": lambda: "names one thing twice",
    }
    shown = f" ('{str(error.instance)[:60]}')" if error.validator in ("type", "enum", "minimum", "maximum") else ""
    what = wanted.get(error.validator, lambda: "does not fit")()
    return f"'{place}' of '{name}' {what}{shown}. Correct it and call again."
