"""Reviewing on the page: the documents beside the store, through a process of its own that reads and checks.

Whoever may write to the store may review, nobody else: suggestions show the text of documents that may not be
public. A request that changes anything must be JSON, which no form of another site can send.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.server.evaluation import RefusedError
from kg.server.exchange import Exchange
from kg.server.pool import StoppedError

if TYPE_CHECKING:
    from kg.server.app import Application

__all__ = ["Reviewing", "answer_review"]

_START = "from kg.corpus.clerk import run; run()"
_LONGEST = 64 * 1024 * 1024
_SECONDS = 120.0
_TEXT_LIMIT = 500


class Reviewing:
    """The parent's end of the process that reviews; started when somebody reviews, one request at a time.

    Args:
        project: the folder with the documents; None where there is none.
        base: what they build on.
        store: the store, which the process reads.
    """

    def __init__(self, project: Path | None, base: tuple[Path, ...], store: Path | None) -> None:
        self.project = project
        self._arguments = [str(path) for path in (project, store, *base) if path is not None]
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the process answers.

        Raises:
            RefusedError: it refuses, in one line.
            StoppedError: it took too long, or ended.
        """
        async with self._turn:
            process = await self._started()
            assert process.stdin is not None and process.stdout is not None  # noqa: PT018, S101 - both are pipes
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                await process.stdin.drain()
                line = await asyncio.wait_for(process.stdout.readline(), _SECONDS)
            except (asyncio.TimeoutError, ConnectionError, ValueError) as error:
                await self._end()
                raise StoppedError(f"reviewing took longer than {_SECONDS:g} seconds.") from error
            if not line:
                await self._end()
                raise StoppedError("the process that reviews has ended. The server's log says why.", 500)
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise RefusedError(422, found["error"])
        return found

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _START, *self._arguments, limit=_LONGEST,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def close(self) -> None:
        """End the process."""
        await self._end()


async def answer_review(app: Application, exchange: Exchange) -> None:
    """Answer ``/review/…``: what waits, a decision, publishing. ``/review/offered`` says whether there is any."""
    exchange.note["kind"] = "review"
    verb = exchange.path.removeprefix("/review/")
    if verb == "offered":
        await _send(exchange, {"offered": app.settings.writable and app.reviewing.project is not None})
        return
    app.check_writer(exchange)
    if app.reviewing.project is None:
        raise RefusedError(404, "there are no documents beside this store. Add one: kgq add FILE.")
    wanted = {"documents": "GET", "next": "GET", "decide": "POST", "back": "POST", "publish": "POST"}.get(verb)
    if wanted is None:
        raise RefusedError(404, f"there is nothing at {exchange.path[:200]}.")
    if exchange.method != wanted:
        raise RefusedError(405, f"{exchange.method[:20]} is not offered here. Use {wanted}.")
    request = await _posted(exchange) if wanted == "POST" else _asked(exchange)
    found = await app.reviewing.ask({**request, "verb": verb})
    if verb == "publish":
        await _put(app, Path(found.pop("update")))
        await app.graph.sizes(exchange.client)  # whoever opens the store now sees it
    await _send(exchange, found)


def _asked(exchange: Exchange) -> dict[str, Any]:
    given = exchange.parameters()
    return {
        "document": dict(given).get("document", ""),
        "skip": [value for name, value in given if name == "skip"],
    }


async def _posted(exchange: Exchange) -> dict[str, Any]:
    """Return the body of a request that changes something: a JSON object of short texts."""
    if exchange.header(b"content-type").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(415, "send application/json.")
    try:
        found = json.loads(await exchange.body())
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "the body is not JSON.") from error
    changes = found.get("changes", {}) if isinstance(found, dict) else None
    if not isinstance(changes, dict):
        raise RefusedError(400, "the body is no JSON object with document, id, state and changes.")
    texts = [*(value for name, value in found.items() if name != "changes"), *changes.values()]
    if not all(isinstance(text, str) and len(text) <= _TEXT_LIMIT for text in texts):
        raise RefusedError(400, f"every value is a text of at most {_TEXT_LIMIT} characters.")
    return {"document": "", "id": "", "state": "", **found}


async def _put(app: Application, update: Path) -> None:
    """Run the update that the process wrote, and remove its file."""
    read = partial(update.read_text, encoding="utf-8")
    try:
        text = await asyncio.get_running_loop().run_in_executor(None, read)
    finally:
        update.unlink(missing_ok=True)
    await app.graph.write("update", text, "https://w3id.org/kgq/", {})


async def _send(exchange: Exchange, found: Mapping[str, Any]) -> None:
    body = json.dumps(found, ensure_ascii=False).encode()
    await exchange.reply(200, body, b"application/json", [(b"cache-control", b"no-store")])
