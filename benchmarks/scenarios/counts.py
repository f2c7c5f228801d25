"""Exact counts by an index, at three sizes, one caller: beside count_documents with the same index."""

import asyncio
from collections.abc import Mapping, Sequence
from statistics import mean

from benchmarks import orders
from benchmarks.asking import answers
from benchmarks.bars import Bar, Row
from benchmarks.baselines import counting
from benchmarks.errors import BenchmarkFailed
from benchmarks.product import Product
from benchmarks.rounds import Measure, interleaved, medians
from benchmarks.sizes import flat
from benchmarks.stage import Stage

AGAINST_MONGODB = Bar(50.0)
FILTERS = 100
MONGODB = 0
"""Stands for MongoDB among the sides, which are else how many orders the product counts in."""


async def rows(stage: Stage) -> list[Row]:
    """Measure the product over HTTP and MongoDB by its own driver, both with the same filters."""
    product, filters = await stage.grown(), orders.countings(FILTERS)
    of_mongodb = [{"status": status, "total": {"$gte": least}} for status, least in filters]
    status, total = orders.INDEXES[1]
    index = [(status, 1), (total.removeprefix("-"), -1)]
    await asyncio.to_thread(counting.fill, stage.mongo, orders.documents(stage.sizes[-1]), index)
    found = await asyncio.to_thread(counting.counts, stage.mongo, of_mongodb)
    await _check(product, stage.sizes[-1], filters, found)

    async def counted() -> float:
        return await asyncio.to_thread(counting.rate, stage.mongo, of_mongodb, stage.seconds)

    sides: dict[int, Measure] = {size: _counts(stage, product, size, filters) for size in stage.sizes}
    rates = medians(await interleaved({**sides, MONGODB: counted}, stage.rounds))
    return judged(rates, mean(found))


def judged(rates: Mapping[int, float], counted: float) -> list[Row]:
    """Make the two rows out of counts/s by side; `counted` is how many orders fit a filter on average."""
    sizes = {size: rate for size, rate in rates.items() if size != MONGODB}
    largest = max(sizes)
    figures = {
        "foldbase over HTTP, ms": 1e3 / sizes[largest],
        "count_documents, ms": 1e3 / rates[MONGODB],
        "counted, documents": counted,
    }
    against = sizes[largest] / rates[MONGODB]
    return [
        Row(f"exact count in {largest:,} rows, against MongoDB", AGAINST_MONGODB, against, figures),
        flat("exact count", sizes),
    ]


def _counts(stage: Stage, product: Product, size: int, filters: Sequence[orders.Counted]) -> Measure:
    ends = stage.folder / "counts.queries"
    ends.write_text("".join(f"{query}\n" for query in orders.counts(filters)))
    prefix = f"/v1/documents/{orders.name(size)}?"
    return answers(product.api, product.token, prefix, ends, stage.seconds, connections=1)


async def _check(product: Product, size: int, filters: Sequence[orders.Counted], found: Sequence[int]) -> None:
    """Raise BenchmarkFailed unless the product counts what MongoDB `found`."""
    async with product.client() as client:
        for query, count in zip(orders.counts(filters), found, strict=True):
            answer = (await client.get(f"/v1/documents/{orders.name(size)}?{query}")).raise_for_status()
            if (ours := answer.json()["count"]) != count:
                raise BenchmarkFailed(f"MongoDB counts {count:,}, foldbase {ours:,}: {query}")
