"""Memory in Redis per document, everything included: beside the size of its response body."""

import orjson

from benchmarks.bars import Bar, Row
from benchmarks.flights import COLLECTION
from benchmarks.product import Product
from benchmarks.stage import Stage

PER_BODY_BYTE = 1.6
PER_DOCUMENT = 150
PAGE = 1000


async def rows(stage: Stage) -> list[Row]:
    """Measure what the flights added to an empty Redis."""
    loaded = await stage.loaded()
    body = await _mean_body(loaded.product)
    return [judged(body, (loaded.full - loaded.empty) / loaded.documents)]


def judged(body: float, used: float) -> Row:
    """Make the row out of the mean response body and the mean memory of a document, in bytes."""
    bar = Bar(PER_BODY_BYTE * body + PER_DOCUMENT, unit="B", at_most=True)
    return Row("memory in Redis per document", bar, used, {"response body, B": body})


async def _mean_body(product: Product) -> float:
    total, count, asked = 0, 0, {"limit": str(PAGE)}
    async with product.client() as client:
        while True:
            page = await client.get(f"/v1/documents/{COLLECTION}", params=asked)
            listed = orjson.loads(page.raise_for_status().content)
            total += sum(len(orjson.dumps(item)) for item in listed["items"])
            count += len(listed["items"])
            if listed["next"] is None:
                return total / count
            asked["cursor"] = listed["next"]
