"""Every command and every example that the documentation shows is run, and prints what it says it prints."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from documentation.pages import READER, ROOT, fits, parts, run_page, steps
from documentation.shell import Shell

PAGES = {str(page.relative_to(ROOT)): page for page in READER}
RUN = [name for name, page in PAGES.items() if any(part.runs for part in parts(page.read_text("utf-8")))]
_LINK = re.compile(r"\]\(<?([^)#:>\s]*)(?:#[^)\s]*)?>?\)")
_TYPED = re.compile(r"^(\$ |(kgq|pip|python3?|curl|docker|podman|claude) )", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_a_page_prints_what_it_says(name: str, tmp_path: Path) -> None:
    place = tmp_path / "folder"
    place.mkdir()
    with Shell(place) as shell:
        found = list(run_page(PAGES[name].read_text("utf-8"), shell))
    assert not found, "\n\n".join(found)


def test_commands_stand_only_in_blocks_that_are_run() -> None:
    """The README's opening is run by CI as a newcomer would, in a clean clone."""
    stray = [
        f"{name}:{part.line}"
        for name, page in PAGES.items()
        for part in parts(page.read_text("utf-8"))
        if not part.runs and not part.mark and _TYPED.search(part.text)
        if not (name == "README.md" and part.language == "sh") and "generated" not in page.read_text("utf-8")[:200]
    ]
    assert stray == []


def test_few_blocks_are_left_out_and_each_says_why() -> None:
    left_out = [
        f"{name}:{part.line}: {part.said}"
        for name, page in PAGES.items()
        for part in parts(page.read_text("utf-8"))
        if part.mark == "not run"
    ]
    assert len(left_out) <= 8, "\n".join(left_out)
    assert all(len(line.split(": ", 1)[1].split()) > 2 for line in left_out), "\n".join(left_out)


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{name}: {target}"
        for name, page in {**PAGES, "CONTRIBUTING.md": ROOT / "CONTRIBUTING.md"}.items()
        for target in _LINK.findall(page.read_text("utf-8"))
        if target and not (page.parent / unquote(target)).exists()
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("shown", "printed", "fit"),
    [
        ("published: … statements.", "published: 1,204 statements.", True),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a\n…\nd", "a\nd", True),
        ("a\n…", "a\nb\nc", True),
        ("…\nc", "a\nb\nc", True),
        ("a", "a\nb", False),
        ("a (b)", "a b", False),
        ("…", "", True),
    ],
)
def test_an_ellipsis_stands_for_words_or_lines(shown: str, printed: str, fit: bool) -> None:
    assert fits(shown, printed) is fit


def test_a_command_goes_on_over_lines() -> None:
    block = "$ cat > x <<'END'\n> one\n> END\n$ cat x\none\n"
    assert steps(block) == [("cat > x <<'END'\none\nEND", ""), ("cat x", "one")]


@pytest.mark.slow
def test_a_page_that_is_not_so_is_noticed(tmp_path: Path) -> None:
    place = tmp_path / "folder"
    place.mkdir()
    page = (
        "```console\n$ echo one\ntwo\n```\n```console\n$ false\n```\n```console\n$ false  # exit code 1\n```\n"
        "```python\n>>> 1 + 1\n3\n```\n<!-- not run: for this test only -->\n```console\n$ false\n```\n"
        "```console\n$ cd /\n$ (sleep 0.3; echo later) &\nlater\n```\n"
    )
    with Shell(place) as shell:
        found = list(run_page(page, shell))
    assert [line.split(":")[0] for line in found] == ["line 1", "line 5", "line 11"]
