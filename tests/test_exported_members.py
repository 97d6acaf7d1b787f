"""The façade says what it offers, completely and in order."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg
import kg.errors
import kg.results

ROOT = Path(kg.__file__).parent
MODULES = sorted(path.relative_to(ROOT.parent) for path in ROOT.rglob("*.py"))


def test_all_is_sorted_and_holds() -> None:
    assert kg.__all__ == sorted(kg.__all__)
    assert [name for name in kg.__all__ if not hasattr(kg, name)] == []


def test_every_error_is_exported() -> None:
    assert set(kg.errors.__all__) <= set(kg.__all__)


def test_every_result_class_is_exported() -> None:
    classes = {name for name in kg.results.__all__ if isinstance(getattr(kg.results, name), type)}
    assert classes <= set(kg.__all__)


def test_nothing_else_is_public_but_the_rooms() -> None:
    rooms = {path.parts[1].removesuffix(".py") for path in MODULES}
    public = {name for name in vars(kg) if not name.startswith("_")} - {"annotations"}
    assert public - rooms == set(kg.__all__)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_every_module_lists_what_it_offers(path: Path) -> None:
    text = (ROOT.parent / path).read_text(encoding="utf-8")
    assert "__all__" in text
    assert text.startswith('"""')


def test_every_error_has_one_root() -> None:
    errors = [getattr(kg.errors, name) for name in kg.errors.__all__]
    assert all(issubclass(error, kg.KgError) for error in errors)
