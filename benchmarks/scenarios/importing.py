"""Import the flights through the command path: beside insert_many of the same documents."""

import asyncio

from benchmarks import flights
from benchmarks.bars import Bar, Row
from benchmarks.baselines import raw
from benchmarks.rounds import interleaved, medians
from benchmarks.stage import Stage

AGAINST_INSERT_MANY = Bar(0.2)


async def rows(stage: Stage) -> list[Row]:
    """Measure `foldbase import`, start to end, into a deployment that is new each round."""
    documents = list(flights.documents(stage.file))

    async def imported() -> float:
        return (await stage.load()).rate

    async def inserted() -> float:
        return await asyncio.to_thread(raw.insert_many, stage.mongo, documents)

    rates = medians(await interleaved({"foldbase": imported, "insert_many": inserted}, stage.rounds))
    figures = {f"{side}, documents/s": rate for side, rate in rates.items()}
    measured = rates["foldbase"] / rates["insert_many"]
    return [Row("import, against insert_many", AGAINST_INSERT_MANY, measured, figures)]
