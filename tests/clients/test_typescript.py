"""Clients in TypeScript: openapi-typescript makes the types, openapi-fetch asks."""

import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import Shop
from tests.clients.running import run
from tests.clients.tools import TYPESCRIPT, node, node_modules


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the tools."""
    return node_modules()


async def test_client_in_typescript_compiles_and_works(tools: Path, shop: Shop, tmp_path: Path) -> None:
    for file in (TYPESCRIPT / name for name in ("package.json", "tsconfig.json", "use.ts")):
        shutil.copy(file, tmp_path)
    (tmp_path / "node_modules").symlink_to(tools)
    (tmp_path / "openapi.json").write_bytes(shop.everything)
    generator, compiler = "openapi-typescript/bin/cli.js", "typescript/bin/tsc"
    await run(tmp_path, str(node()), str(tools / generator), "openapi.json", "--output", "schema.ts")
    await run(tmp_path, str(node()), str(tools / compiler))
    await run(tmp_path, str(node()), "built/use.js", shop.url, shop.token)
