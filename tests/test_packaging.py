"""What setup.cfg says is what lies in the tree."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = {"kg": ROOT / "kg", "kgq": ROOT / "cli" / "kgq"}


@pytest.fixture(scope="module")
def config() -> ConfigParser:
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_every_package_is_listed(config: ConfigParser) -> None:
    listed = set(config["options"]["packages"].split())
    found = {
        ".".join((name, *init.parent.relative_to(root).parts))
        for name, root in SOURCES.items()
        for init in root.rglob("__init__.py")
    }
    assert listed == found | {"kg.ontology"}


def test_every_module_lies_in_a_package(config: ConfigParser) -> None:
    folders = {path.parent for root in SOURCES.values() for path in root.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_ontology_holds_no_code() -> None:
    assert list((ROOT / "ontology").rglob("*.py")) == []


def test_every_kind_of_data_file_ships(config: ConfigParser) -> None:
    patterns = [part.strip() for part in config["options.package_data"]["kg.ontology"].split(",")]
    shipped = {path for pattern in patterns for path in (ROOT / "ontology").glob(pattern)}
    files = {path for path in (ROOT / "ontology").rglob("*") if path.is_file()}
    assert files - shipped == set()


def test_the_command_is_where_the_entry_point_says(config: ConfigParser) -> None:
    entry = config["options.entry_points"]["console_scripts"].strip()
    assert entry == "kgq = kgq.main:main"
    from kgq.main import main

    assert callable(main)


def test_both_packages_are_typed() -> None:
    assert all((root / "py.typed").is_file() for root in SOURCES.values())


def test_dependencies_are_what_the_code_imports(config: ConfigParser) -> None:
    import ast
    import re
    import sys

    imported: set[str] = set()
    for root in SOURCES.values():
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    imported.add(node.module.partition(".")[0])
    theirs = imported - set(sys.stdlib_module_names) - {"kg", "kgq", "tomllib", "compression"}
    extras = "\n".join(value for name, value in config["options.extras_require"].items() if name != "lint")
    lines = (config["options"]["install_requires"] + extras).lower().split("\n")
    modules = {"beautifulsoup4": "bs4", "python-docx": "docx", "pyyaml": "yaml"}
    distributions = {re.split(r"[^a-z0-9_-]", line.strip())[0] for line in lines}
    known = {modules.get(name, name) for name in distributions}
    assert theirs - known == set()
    required = config["options"]["install_requires"].lower().replace("pyyaml", "yaml").split("\n")
    names = {re.split(r"[^a-z0-9_-]", line.strip())[0] for line in required} - {""}
    assert names - theirs == set()
