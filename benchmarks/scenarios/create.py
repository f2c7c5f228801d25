"""Create a 300-byte document, durably, over 64 connections: beside one insert_one per request."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from benchmarks import load
from benchmarks.bars import Bar, Row
from benchmarks.processes import baseline
from benchmarks.product import environment
from benchmarks.rounds import interleaved, medians
from benchmarks.stage import Stage

PATH = "/v1/documents/notes"
AGAINST_INSERT_ONE = Bar(2.5)
TWO_WORKERS_AGAINST_ONE = Bar(1.0)


async def rows(stage: Stage) -> list[Row]:
    """Measure one API worker, two API workers, PyMongo and Motor."""
    async with AsyncExitStack() as stack:
        pymongo = await stack.enter_async_context(baseline("insert_one", stage.folder, mongo=stage.mongo))
        motor = await stack.enter_async_context(baseline("insert_one_motor", stage.folder, mongo=stage.mongo))
        sides = {
            "pymongo": _baseline(stage, pymongo),
            "one worker": _product(stage, workers=1),
            "motor": _baseline(stage, motor),
            "two workers": _product(stage, workers=2),
        }
        rates = medians(await interleaved(sides, stage.rounds))
    return judged(rates)


def judged(rates: dict[str, float]) -> list[Row]:
    """Make the rows out of creates/s by side: the product has to beat the faster of the two drivers."""
    faster = max(rates["pymongo"], rates["motor"])
    figures = {f"{side}, creates/s": rate for side, rate in rates.items()}
    return [
        Row("create, against one insert_one", AGAINST_INSERT_ONE, rates["one worker"] / faster, figures),
        Row(
            "create, 2 API workers against 1",
            TWO_WORKERS_AGAINST_ONE,
            rates["two workers"] / rates["one worker"],
            {name: figures[name] for name in ("two workers, creates/s", "one worker, creates/s")},
        ),
    ]


def _product(stage: Stage, workers: int) -> Callable[[], Awaitable[float]]:
    async def measure() -> float:
        async with stage.fresh(workers) as product:
            return await _creates(product.api, product.token, stage.seconds)

    return measure


def _baseline(stage: Stage, api: str) -> Callable[[], Awaitable[float]]:
    async def measure() -> float:
        return await _creates(api, "x" * 300, stage.seconds)

    return measure


async def _creates(api: str, token: str, seconds: float) -> float:
    asked = {**environment(), "BENCH_PATH": PATH, "BENCH_TOKEN": token}
    return await load.rate(api, "create.lua", asked, seconds)
