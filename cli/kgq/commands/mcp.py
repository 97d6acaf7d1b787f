"""``kgq mcp``: the graph for AI assistants, over the Model Context Protocol."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgq.options import Session, examples, session_options
from kgq.tokens import read_token

if TYPE_CHECKING:
    from kg.mcp.settings import Settings

__all__ = ["mcp"]

_CLIENTS = ("claude-code", "claude-desktop", "cursor", "vscode", "codex", "gemini")


@click.command(
    epilog=examples(
        "kgq mcp",
        "kgq mcp -g my-data.ttl --print-config claude-code",
        "kgq mcp --http --port 8001",
        "KGQ_READ_TOKEN=… kgq mcp --http --host 192.168.1.20",
    )
    + "\n\nNeeds the extra 'mcp': pip install 'kgq[mcp]'"
)
@click.option("--http", is_flag=True, help="Listen for HTTP (at /mcp) in place of standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Address to listen on; others need a token.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, metavar="PORT",
              help="0 picks a free one.")  # fmt: skip
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name it is called by; repeatable.")
@click.option("--read-token-file", type=click.Path(path_type=Path), metavar="FILE",
              help="Token that HTTP needs (or KGQ_READ_TOKEN).")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(0.1), default=10.0, show_default=True, metavar="SECONDS",
              help="Seconds one call may take.")  # fmt: skip
@click.option("--row-limit", type=click.IntRange(1, 200), default=20, show_default=True, metavar="N",
              help="Items on a page, where a call does not say.")  # fmt: skip
@click.option("--byte-limit", type=click.IntRange(4_000), default=32_000, show_default=True, metavar="N",
              help="Bytes of a result, as data and as text each.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 32), default=3, show_default=True, metavar="N",
              help="Calls side by side.")  # fmt: skip
@click.option("--print-config", type=click.Choice(_CLIENTS), metavar="CLIENT",
              help=f"Print what to tell an assistant, and end: {', '.join(_CLIENTS)}.")  # fmt: skip
@session_options("text")
def mcp(session: Session, /, **options: Any) -> None:
    """Serve a graph to an AI assistant: ask, look up, compare, explain, quote, SPARQL.

    The assistant starts this command itself and speaks with it over standard input and output; --print-config says
    how to tell it. Reads only, on this machine only, and reaches no other.
    """
    settings = _settings(session, options)
    if options["print_config"]:
        _print_config(session, settings, options)
        return
    from kgq.systems import need_forks

    need_forks("kgq mcp")
    _need_sdk()
    from kg.mcp.running import run_http, run_stdio

    if options["http"]:
        run_http(settings, lambda address: click.echo(f"kgq listening on {address}"))
    else:
        if sys.stdin.isatty():
            session.say("waiting for an assistant on standard input. To set one up see --print-config.")
        run_stdio(settings)


def _need_sdk() -> None:
    from importlib.util import find_spec

    from kg.errors import MissingExtraError

    if any(find_spec(name) is None for name in ("mcp", "jsonschema")):
        raise MissingExtraError("kgq mcp", "mcp")


def _settings(session: Session, options: dict[str, Any]) -> Settings:
    from kg.mcp.settings import LOOPBACK, Settings

    words = session.lexicon_file()
    token = read_token(options["read_token_file"], "KGQ_READ_TOKEN") if options["http"] else ""
    if options["http"] and options["host"] not in LOOPBACK and not token:
        raise click.UsageError(
            f"--host {options['host']} is open to other machines, and needs a token: set KGQ_READ_TOKEN or "
            "--read-token-file."
        )
    return Settings(
        sources=tuple(session.graphs),
        lang=session.lang,
        lexicon=str(words) if words is not None and words.is_file() else "",
        time=options["time_limit"],
        rows=options["row_limit"],
        size=options["byte_limit"],
        workers=options["workers"],
        host=options["host"],
        port=options["port"],
        token=token,
        hosts=tuple(options["allow_host"]),
    )


def _print_config(session: Session, settings: Settings, options: dict[str, Any]) -> None:
    """Print the configuration of an assistant, and on standard error where it goes."""
    from kg.mcp.clients import CLIENTS, configuration

    address = ""
    if options["http"]:
        if not settings.port:
            raise click.UsageError("an assistant must know the port. Name one with --port.")
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{settings.port}/mcp"
    client = options["print_config"]
    session.write(configuration(client, _command(session, options), address, token=bool(settings.token)))
    session.say(f"for {CLIENTS[client].title}: put this into {CLIENTS[client].place}.")


def _command(session: Session, options: dict[str, Any]) -> list[str]:
    """Return the command line that starts this server, whatever folder it is started in."""
    started = Path(sys.argv[0])
    program = started if started.name.startswith("kgq") and started.is_file() else shutil.which("kgq")
    command = [str(Path(program).absolute())] if program else [sys.executable, "-m", "kgq"]
    command.append("mcp")
    for source in session.graphs:
        command += ["-g", source if "://" in source else str(Path(source).absolute())]
    if session.lang != "en":
        command += ["--lang", session.lang]
    for name, default in (("time_limit", 10.0), ("row_limit", 20), ("byte_limit", 32_000), ("workers", 3)):
        if options[name] != default:
            command += [f"--{name.replace('_', '-')}", f"{options[name]:g}"]
    return command
