"""The top 10 groups of a view of the flights, by each of its measures, over 64 connections: at three sizes."""

from dataclasses import replace
from urllib.parse import urlencode

from benchmarks import flights, sizes
from benchmarks.asking import answers
from benchmarks.bars import Row
from benchmarks.errors import BenchmarkFailed
from benchmarks.filling import fill
from benchmarks.product import Product
from benchmarks.rounds import interleaved, medians
from benchmarks.stage import Stage

VIEW = "route_days"
DAY = {"field": "time_hour", "bucket": "day", "time_zone": "America/New_York", "as": "day"}
ROUTE_DAYS = {
    "group_by": ["origin", "dest", DAY],
    "measures": {"flights": "count", "mean_delay": {"avg": "arr_delay"}, "miles": {"sum": "distance"}},
}
"""The groups grow with the flights: 1,959 of 10,000 flights, 19,211 of 100,000, 189,502 of 1,000,000."""
LIMIT = 10
ORDERS = ("-flights", "flights", "-mean_delay", "mean_delay", "-miles", "miles")


async def rows(stage: Stage) -> list[Row]:
    """Measure on one deployment with a collection of the first flights for each size, the last of all."""
    files = {_name(count): flights.many(stage.file, count, stage.folder) for count in stage.sizes}
    ends = stage.folder / "groups.queries"
    ends.write_text("".join(urlencode({"sort": order, "limit": LIMIT}) + "\n" for order in ORDERS))
    await stage.close()
    async with stage.fresh() as product:
        await fill(product, flights.declaration() | {"views": {VIEW: ROUTE_DAYS}}, files)
        sides, groups = {}, {}
        for count in stage.sizes:
            groups[f"of {count:,} flights, groups"] = await _check(product, count)
            prefix = f"/v1/views/{_name(count)}/{VIEW}?"
            sides[count] = answers(product.api, product.token, prefix, ends, stage.seconds)
        row = sizes.flat("top 10 groups of flights", medians(await interleaved(sides, stage.rounds)))
        return [replace(row, figures={**row.figures, **groups})]


def _name(count: int) -> str:
    return f"{flights.COLLECTION}_{count}"


async def _check(product: Product, count: int) -> float:
    """Return how many groups there are.

    Raises: BenchmarkFailed unless the top ones are ten, by the index of the measure, the worst first.
    """
    async with product.client() as client:
        asked: dict[str, str | int] = {"sort": "-mean_delay", "limit": LIMIT, "count": "true"}
        answer = (await client.get(f"/v1/views/{_name(count)}/{VIEW}", params=asked)).raise_for_status()
    found = answer.json()
    delays = [item["mean_delay"] for item in found["items"]]
    if answer.headers["fold-plan"] == "scan" or len(delays) != LIMIT or delays != sorted(delays, reverse=True):
        raise BenchmarkFailed(f"Not the top groups: {answer.headers['fold-plan']} {delays}")
    return float(found["count"])
