"""What is generated is fresh, and what is written by hand leaves nothing out that the code has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import kg
from docs.generate import DOCS, generated
from kgq import settings
from kgq.group import COMMANDS, cli

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sorted(generated()), ids=lambda path: str(path.relative_to(DOCS)))
def test_generated_pages_are_what_the_code_gives(path: Path) -> None:
    assert path.read_text("utf-8") == generated()[path], "write them anew: python -m docs.generate"


def test_every_public_name_has_its_reference() -> None:
    text = (DOCS / "reference" / "python.md").read_text("utf-8")
    named = re.findall(r"^\.\. auto\w+:: kg\.(\w+)$", text, re.MULTILINE)
    assert sorted(named) == sorted(kg.__all__)


def test_every_setting_is_described() -> None:
    text = (DOCS / "reference" / "settings.md").read_text("utf-8")
    code = "".join(
        path.read_text("utf-8") for folder in ("kg", "cli/kgq") for path in (ROOT / folder).rglob("*.py")
    )
    # the two left out are beginnings of names
    variables = set(re.findall(r"(?<!_)KGQ_[A-Z_]+[A-Z]", code)) - {"KGQ_QUERY", "KGQ_ENDPOINT"}
    keys = {*settings._GENERAL, *settings._ENDPOINT, "format"}
    assert {name for name in variables | keys if f"`{name}`" not in text and f"{name}=" not in text} == set()


def test_every_exit_code_is_described() -> None:
    text = (DOCS / "reference" / "exit-codes.md").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    codes = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    assert codes == ["0", "1", "2", "3", "4", "130"] == re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)


def test_the_index_for_language_models_names_pages_that_are() -> None:
    text = (DOCS / "llms.txt").read_text("utf-8")
    links = re.findall(r"\]\(([\w/-]+)\.html\)", text)
    assert links
    assert [name for name in links if not (DOCS / f"{name}.md").is_file()] == []


def examples() -> Iterator[str]:
    """Yield the command lines in the help of every command."""
    context = click.Context(cli)
    for name in (name for group in COMMANDS.values() for name in group):
        command = cli.get_command(context, name)
        inner = list(command.commands.values()) if isinstance(command, click.Group) else []
        for each in filter(None, (command, *inner)):
            found = (each.epilog or "").partition("Examples:\n")[2].partition("\n\n")[0]
            yield from filter(None, map(str.strip, found.splitlines()))


def parse(words: list[str]) -> None:
    """Parse a command line without running it."""
    context = cli.make_context("kgq", words)
    command: click.Command = cli
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        assert name is not None
        command, context = found, found.make_context(name, rest, parent=context)


def test_examples_in_help_are_command_lines_that_kgq_takes() -> None:
    lines = list(examples())
    wrong = []
    for line in lines:
        for piece in re.split(r" (?:\||&&|;) ", re.sub(r" [<>] \S+", "", line)):
            words = shlex.split(re.sub(r"^([A-Z_]+=\S+ )+", "", re.sub(r"  +[\w#(].*$", "", piece)), comments=True)
            if words[:1] == ["kgq"]:
                try:
                    parse(words[1:])
                except click.ClickException as error:
                    wrong.append(f"{line}: {error.format_message()}")
    assert len(lines) > 100
    assert wrong == []
