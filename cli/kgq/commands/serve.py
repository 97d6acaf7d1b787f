"""``kgq serve``: a SPARQL 1.1 endpoint, with a page to ask on."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgq.options import Session, examples, session_options
from kgq.projects import base_folders, with_option
from kgq.tokens import read_token

if TYPE_CHECKING:
    from kg.server.settings import Settings, Tokens

__all__ = ["serve"]

_SIZES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Size(click.ParamType[int]):
    """A number of bytes, with k, M or G behind it."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes."""
        text = str(value).strip().lower().removesuffix("b").removesuffix("i")
        number, unit = (text[:-1], text[-1]) if text and text[-1] in "kmg" else (text, "")
        try:
            return int(float(number) * _SIZES[unit])
        except ValueError:
            self.fail(f"'{value}' is no size. Write it like 512M or 2G.", param, ctx)


@click.command(
    epilog=examples(
        "kgq serve",
        "kgq serve -g my-data.ttl --port 0",
        "KGQ_TOKEN=… kgq serve -g my-store --writable",
        "kgq serve --cors https://example.com --access-log -",
    )
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="PORT",
              help="0 picks a free one.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 256), metavar="N",
              help="Quick evaluations at a time.  [default: two a core]")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(0.05), default=10.0, show_default=True, metavar="SECONDS",
              help="Seconds one evaluation may take.")  # fmt: skip
@click.option(
    "--row-limit", type=click.IntRange(0), default=0, metavar="N", help="Rows of a result; 0 is no limit."
)
@click.option("--size-limit", type=Size(), default="1G", show_default=True, help="Bytes of a result.")
@click.option("--memory-limit", type=Size(), help="Memory of one evaluation.  [default: by the machine]")
@click.option(
    "--body-limit", type=Size(), default="64M", show_default=True, help="Bytes of a request, inflated too."
)
@click.option(
    "--max-queue", type=click.IntRange(0), default=512, show_default=True, help="Requests that may wait."
)
@click.option("--allow-service", multiple=True, metavar="PREFIX", help="Addresses SERVICE may reach; repeatable.")
@click.option("--allow-load", multiple=True, metavar="PREFIX", help="Addresses LOAD may reach; repeatable.")
@click.option(
    "--cors", multiple=True, metavar="ORIGIN", help="Origins whose pages may ask; '*' for all; repeatable."
)
@click.option("--trust-proxy", multiple=True, metavar="ADDRESS",
              help="Believe X-Forwarded-For, -Proto and -Host of this proxy or network; repeatable.")  # fmt: skip
@click.option("--root-path", default="", metavar="PATH", help="Path that a proxy puts this under, such as /graph.")
@click.option("--writable", is_flag=True, help="Take updates; needs a store folder (-g) and a token.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), metavar="FILE", help="Token for writing (or KGQ_TOKEN)."
)
@click.option("--read-token-file", type=click.Path(path_type=Path), metavar="FILE",
              help="Token for reading (or KGQ_READ_TOKEN).")  # fmt: skip
@click.option("--no-token", is_flag=True, help="Write without a token; on loopback only.")
@click.option("--durable", is_flag=True, help="Acknowledge an update only once it is on the disk.")
@click.option("--union/--no-union", default=None, help="Whether the default graph is the union of all graphs.")
@click.option("--slow-log", type=click.FloatRange(0), default=0.0, metavar="SECONDS",
              help="Log queries that take longer, with their text.")  # fmt: skip
@click.option("--access-log", default="", metavar="FILE", help="A JSON line a request; '-' for standard error.")
@click.option("--cache-size", type=Size(), default="64M", show_default=True, help="Responses kept; 0 for none.")
@with_option
@session_options("text")
def serve(session: Session, /, **options: Any) -> None:
    """Serve a graph over HTTP: SPARQL at /sparql, questions at /ask, a page at /.

    With --writable, suggested claims of the documents beside the store are reviewed at /review.

    Reads only, on this machine only, and reaches no other, unless you say so. Stop it with Ctrl-C; SIGHUP opens
    the graph, the access log and the files of tokens anew without dropping a request.
    """
    from kgq.systems import need_forks

    need_forks("kgq serve")
    settings = _settings(session, options)
    from kg.server.running import run

    def announce(address: str) -> None:
        click.echo(f"kgq listening on {address}")

    def reread() -> Tokens:
        return _tokens(options)

    run(settings, announce, reread)


def _settings(session: Session, options: dict[str, Any]) -> Settings:
    from kg.server.settings import SLOTS, Limits, Settings, default_memory, default_workers
    from kg.store.folder import is_store

    sources = [Path(name) for name in session.graphs]
    if any("://" in name for name in session.graphs):
        raise click.UsageError("serve takes files, folders and stores, not addresses. Download the graph first.")
    writable = options["writable"]
    if writable and not (len(sources) == 1 and (is_store(sources[0]) or not sources[0].exists())):
        raise click.UsageError("--writable needs a store: name one store folder, or an empty folder, with -g.")
    tokens = _tokens(options)
    workers = options["workers"] or default_workers()
    limits = Limits(
        time=options["time_limit"],
        rows=options["row_limit"],
        size=options["size_limit"],
        memory=options["memory_limit"] or default_memory(SLOTS * workers),
        body=options["body_limit"],
        queue=options["max_queue"],
    )
    return Settings(
        sources=tuple(sources),
        host=options["host"],
        port=options["port"],
        workers=workers,
        limits=limits,
        writable=writable,
        write_token=tokens.write,
        read_token=tokens.read,
        allow_service=tuple(options["allow_service"]),
        allow_load=tuple(options["allow_load"]),
        cors=tuple(options["cors"]),
        union=options["union"],
        durable=options["durable"],
        slow=options["slow_log"],
        access_log=options["access_log"],
        cache=options["cache_size"],
        project=_project(sources[0]) if writable else None,
        base=base_folders(options["base"]) if writable else (),
        proxies=_proxies(options["trust_proxy"]),
        root=_root(options["root_path"]),
    )


def _proxies(addresses: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(address, strict=False)) for address in addresses)
    except ValueError as error:
        raise click.UsageError(
            f"--trust-proxy: {error}. Give an address, such as 127.0.0.1, or a network, such as 10.0.0.0/8."
        ) from error


def _root(path: str) -> str:
    root = path.rstrip("/")
    if root and not re.fullmatch(r"(/[\w.~-]+)+", root, re.ASCII):
        raise click.UsageError(f"--root-path {path} is no path. Write it like /graph.")
    return root


def _project(store: Path) -> Path | None:
    """Return the folder that a store lies in, if it is one to work in: it holds documents, or settings of kgq."""
    folder = store.resolve().parent
    known = (folder / "documents").is_dir() or (folder / "kgq.toml").is_file()
    return folder if known else None


def _tokens(options: dict[str, Any]) -> Tokens:
    from kg.server.settings import Tokens

    write = _write_token(options) if options["writable"] else ""
    return Tokens(write, read_token(options["read_token_file"], "KGQ_READ_TOKEN"))


def _write_token(options: dict[str, Any]) -> str:
    token = read_token(options["token_file"], "KGQ_TOKEN")
    if token:
        return token
    if not options["no_token"]:
        raise click.UsageError("--writable needs a token: set KGQ_TOKEN or --token-file, or say --no-token.")
    if options["host"] not in _LOOPBACK:
        raise click.UsageError(
            f"--no-token is for this machine only, and --host is {options['host']}. Use a token."
        )
    return ""
