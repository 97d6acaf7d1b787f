"""The JSON of scenarios, conflicts, risk and suggestions keeps to the schemas in the documentation."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

if TYPE_CHECKING:
    from conftest import Run

DOCS = Path(__file__).parents[2] / "docs"
LETTER = DOCS / "tutorial" / "compute-letter.txt"
PACK = "questions:\n- question: Who shifts risk to lenders?\n- question: Does Oracle shift risk to lenders?\n"


def validator(name: str) -> Any:
    schema = json.loads((DOCS / f"{name}.schema.json").read_text("utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conflicts", "risk"])
def test_conflicts_and_risk_keep_to_their_schemas(run: Run, both_file: Path, name: str) -> None:
    found = json.loads(run("-g", both_file, name, "--format", "json").out)
    assert found
    validator(name).validate(found)


@pytest.mark.slow
def test_the_difference_of_a_scenario_keeps_to_its_schema(run: Run, both_file: Path) -> None:
    Path("pack.yaml").write_text(PACK, "utf-8")
    assert run("scenario", "new", "dry", "-q").code == 0
    said = ("--subject", "merchants", "--predicate", "shifts risk to", "--object", "lenders")
    assert run("-g", both_file, "scenario", "retract", "dry", *said).code == 0
    done = run("-g", both_file, "scenario", "diff", "dry", "pack.yaml", "--format", "json")
    assert done.code == 1
    found = json.loads(done.out)
    validator("scenario_diff").validate(found)
    oracle = next(changed for changed in found["changed"] if "Oracle" in changed["question"])
    assert oracle["disputed"] == [True, False]
    assert oracle["boolean"] == [None, False]  # the denial is not taken away with the affirmation


@pytest.mark.slow
def test_suggestions_keep_to_their_schema(run: Run) -> None:
    shutil.copy(LETTER, "letter.txt")
    assert run("add", "letter.txt").code == 0
    found = json.loads(run("suggest", "letter", "--format", "json").out)
    assert found
    validator("suggestion").validate(found)
    done = run("suggest", "letter", "--skipped", "--format", "json")
    validator("skipped").validate(json.loads(done.out))
    assert "passages suggested nothing" in done.err
    assert run("review", "letter", "--log", "--format", "json").out == "[]\n"


def test_what_the_folders_settings_say_holds_for_the_commands_of_scenarios(run: Run, both_file: Path) -> None:
    Path("kgq.toml").write_text(f'graph = "{both_file}"\n', "utf-8")
    Path("pack.yaml").write_text(PACK, "utf-8")
    assert run("scenario", "new", "dry", "-q").code == 0
    assert run("scenario", "retract", "dry", "L8").code == 0  # a claim of the second document
    assert "L8: Oracle does not shift risk to lenders" in run("scenario", "diff", "dry", "pack.yaml").out
