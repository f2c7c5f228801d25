"""The top-level folders import one another one way only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "events": set(),
    "catalog": set(),
    "commands": {"events", "catalog"},
    "projections": {"events", "catalog"},
    "queries": {"projections", "events", "catalog"},
    "app": {"commands", "queries", "projections", "events", "catalog"},
}
NOT_SHIPPED = {"tests", "benchmarks", "examples"}


def imported(file: Path) -> Iterator[str]:
    """The top-level name of everything `file` imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_the_design_lets_it(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))
    assert files
    ours = MAY_IMPORT.keys() | NOT_SHIPPED
    refused = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files
        for name in imported(file)
        if name in ours - MAY_IMPORT[folder] - {folder}
    }
    assert refused == set()


def test_every_import_is_seen_also_one_inside_a_function(tmp_path: Path) -> None:
    file = tmp_path / "late.py"
    file.write_text("import os.path\ndef f():\n    from events.log import EventLog\n    from . import near\n")
    assert list(imported(file)) == ["os", "events"]
