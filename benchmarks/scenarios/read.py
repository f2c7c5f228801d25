"""Read one document by id, token checked, over 64 connections: beside bare Sanic and one GET per request."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

import redis.asyncio

from benchmarks.asking import answers
from benchmarks.bars import Bar, Row
from benchmarks.errors import BenchmarkFailed
from benchmarks.flights import COLLECTION
from benchmarks.processes import baseline
from benchmarks.product import Product
from benchmarks.rounds import interleaved, medians
from benchmarks.stage import Stage

DOCUMENTS = 2000
PAGE = 500
AGAINST_BARE = Bar(0.75)
AGAINST_ONE_GET = Bar(1.5)


async def rows(stage: Stage) -> list[Row]:
    """Measure the product and both baselines with the same ids, the same bytes and the same header."""
    product = (await stage.loaded()).product
    bodies = await _bodies(product)
    ids, body = stage.folder / "ids", stage.folder / "body"
    ids.write_text("".join(f"{id}\n" for id in bodies))
    body.write_bytes(next(iter(bodies.values())))
    await _keep(stage.redis, bodies)
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(baseline("bare", stage.folder, body=str(body)))
        one_get = await stack.enter_async_context(baseline("redis_get", stage.folder, redis=stage.redis))
        urls = {"bare Sanic": bare, "foldbase": product.api, "one GET": one_get}
        prefix = f"/v1/documents/{COLLECTION}/"
        sides = {name: answers(url, product.token, prefix, ids, stage.seconds) for name, url in urls.items()}
        return judged(medians(await interleaved(sides, stage.rounds)))


def judged(rates: Mapping[str, float]) -> list[Row]:
    """Make the two rows out of reads/s by side."""
    figures = {f"{side}, reads/s": rate for side, rate in rates.items()}
    return [
        Row("read by id, against bare Sanic", AGAINST_BARE, rates["foldbase"] / rates["bare Sanic"], figures),
        Row("read by id, against one GET", AGAINST_ONE_GET, rates["foldbase"] / rates["one GET"], figures),
    ]


async def _bodies(product: Product) -> dict[str, bytes]:
    """Read the newest documents, one by one: their response bodies by id."""
    ids: list[str] = []
    async with product.client() as client:
        asked: dict[str, str | int] = {"limit": PAGE}
        while len(ids) < DOCUMENTS:
            page = (await client.get(f"/v1/documents/{COLLECTION}", params=asked)).raise_for_status().json()
            ids += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]
        if not ids:
            raise BenchmarkFailed("There are no flights to read.")
        answers = [await client.get(f"/v1/documents/{COLLECTION}/{id}") for id in ids]
    return {id: answer.raise_for_status().content for id, answer in zip(ids, answers, strict=True)}


async def _keep(redis_url: str, bodies: Mapping[str, bytes]) -> None:
    async with redis.asyncio.from_url(redis_url) as client:
        await client.mset({f"document:{id}": body for id, body in bodies.items()})
