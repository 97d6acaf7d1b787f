"""How to tell common assistants of this server: the configuration each of them reads, and where it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import KgError

__all__ = ["CLIENTS", "TOKEN_VARIABLE", "Client", "configuration"]

TOKEN_VARIABLE = "KGQ_READ_TOKEN"  # noqa: S105 - the name of the variable, not a token


@dataclass(frozen=True, slots=True)
class Client:
    """An assistant that reads a configuration.

    Attributes:
        title: what people call it.
        place: the file the configuration goes into.
        started: makes the configuration from the command line that starts the server.
        reached: makes it from an address and whether a token is needed; None where it starts every server itself.
    """

    title: str
    place: str
    started: Callable[[str, Sequence[str]], str]
    reached: Callable[[str, bool], str] | None = None


def configuration(client: str, command: Sequence[str], address: str = "", *, token: bool = False) -> str:
    """Return the configuration that makes a client use this server.

    >>> print(configuration("codex", ["kgq", "mcp"]), end="")
    [mcp_servers.kgq]
    command = "kgq"
    args = ["mcp"]

    Args:
        client: one of :data:`CLIENTS`.
        command: what starts the server.
        address: where it listens, if it is started by somebody else; '' if the client starts it.
        token: whether that needs a token, which is then read from ``KGQ_READ_TOKEN``.

    Raises:
        KgError: the client cannot be told so.
    """
    known = CLIENTS[client]
    if not address:
        return known.started(command[0], command[1:])
    if known.reached is None:
        raise KgError(f"{known.title} starts its servers itself. Leave --http out.")
    return known.reached(address, token)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _servers(**server: Any) -> str:
    return _json({"mcpServers": {"kgq": server}})


def _bearer(variable: str, token: bool) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {variable}"}} if token else {}


def _vscode_reached(address: str, token: bool) -> str:
    server = {"type": "http", "url": address, **_bearer("${input:kgq-token}", token)}
    asked = {"type": "promptString", "id": "kgq-token", "description": "Token of kgq", "password": True}
    return _json({**({"inputs": [asked]} if token else {}), "servers": {"kgq": server}})


def _toml(**values: Any) -> str:
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    return "\n".join(("[mcp_servers.kgq]", *lines)) + "\n"


CLIENTS: Mapping[str, Client] = {
    "claude-code": Client(
        "Claude Code",
        ".mcp.json in the project's folder",
        lambda command, arguments: _servers(type="stdio", command=command, args=list(arguments)),
        lambda address, token: _servers(type="http", url=address, **_bearer(f"${{{TOKEN_VARIABLE}}}", token)),
    ),
    "claude-desktop": Client(
        "Claude Desktop",
        "claude_desktop_config.json (Settings > Developer > Edit Config)",
        lambda command, arguments: _servers(command=command, args=list(arguments)),
    ),
    "cursor": Client(
        "Cursor",
        ".cursor/mcp.json in the project's folder, or ~/.cursor/mcp.json for all projects",
        lambda command, arguments: _servers(command=command, args=list(arguments)),
        lambda address, token: _servers(url=address, **_bearer(f"${{env:{TOKEN_VARIABLE}}}", token)),
    ),
    "vscode": Client(
        "VS Code",
        ".vscode/mcp.json in the workspace",
        lambda command, arguments: _json(
            {"servers": {"kgq": {"type": "stdio", "command": command, "args": list(arguments)}}}
        ),
        _vscode_reached,
    ),
    "codex": Client(
        "Codex",
        "~/.codex/config.toml",
        lambda command, arguments: _toml(command=command, args=list(arguments)),
        lambda address, token: _toml(url=address, **({"bearer_token_env_var": TOKEN_VARIABLE} if token else {})),
    ),
    "gemini": Client(
        "Gemini CLI",
        ".gemini/settings.json in the project's folder, or ~/.gemini/settings.json",
        lambda command, arguments: _servers(command=command, args=list(arguments)),
        lambda address, token: _servers(httpUrl=address, **_bearer(f"${TOKEN_VARIABLE}", token)),
    ),
}
"""The assistants whose configuration is known, by the name that ``--print-config`` takes."""
