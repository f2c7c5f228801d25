"""Processes that stand still for three seconds, and go on as if nothing had been."""

import asyncio

import pytest

from tests.faults.history import Fate
from tests.faults.proof import under_load
from tests.faults.stage import WORKERS, Stage

PAUSE = 3.0


async def test_every_write_is_acknowledged_late_when_mongod_stands_still(stage: Stage, seed: str) -> None:
    async with under_load(stage, seed) as load:
        with stage.frozen("mongod"):
            await asyncio.sleep(PAUSE)
    assert load.history.fates(Fate.UNKNOWN) == []


async def test_a_write_of_unknown_outcome_is_stored_once_or_never(impatient: Stage, seed: str) -> None:
    async with under_load(impatient, seed) as load:
        with impatient.frozen("mongod"):
            await asyncio.sleep(PAUSE)
    assert load.history.fates(Fate.UNKNOWN) != []


@pytest.mark.parametrize("worker", range(WORKERS))
async def test_a_worker_that_wakes_up_late_stores_nothing_twice(
    impatient: Stage, seed: str, worker: int
) -> None:
    """One of the workers appends for all; the others give it up, and send again what it may still send."""
    async with under_load(impatient, seed):
        with impatient.frozen("api", only=worker):
            await asyncio.sleep(PAUSE)


async def test_every_write_is_acknowledged_while_redis_stands_still(stage: Stage, seed: str) -> None:
    async with under_load(stage, seed) as load:
        with stage.frozen("redis-server"):
            await asyncio.sleep(PAUSE)
    assert load.history.fates(Fate.UNKNOWN) == []


async def test_a_projector_that_stood_still_undoes_nothing_that_another_did_meanwhile(
    stage: Stage, seed: str
) -> None:
    async with under_load(stage, seed) as load, stage.second_projector():
        with stage.frozen("projector"):
            await asyncio.gather(load.goes_on(), asyncio.sleep(PAUSE))
    assert load.history.fates(Fate.UNKNOWN) == []
