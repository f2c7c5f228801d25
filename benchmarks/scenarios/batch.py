"""Create 100 documents in one batch: beside 100 single creates, both over one kept connection."""

from collections.abc import Awaitable, Callable

from benchmarks import load
from benchmarks.bars import Bar, Row
from benchmarks.product import Product, environment
from benchmarks.rounds import interleaved, medians
from benchmarks.scenarios.create import PATH
from benchmarks.stage import Stage

AGAINST_SINGLE_CREATES = Bar(4.0)
COMMANDS = 100


async def rows(stage: Stage) -> list[Row]:
    """Measure both against one API worker, in creates/s."""
    async with stage.fresh(1) as product:
        sides = {
            "batches": _side(product, stage.seconds, "batch.lua", COMMANDS),
            "single creates": _side(product, stage.seconds, "create.lua", 1),
        }
        rates = medians(await interleaved(sides, stage.rounds))
    figures = {f"{side}, creates/s": rate for side, rate in rates.items()}
    ratio = rates["batches"] / rates["single creates"]
    return [Row("batch of 100 creates, against single ones", AGAINST_SINGLE_CREATES, ratio, figures)]


def _side(product: Product, seconds: float, script: str, creates: int) -> Callable[[], Awaitable[float]]:
    asked = {**environment(), "BENCH_PATH": PATH, "BENCH_TOKEN": product.token, "BENCH_COMMANDS": str(creates)}

    async def measure() -> float:
        return creates * await load.rate(product.api, script, asked, seconds, connections=1)

    return measure
