"""Commit to visible: how long after a write is acknowledged do readers of Redis find it, at 500 writes/s."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds until a write was visible: since it was due to be sent, and since it was acknowledged."""

    since_sent: float
    since_acknowledged: float


async def rows(stage: Stage) -> list[Row]:
    """Measure on one deployment, the first writes only warming it up."""
    async with stage.fresh() as product:
        await writes(product, PATH, PER_SECOND, min(2.0, stage.seconds))
        rounds = [await _delays(product, stage.seconds) for _ in range(stage.rounds)]
    return [_row("p50", P50, 0.50, rounds), _row("p99", P99, 0.99, rounds)]


def _row(name: str, bar: Bar, share: float, rounds: Sequence[Sequence[Delay]]) -> Row:
    """Make the row out of the delays of every round: of each its percentile, of those the median."""

    def typical(seconds: Callable[[Delay], float]) -> float:
        return 1000 * median(percentile([seconds(delay) for delay in delays], share) for delays in rounds)

    figures = {"from sending to visible, ms": typical(attrgetter("since_sent"))}
    return Row(f"commit to visible, {name}", bar, typical(attrgetter("since_acknowledged")), figures)


async def _delays(product: Product, seconds: float) -> list[Delay]:
    async with watching(product) as moves:
        written = await writes(product, PATH, PER_SECOND, seconds)
        return delays(written, await moves(max(write.position for write in written)))


def delays(written: Sequence[Write], moves: Sequence[Moved]) -> list[Delay]:
    """Return how long each write took until the checkpoint had reached it.

    A write that was visible before its acknowledgement arrived took no time since then.
    """
    reached = [moves[bisect_left(moves, write.position, key=attrgetter("checkpoint"))].at for write in written]
    return [
        Delay(at - write.sent, max(0.0, at - write.acknowledged))
        for at, write in zip(reached, written, strict=True)
    ]
