"""When is a commit visible: the head of the log beside the checkpoint that readers are served at."""

import httpx
import redis.asyncio
from pymongo import AsyncMongoClient

from benchmarks.errors import BenchmarkFailed
from benchmarks.product import Product
from benchmarks.waiting import until

DATABASE = "foldbase"
PATIENCE = 300.0


async def head(product: Product) -> int:
    """Return the position of the last commit of the log (of its only partition); 0 when it is empty."""
    async with AsyncMongoClient[dict[str, int]](product.mongo) as client:
        last = await client[DATABASE]["commits"].find_one({}, {"_id": 1}, sort=[("_id", -1)])
        return last["_id"] if last else 0


async def caught_up(product: Product, collection: str) -> None:
    """Wait until a read of `collection` is served at the head of the log.

    Raises: BenchmarkFailed after 5 minutes.
    """
    asked = {"Fold-After": str(await head(product)), "Prefer": "wait=30"}
    async with product.client() as client:

        async def reached() -> bool:
            answer = await client.get(f"/v1/documents/{collection}", params={"limit": 1}, headers=asked)
            if answer.is_success or answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                return answer.is_success
            raise BenchmarkFailed(f"Waiting for the projector: {answer.status_code} {answer.text}")

        if not await until(reached, PATIENCE):
            raise BenchmarkFailed(f"The projector did not reach the log's head within {PATIENCE:.0f} s.")


async def redis_bytes(product: Product) -> int:
    """Return what Redis says it uses: `used_memory` of INFO."""
    async with redis.asyncio.from_url(product.redis) as client:
        memory = await client.info("memory")
        return int(memory["used_memory"])
