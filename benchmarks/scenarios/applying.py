"""Apply the commits of 100,000 flights with 2 indexes and 2 views: beside the same commits without any."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

from benchmarks import flights, rebuilds
from benchmarks.bars import Bar, Row
from benchmarks.filling import fill
from benchmarks.product import Product
from benchmarks.rounds import Measure, interleaved, medians
from benchmarks.stage import Stage

FLIGHTS = 100_000
AGAINST_NONE = Bar(0.4)
DECLARED = {"without": 0, "with 2 indexes and 2 views": 2}


async def rows(stage: Stage) -> list[Row]:
    """Measure rebuilds in one process, of two deployments with the same flights."""
    file = flights.first(stage.file, FLIGHTS, stage.folder)
    await stage.close()
    async with AsyncExitStack() as stack:
        sides = {}
        for side, count in DECLARED.items():
            product = await stack.enter_async_context(stage.fresh())
            await fill(product, flights.declaration(count, count), {flights.COLLECTION: file})
            sides[side] = _rebuilt(product)
        return judged(medians(await interleaved(sides, stage.rounds)))


def judged(rates: Mapping[str, float]) -> list[Row]:
    """Make the row out of commits/s by side."""
    without, declared = (rates[side] for side in DECLARED)
    figures = {f"{side}, commits/s": rate for side, rate in rates.items()}
    return [Row("apply with 2 indexes and 2 views, against none", AGAINST_NONE, declared / without, figures)]


def _rebuilt(product: Product) -> Measure:
    async def measure() -> float:
        return await rebuilds.rate(product, flights.COLLECTION)

    return measure
