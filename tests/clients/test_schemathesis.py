"""schemathesis tries everything: no fault, no answer that is not described, and none against its schema."""

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import Shop
from tests.clients.newer import as_3_2
from tests.clients.running import run
from tests.openapi.reading import operations

HERE = Path(__file__).parent
PROGRAM = str(Path(sys.executable).with_name("schemathesis"))
ROOT = str(HERE.parents[1])


async def tried(shop: Shop, folder: Path, document: bytes, token: str, *options: str) -> None:
    """All checks of all operations of `document`, by a seed."""
    (folder / "openapi.json").write_text(json.dumps(as_3_2(json.loads(document))))
    config = ("--config-file", str(HERE / "schemathesis/schemathesis.toml"))
    bounds = ("--seed", "1", "--generation-database", "none", "--request-timeout", "10", "--no-color")
    await run(
        folder,
        PROGRAM,
        *config,
        *("run", "openapi.json", "--url", shop.url, "--continue-on-failure", *bounds, *options),
        TOKEN=token,
        SCHEMATHESIS_HOOKS="tests.clients.schemathesis.hooks",
        PYTHONPATH=ROOT,
    )


@pytest.fixture
def faults(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What this process has logged as an error."""
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_the_interface_answers_as_it_is_described(
    shop: Shop, tmp_path: Path, faults: Callable[[], list[str]]
) -> None:
    phases = ("--phases", "examples,fuzzing,stateful", "--max-examples", "3")
    await tried(shop, tmp_path, shop.general, shop.admin, *phases)
    assert not faults()


async def test_a_collection_answers_as_it_is_described(
    shop: Shop, tmp_path: Path, faults: Callable[[], list[str]]
) -> None:
    phases = ("--phases", "coverage,stateful", "--max-examples", "4")
    await tried(shop, tmp_path, shop.orders, shop.token, *phases)
    assert not faults()


@pytest.mark.parametrize("kind", ["general", "orders"])
async def test_what_is_tried_has_every_method_and_the_lines_of_imports(shop: Shop, kind: str) -> None:
    document = json.loads(getattr(shop, kind))
    newer = as_3_2(document)
    assert {each["operationId"] for _, _, each in operations(newer)} == {
        each["operationId"] for _, _, each in operations(document)
    }
    assert "x-query" not in json.dumps(newer["paths"])
    assert "itemSchema" in json.dumps(newer["paths"])
