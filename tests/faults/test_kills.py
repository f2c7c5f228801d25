"""kill -9 in the middle of load: no acknowledged write is lost, and nothing is read but what the log says."""

import pytest

from tests.faults.history import Fate
from tests.faults.proof import under_load
from tests.faults.stage import Stage


async def test_every_write_is_kept_when_one_api_worker_after_the_other_is_killed(
    stage: Stage, seed: str
) -> None:
    async with under_load(stage, seed) as load:
        await stage.replaced(stage.kill("api", only=0))
        await load.goes_on()
        await load.gets_going()
        await stage.replaced(stage.kill("api", only=1))


async def test_every_write_is_kept_when_mongod_is_killed(stage: Stage, seed: str) -> None:
    async with under_load(stage, seed):
        await stage.replaced(stage.kill("mongod"))


@pytest.mark.parametrize("kind", ["projector", "redis-server"])
async def test_every_write_is_acknowledged_while_the_read_side_is_killed(
    stage: Stage, seed: str, kind: str
) -> None:
    async with under_load(stage, seed) as load:
        await stage.replaced(stage.kill(kind))
    assert load.history.fates(Fate.UNKNOWN) == []


async def test_no_reader_goes_back_when_redis_comes_back_with_an_old_copy(stage: Stage, seed: str) -> None:
    async with under_load(stage, seed) as load:
        with stage.redis() as redis:
            redis.save()
        await load.gets_going()
        await stage.replaced(stage.kill("redis-server"))
    assert load.history.fates(Fate.UNKNOWN) == []


async def test_no_reader_goes_back_when_everything_in_redis_is_lost(stage: Stage, seed: str) -> None:
    async with under_load(stage, seed) as load:
        with stage.redis() as redis:
            redis.flushall()
    assert load.history.fates(Fate.UNKNOWN) == []
