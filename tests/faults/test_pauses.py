"""Processes that stand still for some seconds, and go on as if nothing had been."""

import asyncio

from tests.faults.history import Fate
from tests.faults.proof import under_load
from tests.faults.stage import Stage

PAUSE = 2.5
"""Seconds. No read waits so long for Redis, and a write does for MongoDB."""

LEASE = 3.0
"""Seconds. A projector that stands still so long has lost its leases."""


async def test_every_write_is_acknowledged_late_when_mongod_stands_still(stage: Stage, seed: str) -> None:
    async with under_load(stage, seed) as load:
        with stage.frozen("mongod"):
            await asyncio.sleep(PAUSE)
    assert load.history.fates(Fate.UNKNOWN) == []


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
            await asyncio.sleep(LEASE)
            await load.goes_on()
        await load.goes_on()
    assert not stage.second_halted
    assert load.history.fates(Fate.UNKNOWN) == []
