"""The public suite json-patch/json-patch-tests, where it lies beside the project."""

import json
from pathlib import Path
from typing import Any

import pytest

from commands.errors import PatchInvalid, PatchUnfit
from commands.json_patch import read_operations
from commands.patching import apply_operations

SUITE = Path(__file__).parents[2].parent / "shared" / "suites" / "json-patch-tests"


def cases() -> list[Any]:
    """The suite's cases on objects, for a document is one; those it disables itself stay out."""
    found = [
        pytest.param(case, id=f"{file.stem}-{number}")
        for file in sorted(SUITE.glob("*tests.json"))
        for number, case in enumerate(json.loads(file.read_text()))
        if "patch" in case and isinstance(case["doc"], dict) and not case.get("disabled")
    ]
    no_suite = pytest.mark.skip(reason="shared/suites/json-patch-tests is not beside the project")
    return found or [pytest.param(None, marks=no_suite)]


@pytest.mark.parametrize("case", cases())
def test_the_public_suite_holds(case: dict[str, Any]) -> None:
    if "error" in case or not isinstance(case.get("expected", {}), dict):
        with pytest.raises((PatchInvalid, PatchUnfit)):
            apply_operations(case["doc"], read_operations(case["patch"]))
        return
    result = apply_operations(case["doc"], read_operations(case["patch"]))
    expected = case.get("expected", case["doc"])
    assert sorted_text(result) == sorted_text(expected)


def sorted_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
