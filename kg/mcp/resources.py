"""What assistants can attach: the schema, the documents, and single entities, claims and documents by address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from kg.errors import UnknownEntityError

if TYPE_CHECKING:
    from kg.mcp.service import Service

__all__ = ["PROMPTS", "RESOURCES", "TEMPLATES", "Prompt", "Resource", "complete", "prompt_text", "read"]

_SCHEME = "kgq://"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, or a template of many whose address ends in a variable.

    Attributes:
        uri: its address, or the template of addresses.
        verb: the tool that gives it; '' for what no tool gives.
        variable: what the template leaves open; '' for a single resource.
    """

    uri: str
    name: str
    title: str
    description: str
    verb: str = ""
    variable: str = ""


RESOURCES = (
    Resource(
        "kgq://schema", "schema", "What can be asked", "Classes, properties, prefixes and examples.", "schema"
    ),
    Resource(
        "kgq://documents", "documents", "Documents", "The documents the claims come from, with their SHA-256."
    ),
)
TEMPLATES = (
    Resource(
        "kgq://entity/{name}",
        "entity",
        "One thing",
        "Everything the graph says about a thing, with quotes. The name is a label, CURIE or IRI.",
        "describe",
        "name",
    ),
    Resource(
        "kgq://claim/{claim}",
        "claim",
        "One claim",
        "A claim with its quotes or its proof. It is named by its identifier (F090) or its IRI.",
        "explain",
        "claim",
    ),
    Resource(
        "kgq://document/{document}",
        "document",
        "One document",
        "Title, date, length and SHA-256 of a document, by its IRI or the last part of it. Never its text.",
        "",
        "document",
    ),
)
_ARGUMENTS = {"describe": "entity", "explain": "claim", "schema": "about"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that people choose from a menu; each argument has a description."""

    name: str
    title: str
    description: str
    arguments: tuple[tuple[str, str], ...]
    text: str


PROMPTS = (
    Prompt(
        "answer_with_quotes",
        "Answer with quotes",
        "Answer a question from the graph alone, every sentence with its quote.",
        (("question", "What to answer."),),
        "Answer this question from the kgq tools alone: {question}\n\nGive for every sentence the verbatim quote "
        "and its heading. Mark what is inferred and name the rule. Where the graph is silent, write 'not stated'.",
    ),
    Prompt(
        "brief_on_entity",
        "Brief on one thing",
        "What the graph says about one thing, in half a page with quotes.",
        (("name", "Which thing."),),
        "Write half a page on '{name}' from the kgq tools alone (describe, then ask where needed). Put the "
        "verbatim quote with its heading behind every sentence. Keep apart what is stated, what is inferred, and "
        "what is only said in a scenario. End with what the graph does not say.",
    ),
    Prompt(
        "audit_claim",
        "Check a sentence",
        "Whether the documents bear a sentence out, and with which words.",
        (("sentence", "What to check."),),
        "Check this sentence with the kgq tools alone: {sentence}\n\nFind the claims and quotes that speak to it. "
        "Say 'stated', 'follows' (name the rule), 'denied' or 'not stated', with the verbatim quotes. Mind "
        "qualifiers, scenarios and who is meant.",
    ),
)


def prompt_text(name: str, given: dict[str, str]) -> tuple[Prompt, str]:
    """Return a prompt and its text with the arguments filled in.

    >>> prompt_text("brief_on_entity", {"name": "CoreWeave"})[1].split("'")[1]
    'CoreWeave'

    Raises:
        UnknownEntityError: there is no such prompt, or an argument is missing.
    """
    found = next((prompt for prompt in PROMPTS if prompt.name == name), None)
    if found is None:
        raise UnknownEntityError(name, [prompt.name for prompt in PROMPTS])
    text = found.text
    for argument, _ in found.arguments:
        if not given.get(argument, "").strip():
            raise UnknownEntityError(f"{name}: {argument} is missing")
        text = text.replace(f"{{{argument}}}", given[argument][:2000])
    return found, text


async def read(service: Service, uri: str) -> str:
    """Return the text of a resource.

    Raises:
        KgError: there is none at this address; the message says what there is.
    """
    for resource in RESOURCES:
        if uri == resource.uri and resource.verb:
            return (await service.call(resource.verb, {"limit": 200, "detail": "full"}))[1]
    if uri == "kgq://documents":
        return _documents(await service.look_up("documents", {}))
    for template in TEMPLATES:
        start = template.uri.partition("{")[0]
        name = unquote(uri[len(start) :], errors="replace") if uri.startswith(start) else ""
        if name and template.verb:
            return (await service.call(template.verb, {_ARGUMENTS[template.verb]: name}))[1]
        if name:
            return _documents(await service.look_up("documents", {"document": name}))
    raise UnknownEntityError(uri, [resource.uri for resource in (*RESOURCES, *TEMPLATES)])


def _documents(page: dict[str, Any]) -> str:
    lines = []
    for document in page["documents"]:
        lines.append(document["title"] or document["document"])
        lines += [f"  {name}: {document[name]}" for name in ("document", "issued", "sha256", "points", "claims")]
    return "\n".join(lines) or "This graph records no documents."


async def complete(service: Service, variable: str, start: str) -> list[str]:
    """Return values that a variable may take, of those that begin so."""
    kinds = {"name": "entity", "claim": "claim", "document": "document"}
    if variable not in kinds or not start.strip() or len(start) > 200:
        return []
    found = await service.look_up("complete", {"kind": kinds[variable], "start": start})
    values: list[str] = found["values"]
    return values[:100]
