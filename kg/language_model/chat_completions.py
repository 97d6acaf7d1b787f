"""One call of the chat-completions protocol, which nearly every server of language models speaks.

Bounded in time and size, and suspicious: no redirect is followed, no key is sent in the clear to another machine,
and whatever comes back is data that may be broken.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kg.errors import LimitError
from kg.evaluation import run_bounded

__all__ = ["ChatError", "complete"]

_MOST_BYTES = 256 * 1024
_MOST_TOKENS = 500
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_UNSUPPORTED = (400, 415, 422, 501)
_TOLD = {
    401: "the server refuses the key. Check KGQ_LLM_KEY.",
    403: "the server refuses the key. Check KGQ_LLM_KEY.",
    404: "the server has no such page or model. Check KGQ_LLM_URL and KGQ_LLM_MODEL.",
    429: "the server has too much to do. Try again later.",
}


class ChatError(Exception):
    """Why there is no reply, in one line."""


def complete(
    url: str,
    model: str,
    messages: Sequence[Mapping[str, str]],
    schema: Mapping[str, Any],
    *,
    key: str = "",
    seconds: float,
    most_tokens: int = _MOST_TOKENS,
) -> dict[str, Any]:
    """Return the JSON object that a model replies with.

    Servers differ in how a reply is held to JSON, so a schema is asked for first, then any JSON, then nothing.

    Args:
        url: the base URL; ``/chat/completions`` is added.
        model: the name of the model.
        messages: the conversation.
        schema: of the reply.
        key: sent as a bearer token.
        seconds: how long to wait, altogether.
        most_tokens: how long the reply may be.

    Raises:
        ChatError: no reply, or none that is a JSON object.
    """
    place = _place(url, key)
    body = {"model": model, "messages": list(messages), "temperature": 0, "max_tokens": most_tokens}
    forms: list[dict[str, Any]] = [
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "help", "strict": True, "schema": schema},
            }
        },
        {"response_format": {"type": "json_object"}},
        {},
    ]

    def work() -> dict[str, Any]:
        for form in forms:
            status, data = _post(place, {**body, **form}, key, seconds)
            if status in _UNSUPPORTED and form:
                continue
            if status != 200:
                raise ChatError(_TOLD.get(status, f"the server answers with status {status}."))
            return _object(_content(data))
        raise ChatError("the server takes no such request.")

    try:
        return run_bounded(work, time_limit=seconds)
    except LimitError:
        raise ChatError(f"no reply within {seconds:g} s.") from None
    except (OSError, http.client.HTTPException) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ChatError(f"{place.hostname} cannot be reached, or breaks off: {reason}.") from None


def _place(url: str, key: str) -> SplitResult:
    try:
        place = urlsplit(url)
        port = place.port
    except ValueError as error:
        raise ChatError(f"'{url}' is not a URL: {error}. Check KGQ_LLM_URL.") from None
    if place.scheme not in ("http", "https") or not place.hostname or port == 0 or any(c <= " " for c in url):
        raise ChatError("KGQ_LLM_URL is not an http or https URL.")
    if place.username or place.password:
        raise ChatError("KGQ_LLM_URL holds a password. Put it into KGQ_LLM_KEY.")
    if key and place.scheme == "http" and place.hostname not in _LOOPBACK:
        raise ChatError("the key would travel in the clear. Give an https URL.")
    if any(c < " " or c > "~" for c in key):
        raise ChatError("the key has characters that a key cannot have. Check KGQ_LLM_KEY.")
    return place


def _post(place: SplitResult, body: Mapping[str, Any], key: str, seconds: float) -> tuple[int, bytes]:
    """Send one request and return its status and body."""
    host = place.hostname or ""
    connection: http.client.HTTPConnection
    if place.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, place.port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(host, place.port, timeout=seconds)
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    path = place.path.rstrip("/")
    path += "" if path.endswith("/chat/completions") else "/chat/completions"
    path += f"?{place.query}" if place.query else ""
    try:
        connection.request("POST", path, json.dumps(body).encode("utf-8"), headers)
        with connection.getresponse() as response:
            status, data, left = response.status, response.read(_MOST_BYTES + 1), response.length
    finally:
        connection.close()
    if 300 <= status < 400:
        raise ChatError("the server sends elsewhere. Set KGQ_LLM_URL to where it really is.")
    if len(data) > _MOST_BYTES:
        raise ChatError("the reply is too long.")
    if left:
        raise http.client.IncompleteRead(data, left)
    return status, data


def _content(data: bytes) -> str:
    """Return the text of the first choice."""
    try:
        content = json.loads(data)["choices"][0]["message"]["content"]
    except (ValueError, RecursionError):
        raise ChatError("the reply is not JSON; is KGQ_LLM_URL the address of the protocol (…/v1)?") from None
    except (KeyError, IndexError, TypeError):
        raise ChatError("the reply is not a chat completion.") from None
    if not isinstance(content, str):
        raise ChatError("the reply holds no text.")
    return content


def _object(content: str) -> dict[str, Any]:
    """Return the JSON object in a text, whatever a model puts around it."""
    start, end = content.find("{"), content.rfind("}")
    try:
        found = json.loads(content[start : end + 1]) if 0 <= start < end else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ChatError("the model did not reply with a JSON object.")
    return found
