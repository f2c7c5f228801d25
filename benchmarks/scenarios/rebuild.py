"""Rebuild the flights from the log, in one process: beside a scan that only decodes the same commits."""

import asyncio

from benchmarks import product
from benchmarks.bars import Bar, Row
from benchmarks.baselines import raw
from benchmarks.errors import BenchmarkFailed
from benchmarks.flights import COLLECTION
from benchmarks.rounds import interleaved, medians
from benchmarks.stage import Stage
from benchmarks.visible import DATABASE

AGAINST_SCAN = Bar(0.4)


async def rows(stage: Stage) -> list[Row]:
    """Measure `foldbase rebuild`, start to end, in commits/s."""
    loaded = await stage.loaded()

    async def rebuilt() -> float:
        return loaded.documents / await product.command(loaded.product, "rebuild", COLLECTION)

    async def scanned() -> float:
        count, rate = await asyncio.to_thread(raw.scan, loaded.product.mongo, DATABASE, "commits")
        if count != loaded.documents:
            raise BenchmarkFailed(f"The log holds {count:,} commits where {loaded.documents:,} are expected.")
        return rate

    rates = medians(await interleaved({"foldbase": rebuilt, "scan": scanned}, stage.rounds))
    figures = {f"{side}, commits/s": rate for side, rate in rates.items()}
    return [Row("rebuild, against a bare scan", AGAINST_SCAN, rates["foldbase"] / rates["scan"], figures)]
