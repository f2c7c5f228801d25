"""Clients in Python: openapi-python-client makes them."""

import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import Shop
from tests.clients.running import run
from tests.clients.tools import PYTHON, generator_in_python


@pytest.fixture(scope="session")
def generator() -> str:
    """The interpreter that has the generator."""
    return str(generator_in_python())


async def generate(generator: str, folder: Path, document: bytes) -> None:
    """Make the package `orders_client` in `folder`. Whatever the generator leaves out fails."""
    (folder / "openapi.json").write_bytes(document)
    options = ("--path", "openapi.json", "--meta", "none", "--config", str(PYTHON / "config.yaml"))
    package = ("--output-path", "orders_client", "--fail-on-warning")
    await run(folder, generator, "-m", "openapi_python_client", "generate", *options, *package)


async def test_client_in_python_is_made_and_works(generator: str, shop: Shop, tmp_path: Path) -> None:
    await generate(generator, tmp_path, shop.orders)
    shutil.copy(PYTHON / "use.py", tmp_path)
    await run(tmp_path, generator, "use.py", shop.url, shop.token, PYTHONPATH="")


async def test_client_in_python_is_made_of_everything(generator: str, shop: Shop, tmp_path: Path) -> None:
    await generate(generator, tmp_path, shop.everything)
    tags = {path.name for path in (tmp_path / "orders_client/api").iterdir() if path.is_dir()}
    assert tags >= {"documents", "documents_2", "orders", "shapes", "notes", "projections"}
    await run(tmp_path, generator, "-m", "compileall", "-q", "orders_client")
    shutil.copy(PYTHON / "use_general.py", tmp_path)
    await run(tmp_path, generator, "use_general.py", shop.url, shop.token, PYTHONPATH="")
