"""Import the flights through the command path: beside insert_many of the same documents, and over HTTP."""

import asyncio

from benchmarks import flights
from benchmarks.bars import Bar, Row
from benchmarks.baselines import raw
from benchmarks.rounds import interleaved, medians
from benchmarks.stage import Stage

AGAINST_INSERT_MANY = Bar(0.2)
OVER_HTTP = Bar(0.6)


async def rows(stage: Stage) -> list[Row]:
    """Measure `foldbase import`, start to end, into a deployment that is new each round, in both its ways."""
    documents = list(flights.documents(stage.file))

    async def imported() -> float:
        return (await stage.load()).rate

    async def sent() -> float:
        return (await stage.load(over_http=True)).rate

    async def inserted() -> float:
        return await asyncio.to_thread(raw.insert_many, stage.mongo, documents)

    sides = {"foldbase": imported, "foldbase over HTTP": sent, "insert_many": inserted}
    rates = medians(await interleaved(sides, stage.rounds))
    figures = {f"{side}, documents/s": rate for side, rate in rates.items()}
    return [
        Row(
            "import, against insert_many",
            AGAINST_INSERT_MANY,
            rates["foldbase"] / rates["insert_many"],
            figures,
        ),
        Row("import over HTTP, against import", OVER_HTTP, rates["foldbase over HTTP"] / rates["foldbase"]),
    ]
