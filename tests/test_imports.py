"""Imports point one way, in no circle, and cost only what a command uses."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = {"kg": ROOT / "kg", "kgq": ROOT / "cli" / "kgq"}

LAYERS = (
    {"errors"},
    {"terms", "sparql_text", "sparql_filters", "query_plan", "resources", "statements", "syntaxes"},
    {"results", "wording", "plugins"},
    {"engines"},
    {"dataset"},
    {"claim_facts"},
    {"claims", "vocabulary", "lookup", "formats", "evaluation"},
    {
        "documents",
        "inference",
        "validation",
        "questions",
        "network",
        "scenarios",
        "conflicts",
        "diff",
        "risk",
        "suggesting",
    },
    {"building", "cache", "learning", "conversation", "reading", "store"},
    {"opening", "checks"},
    {"knowledge_graph"},
    {"views", "corpus"},
    {"maps", "server", "mcp", "report", "language_model", "packs"},
)
"""The rooms of the library, from the ground up; a room imports nothing above it."""

FORBIDDEN = {"rdflib", "pyshacl", "networkx", "yaml", "numpy", "pandas", "asyncio", "rich", "pyvis", "IPython"}


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of ours by its dotted name, parsed."""
    found = {}
    for name, root in SOURCES.items():
        for path in root.rglob("*.py"):
            parts = (name, *path.relative_to(root).with_suffix("").parts)
            dotted = ".".join(parts).removesuffix(".__init__")
            found[dotted] = ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def imports(tree: ast.Module, *, lazy: bool = True) -> frozenset[str]:
    """Return what a module imports of ours; what stands under TYPE_CHECKING does not count."""
    return frozenset(imported(tree, lazy).intersection(modules()))


def imported(tree: ast.AST, lazy: bool) -> set[str]:
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or lazy:
            found |= imported(node, lazy)
    return found


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


@pytest.mark.parametrize("lazy", [False, True], ids=["at import", "anywhere"])
def test_the_library_knows_nothing_of_the_command(lazy: bool) -> None:
    wrong = {
        (name, other)
        for name, tree in modules().items()
        if name.startswith("kg.")
        for other in imports(tree, lazy=lazy)
        if other.split(".")[0] == "kgq"
    }
    assert wrong == set()


def test_the_library_imports_no_click_and_prints_nothing() -> None:
    for name, tree in modules().items():
        if name.split(".")[0] != "kg":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert "click" not in {alias.name.partition(".")[0] for alias in node.names}, name
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] != "click", name
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "exit", "input"), name


def test_rooms_import_nothing_above_them() -> None:
    height = {room_name: n for n, layer in enumerate(LAYERS) for room_name in layer}
    wrong = {
        f"{name} imports {other}"
        for name, tree in modules().items()
        if room(name) in height and name.startswith("kg.")
        for other in imports(tree)
        if other.startswith("kg.") and height.get(room(other), -1) > height[room(name)]
    }
    assert wrong == set()


def test_there_are_no_import_cycles() -> None:
    edges = {name: {other for other in imports(tree) if other != name} for name, tree in modules().items()}
    # A package and its own modules are one room: ``from kg.engines import Engine`` inside kg.engines is no cycle.
    state: dict[str, int] = {}
    cycles: list[list[str]] = []

    def visit(name: str, path: list[str]) -> None:
        state[name] = 1
        for other in sorted(edges[name]):
            if state.get(other) == 1:
                cycles.append([*path[path.index(other) :], other])
            elif other not in state:
                visit(other, [*path, other])
        state[name] = 2

    for name in sorted(edges):
        if name not in state:
            visit(name, [name])
    assert cycles == []


def loaded(*arguments: str) -> set[str]:
    """Return the modules that a run of the command has imported."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from kgq.main import main\n"
        f"main({list(arguments)!r})\n"
        "print('\\n'.join(sorted(set(sys.modules) - before)), file=sys.stderr)"
    )
    env = {"PYTHONPATH": f"{ROOT}:{ROOT / 'cli'}", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    return {line for line in done.stderr.splitlines() if " " not in line}


def test_help_imports_no_command_and_no_library() -> None:
    found = loaded("--help")
    assert {name for name in found if name.split(".")[0] in ("kg", "pyoxigraph")} == set()
    assert {name for name in found if name.startswith("kgq.commands.")} == set()
    assert {name.split(".")[0] for name in found} & FORBIDDEN == set()


def test_a_bare_question_defines_no_dataclass() -> None:
    found = loaded("query", "who bears capex risk")
    assert "kg.questions.claims.ask" in found
    assert found & {"dataclasses", "inspect"} == set(), "they cost a tenth of the time of the whole answer"


@pytest.mark.parametrize("text", ["who bears capex risk", "ASK { ?s ?p ?o }"])
def test_a_query_imports_only_what_it_uses(text: str) -> None:
    found = loaded("query", text)
    assert {name.split(".")[0] for name in found} & FORBIDDEN == set()
    assert {name for name in found if name.split(".")[0] == "click" or name.startswith("kgq.commands.")} == set()


def test_a_query_with_options_imports_its_own_command_only() -> None:
    found = loaded("query", "--format", "json", "who bears capex risk")
    assert {name.split(".")[0] for name in found} & FORBIDDEN == set()
    assert {name for name in found if name.startswith("kgq.commands.")} == {"kgq.commands.query"}
