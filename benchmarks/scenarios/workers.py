"""Rebuild the flights with two processes: beside one, and with how many cores were free."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks import cores, rebuilds
from benchmarks.bars import Bar, Row
from benchmarks.flights import COLLECTION
from benchmarks.rounds import Measure, interleaved, medians
from benchmarks.stage import Stage

TWO_AGAINST_ONE = Bar(1.6)


async def rows(stage: Stage) -> list[Row]:
    """Measure `foldbase rebuild --workers` with 1 and with 2, each once the machine has come to rest."""
    product = (await stage.loaded()).product
    free: list[float] = []

    def rebuilt(workers: int) -> Measure:
        async def measure() -> float:
            free.append(await cores.rested())
            return await rebuilds.rate(product, COLLECTION, workers=workers)

        return measure

    return judged(medians(await interleaved({each: rebuilt(each) for each in (1, 2)}, stage.rounds)), free)


def judged(rates: Mapping[int, float], free: Sequence[float]) -> list[Row]:
    """Make the row out of commits/s by how many workers there were, and the cores that were `free` before."""
    figures = {
        "1 worker, commits/s": rates[1],
        "2 workers, commits/s": rates[2],
        "free before each, cores": median(free),
        "free before one at least, cores": min(free),
    }
    return [Row("rebuild, 2 workers against 1", TWO_AGAINST_ONE, rates[2] / rates[1], figures)]
