"""Commit to visible: how long after a write was sent do readers of Redis find it, at 500 writes/s."""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from statistics import median

from benchmarks.bars import Bar, Row
from benchmarks.openloop import Write, writes
from benchmarks.product import Product
from benchmarks.rounds import percentile
from benchmarks.stage import Stage
from benchmarks.watching import Moved, watching

PATH = "/v1/documents/notes"
PER_SECOND = 500.0
P50 = Bar(5.0, unit="ms", at_most=True)
P99 = Bar(25.0, unit="ms", at_most=True)


async def rows(stage: Stage) -> list[Row]:
    """Measure on one deployment, the first writes only warming it up."""
    async with stage.fresh() as product:
        await writes(product, PATH, PER_SECOND, min(2.0, stage.seconds))
        rounds = [await _delays(product, stage.seconds) for _ in range(stage.rounds)]
    return [
        Row("commit to visible, p50", P50, median(percentile(delays, 0.50) for delays in rounds)),
        Row("commit to visible, p99", P99, median(percentile(delays, 0.99) for delays in rounds)),
    ]


async def _delays(product: Product, seconds: float) -> list[float]:
    async with watching(product) as moves:
        written = await writes(product, PATH, PER_SECOND, seconds)
        seen = await moves(max(write.position for write in written))
    return [delay * 1000 for delay in delays(written, seen)]


def delays(written: Sequence[Write], moves: Sequence[Moved]) -> list[float]:
    """Return, for each write, the seconds from its acknowledgement until the checkpoint had reached it.

    A write that was visible before its acknowledgement arrived took no time.
    """
    reached = [moves[bisect_left(moves, write.position, key=attrgetter("checkpoint"))].at for write in written]
    return [max(0.0, at - write.acknowledged) for at, write in zip(reached, written, strict=True)]
