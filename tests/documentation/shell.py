"""A shell that stays open while a page is run: folders, variables and servers in the background last."""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BACKGROUND = re.compile(r"&\s*(#.*)?$")
_PATIENCE = 180.0
_SERVER_PATIENCE = 40.0


class Shell:
    """A shell in a folder of its own; ``kgq`` is the command that is installed, without anybody's settings.

    The ports 8000 and 8001, where servers listen unless told otherwise, stand for free ones.

    Attributes:
        place: the folder in which it is now.
    """

    def __init__(self, place: Path) -> None:
        self.place = place.resolve()
        self._ports = {port: _free_port() for port in ("8000", "8001")}
        tools = self.place.parent / f"{self.place.name}.bin"
        tools.mkdir()
        for example in (ROOT / "docs" / "tutorial").glob("*.t*"):  # what readers are told to download
            shutil.copy(example, self.place)
        self.env = self._environment(tools)
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], cwd=self.place, env=self.env, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def _environment(self, tools: Path) -> dict[str, str]:
        kgq = Path(sys.executable).parent / "kgq"
        if not kgq.is_file():  # a bare checkout
            kgq = tools / "kgq"
            kgq.write_text(f'#!/bin/sh\nexec {sys.executable} -m kgq "$@"\n')
            kgq.chmod(0o755)
        for name in ("python", "python3"):
            (tools / name).write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')  # a link would miss its packages
            (tools / name).chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KGQ_")}
        home = str(tools / "home")
        (tools / "home").mkdir()
        return {
            **kept,
            "DOCS": str(ROOT / "docs"),
            "PATH": f"{tools}:{kgq.parent}:{kept['PATH']}",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}",
            "HOME": home,
            "COLUMNS": "80",
            "LC_ALL": "C.UTF-8",
            **{f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("CONFIG", "CACHE", "DATA", "STATE")},
            "KGQ_SERVE_PORT": self._ports["8000"],
            "KGQ_MCP_PORT": self._ports["8001"],
        }

    def __enter__(self) -> Shell:  # noqa: PYI034 - Self is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def run(self, command: str, until: Callable[[str], bool] = lambda _: True) -> tuple[int, str]:
        """Return the exit code of a command and what it printed, messages among it.

        Args:
            command: one that ends, or one in the background.
            until: tells when a command in the background has said what it should.
        """
        assert self._process.stdin
        mark = f"end-{time.monotonic_ns()}"
        line = f"{{\n{self._here(command)}\n}} < /dev/null\nprintf '\\n%s %s %s\\n' {mark} $? \"$PWD\"\n"
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()
        printed = self._read(lambda text: re.search(rf"\n{mark} (\d+) (.*)\n", text), _PATIENCE)
        end = re.search(rf"\n{mark} (\d+) (.*)\n", printed)
        assert end, f"$ {command}\nhas not ended: {printed}"
        self.place = Path(end[2])
        before, after = printed[: end.start()], printed[end.end() :]
        said = self._there(before + after).strip("\n")
        if _BACKGROUND.search(command) and not until(said):
            said += self._read(lambda text: until(self._there(said + text).strip("\n")), _SERVER_PATIENCE)
        return int(end[1]), self._there(said).strip("\n")

    def _read(self, done: Callable[[str], object], seconds: float) -> str:
        """Return what is printed until it is enough, or the time is up."""
        assert self._process.stdout
        handle, found = self._process.stdout.fileno(), b""
        end = time.monotonic() + seconds
        while not done(found.decode("utf-8", "ignore")) and time.monotonic() < end:
            if select.select([handle], [], [], 0.1)[0]:
                piece = os.read(handle, 65536)
                if not piece:
                    break
                found += piece
        return found.decode("utf-8")

    def _here(self, command: str) -> str:
        for shown, free in self._ports.items():
            command = command.replace(f":{shown}", f":{free}")
        return command

    def _there(self, printed: str) -> str:
        for shown, free in self._ports.items():
            printed = printed.replace(f":{free}", f":{shown}")
        return printed.replace("\r\n", "\n")

    @contextlib.contextmanager
    def surroundings(self) -> Iterator[None]:
        """Put this process where the shell is, for a while."""
        before, folder = dict(os.environ), Path.cwd()
        os.environ.clear()
        os.environ.update(self.env)
        os.chdir(self.place)
        try:
            yield
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
