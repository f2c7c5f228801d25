"""Create a 300-byte document, durably, over 64 connections: beside one insert_one per request."""

from contextlib import AsyncExitStack

from benchmarks import load
from benchmarks.bars import Bar, Row
from benchmarks.processes import baseline
from benchmarks.product import environment
from benchmarks.rounds import Measure, interleaved, medians, paired
from benchmarks.stage import Stage

PATH = "/v1/documents/notes"
AGAINST_INSERT_ONE = Bar(2.5)
TWO_WORKERS_AGAINST_ONE = Bar(1.0)


async def rows(stage: Stage) -> list[Row]:
    """Measure PyMongo, one API worker, two API workers and Motor; all run from the first round to the last."""
    async with AsyncExitStack() as stack:
        pymongo = await stack.enter_async_context(baseline("insert_one", stage.folder, mongo=stage.mongo))
        motor = await stack.enter_async_context(baseline("insert_one_motor", stage.folder, mongo=stage.mongo))
        one = await stack.enter_async_context(stage.fresh(workers=1))
        two = await stack.enter_async_context(stage.fresh(workers=2))
        sides = {
            "pymongo": _creating(stage, pymongo, "x" * 300),
            "one worker": _creating(stage, one.api, one.token),
            "two workers": _creating(stage, two.api, two.token),
            "motor": _creating(stage, motor, "x" * 300),
        }
        return judged(await interleaved(sides, stage.rounds))


def judged(rates: dict[str, list[float]]) -> list[Row]:
    """Make the rows out of creates/s by side and round: the product is to beat the faster of the drivers."""
    middle = medians(rates)
    faster = max(("pymongo", "motor"), key=lambda driver: middle[driver])
    figures = {f"{side}, creates/s": rate for side, rate in middle.items()}
    return [
        Row(
            "create, against one insert_one",
            AGAINST_INSERT_ONE,
            paired(rates["one worker"], rates[faster]),
            figures,
        ),
        Row(
            "create, 2 API workers against 1",
            TWO_WORKERS_AGAINST_ONE,
            paired(rates["two workers"], rates["one worker"]),
            {name: figures[name] for name in ("two workers, creates/s", "one worker, creates/s")},
        ),
    ]


def _creating(stage: Stage, api: str, token: str) -> Measure:
    async def measure() -> float:
        asked = {**environment(), "BENCH_PATH": PATH, "BENCH_TOKEN": token}
        return await load.rate(api, "create.lua", asked, stage.seconds)

    return measure
