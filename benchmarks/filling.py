"""Filling a deployment: collections declared, files imported, everything applied and saved."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import redis.asyncio

from benchmarks import product
from benchmarks.errors import BenchmarkFailed
from benchmarks.product import Product
from benchmarks.visible import caught_up
from benchmarks.waiting import until

SAVED_WITHIN = 120.0


async def fill(into: Product, declaration: Mapping[str, Any], files: Mapping[str, Path]) -> None:
    """Declare a collection for each of the `files` and import it; return when that can be read and is saved.

    Raises: BenchmarkFailed, StartFailed.
    """
    for collection, file in files.items():
        await declare(into, collection, declaration)
        await product.command(into, "import", collection, str(file))
        await caught_up(into, collection)
    await saved(into)


async def declare(into: Product, collection: str, declaration: Mapping[str, Any]) -> None:
    """Declare a collection.

    Raises: BenchmarkFailed with the product's answer when it refuses.
    """
    async with into.client() as client:
        answer = await client.put(f"/v1/collections/{collection}", json=declaration)
    if answer.is_error:
        raise BenchmarkFailed(f"{collection} could not be declared: {answer.status_code} {answer.text}")


async def saved(of: Product) -> None:
    """Let Redis write its snapshot now, so that it does not begin to while something is measured.

    Raises: BenchmarkFailed after 2 minutes.
    """
    async with redis.asyncio.from_url(of.redis) as client:

        async def quiet() -> bool:
            return not (await client.info("persistence"))["rdb_bgsave_in_progress"]

        if await until(quiet, SAVED_WITHIN):
            await client.bgsave()
            if await until(quiet, SAVED_WITHIN):
                return
    raise BenchmarkFailed(f"Redis did not save its snapshot within {SAVED_WITHIN:.0f} s.")
