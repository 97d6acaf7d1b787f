"""Servers on loopback for as long as a block runs, ready to answer; the settings of Virtuoso. Tests run theirs by it too."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measuring import ENV

__all__ = ["ISQL", "command", "free_port", "isql", "running", "virtuoso", "wait_for"]

_VIRTUOSO = """[Database]
DatabaseFile = {folder}/v.db
ErrorLogFile = {folder}/v.log
LockFile = {folder}/v.lck
TransactionFile = {folder}/v.trx
xa_persistent_file = {folder}/v.pxa
FileExtend = 200
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/v-temp.db
TransactionFile = {folder}/v-temp.trx
Striping = 0
[Parameters]
ServerPort = {sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {data}
[HTTPServer]
ServerPort = {http}
ServerRoot = {folder}
ServerThreads = 6
EnabledGzipContent = 1
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = {seconds}
"""
ISQL = ("isql-vt", "isql-v")
"""What Virtuoso's client of SQL may be called."""


def command(*names: str) -> str:
    """Return the path of the first of some commands that is here; they may lie beside Python or where only root looks."""
    places = (str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin")
    found = (shutil.which(name, path=os.pathsep.join(places)) for name in names)
    return next(filter(None, found), "")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], patience: float = 60.0) -> None:
    """Wait until an endpoint answers an ASK, or asks for a token."""
    asked = f"{url}{'&' if '?' in url else '?'}query={urllib.parse.quote('ASK {}')}"
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(asked, timeout=30):  # noqa: S310 - on loopback
                return
        except urllib.error.HTTPError as error:
            if error.code == 401:
                return
        except OSError:
            pass  # not yet
        time.sleep(0.1)
    raise RuntimeError(f"{url} does not come up: {process.args!r:.300}")


@contextmanager
def running(
    arguments: list[str], url: str, folder: Path, *, patience: float = 60.0
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; what it says goes to ``server.log`` in the folder.

    Args:
        arguments: its command.
        url: the endpoint that has to answer first.
        folder: where it runs.
        patience: seconds until it has to answer.
    """
    env = {name: value for name, value in ENV.items() if name != "KGQ_GRAPH"}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=folder, env=env)
    try:
        wait_for(url, process, patience)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def virtuoso(
    folder: Path,
    *,
    data: Path | None = None,
    buffers: int = 4_000,
    rows: int = 1_000_000,
    seconds: int = 60,
    patience: float = 60.0,
) -> Iterator[tuple[str, int, subprocess.Popen[bytes]]]:
    """Run Virtuoso on free ports; give its endpoint, its port for SQL, its process.

    Args:
        folder: where its database lies.
        data: the folder that it may load files from; its own by default.
        buffers: pages of 8 KB that it keeps in memory.
        rows: the most of an answer.
        seconds: the longest a query may take.
        patience: seconds until it has to answer.
    """
    http, sql = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    text = _VIRTUOSO.format(
        folder=folder, data=data or folder, http=http, sql=sql, rows=rows, seconds=seconds,
        buffers=buffers, dirty=buffers * 3 // 4,
    )  # fmt: skip
    ini.write_text(text, encoding="ascii")
    url = f"http://127.0.0.1:{http}/sparql"
    arguments = [command("virtuoso-t"), "+configfile", str(ini), "+foreground"]
    with running(arguments, url, folder, patience=patience) as process:
        yield url, sql, process


def isql(sql: int, text: str) -> None:
    """Have a Virtuoso run SQL as the administrator.

    Raises:
        RuntimeError: if it says that something is wrong.
    """
    arguments = [command(*ISQL), str(sql), "dba", "dba"]
    done = subprocess.run(arguments, input=text, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode or "Error" in said:
        raise RuntimeError(said.strip()[-500:])
