"""What is published about formats is so: the schema of claims, and the examples in the documentation."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "claims.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)


def test_the_schema_is_one() -> None:
    jsonschema.validators.validator_for(SCHEMA).check_schema(SCHEMA)


@pytest.mark.parametrize(
    "path", [*ROOT.glob("ontology/documents/*/claims.csv"), *ROOT.glob("tests/data/**/claims.csv")]
)
def test_claims_that_kgq_takes_keep_to_the_schema(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(file)]
    assert [error.message for error in VALIDATOR.iter_errors(rows)] == []


def test_the_example_of_the_documentation_keeps_to_the_schema() -> None:
    text = (ROOT / "docs" / "how-to" / "own-document.md").read_text("utf-8")
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "- id:" in block)
    VALIDATOR.validate(yaml.safe_load(example))


@pytest.mark.parametrize(
    "claim",
    [
        {"subject": "x"},
        {"id": "a b"},
        {"id": "a", "kind": "inferred"},
        {"id": "a", "object": "x", "value": "y"},
        {"id": "a", "evidence": [{"start": 1}]},
        {"id": "a", "start": -1},
        {"id": "a", "subjct": "x"},
    ],
)
def test_what_kgq_refuses_breaks_the_schema(claim: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid([claim])


def test_the_mapping_of_the_documentation_is_one(tmp_path: Path) -> None:
    from kg.reading.mapping import parse_mapping

    text = (ROOT / "docs" / "reference" / "formats.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert [rule.name for rule in parse_mapping(example, "m.yaml", tmp_path).rules] == ["contract"]


def test_every_rule_of_hygiene_is_described() -> None:
    from kg.checks.hygiene import CHECKS

    text = (ROOT / "docs" / "how-to" / "check.md").read_text("utf-8")
    assert [check.name for check in CHECKS if f"`{check.name}`" not in text] == []
