"""The pages of the documentation, cut into what a reader would type, and run the way a reader would.

- A ``console`` block is run in the shell of its page: ``$ `` begins a command, ``> `` goes on with it, the rest is
  what is printed. In that, ``…`` stands for words, on a line of its own for lines. A block that shows no output
  promises only that its commands succeed; ``# exit code 1`` after a command promises that code.
- A ``python`` block is run in the page's folder, after the blocks before it; ``>>>`` shows what is printed.
- ``<!-- file: NAME -->`` before a block puts its text into a file; ``<!-- first: COMMAND -->`` runs a command that
  readers do otherwise; ``<!-- not run: WHY -->`` leaves a block out.

``PYTHONPATH=tests python -m documentation.pages PAGE …`` writes what the commands print now into pages; read the
difference.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from documentation.shell import Shell

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
READER = (ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("*/*.md")))
"""Every page that a reader may come to."""

_PART = re.compile(
    r"^<!-- first: (?P<first>.*?) -->\n"
    r"|^(?:<!-- (?P<mark>file|not run): (?P<said>.*?) -->\n)?```(?P<language>[\w{}-]*)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_EXIT_CODE = re.compile(r"#.*\bexit code (\d+)")


@dataclass(frozen=True)
class Part:
    """A part of a page that means something to the runner.

    Attributes:
        line: where it stands.
        language: of a block; '' for none, ``first`` for a command that is not shown.
        mark: what is said before the block: ``file`` or ``not run``; '' for nothing.
        said: the name of the file, or why it is not run.
    """

    line: int
    language: str
    text: str
    mark: str = ""
    said: str = ""

    @property
    def runs(self) -> bool:
        """Whether this is run when the page is."""
        return self.language in ("first", "console", "python") and self.mark != "not run"


def parts(text: str) -> Iterator[Part]:
    """Yield the parts of a page, in order."""
    for match in _PART.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["first"] is not None:
            yield Part(line, "first", match["first"])
        else:
            yield Part(line, match["language"], match["text"], match["mark"] or "", match["said"] or "")


def steps(block: str) -> list[tuple[str, str]]:
    """Return the commands of a console block, each with the output shown."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line.rstrip())
    return [("\n".join(command), "\n".join(output)) for command, output in found]


def fits(shown: str, printed: str) -> bool:
    """Tell whether an output is the one shown.

    >>> fits("Not stated: …", "Not stated: Who?"), fits("a\\n…", "a"), fits("a", "b")
    (True, True, False)
    """
    pattern = "\n".join(
        "\0" if line.strip() == "…" else ".*".join(map(re.escape, line.rstrip().split("…")))
        for line in shown.split("\n")
    )
    pattern = pattern.replace("\n\0", "(?:\n.*)*").replace("\0\n", "(?:.*\n)*").replace("\0", "(?:.*\n?)*")
    return re.fullmatch(pattern, "\n".join(line.rstrip() for line in printed.split("\n"))) is not None


class _Checker(doctest.OutputChecker):
    """Compares what an example prints the way that a command's output is compared."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return fits(want.rstrip("\n"), got.rstrip("\n"))


def run_page(text: str, shell: Shell) -> Iterator[str]:
    """Run a page, and yield what is not as it says."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for part in parts(text):
        if part.mark == "file":
            (shell.place / part.said).parent.mkdir(parents=True, exist_ok=True)
            (shell.place / part.said).write_text(part.text, "utf-8")
        elif part.runs:
            run = {"first": _run_first, "console": _run_console, "python": _run_python}[part.language]
            for trouble in run(part, shell, names):
                yield f"line {part.line}: {trouble}"


def _run_first(part: Part, shell: Shell, _: dict[str, Any]) -> Iterator[str]:
    code, printed = shell.run(part.text)
    if code:
        yield f"$ {part.text}\n{printed}"


def _run_console(part: Part, shell: Shell, _: dict[str, Any]) -> Iterator[str]:
    found = steps(part.text)
    silent = not any(shown for _, shown in found)
    for command, shown in found:
        code, printed = shell.run(command, until=partial(fits, shown))
        expected = _EXIT_CODE.search(command)
        if expected or silent:
            wanted = int(expected[1]) if expected else 0
            if code != wanted:
                yield f"$ {command}\nexit code {code} and not {wanted}\n{printed}"
        if not silent and not fits(shown, printed):
            yield f"$ {command}\n{printed}"


def _run_python(part: Part, shell: Shell, names: dict[str, Any]) -> Iterator[str]:
    said = io.StringIO()
    with shell.surroundings():
        if ">>> " in part.text:
            examples = doctest.DocTestParser().get_doctest(part.text, names, "page", None, part.line)
            doctest.DocTestRunner(_Checker()).run(examples, out=said.write, clear_globs=False)
            names.update(examples.globs)
        else:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(part.text, f"<line {part.line}>", "exec"), names)  # noqa: S102 - the page's own example
    if said.getvalue():
        yield said.getvalue()


def written(text: str, shell: Shell) -> str:
    """Return a page with what its commands print now, where that is not what it shows."""

    def again(match: re.Match[str]) -> str:
        part = next(parts(match[0]))
        if part.language != "console" or part.mark:
            list(run_page(match[0], shell))
            return match[0]
        found = steps(part.text)
        if not any(shown for _, shown in found):
            list(_run_console(part, shell, {}))
            return match[0]
        lines = []
        for command, shown in found:
            _, printed = shell.run(command, until=partial(fits, shown))
            first, *more = command.split("\n")
            lines += [f"$ {first}", *(f"> {line}" for line in more)]
            said = shown if fits(shown, printed) else printed
            lines += said.split("\n") if said else []
        return "```console\n" + "".join(f"{line}\n" for line in lines) + "```"

    return _PART.sub(again, text)


def edit(page: Path, change: Callable[[str, Shell], str]) -> None:
    """Write a page anew."""
    with tempfile.TemporaryDirectory() as place, Shell(Path(place)) as shell:
        page.write_text(change(page.read_text("utf-8"), shell), "utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        edit(Path(name), written)
        print(os.path.relpath(name))
