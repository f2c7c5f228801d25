"""The oracle is no yes-man: whatever is not the fold of the log is noticed, in rows, indexes and views."""

from random import Random

import pytest

from commands.documents import Put
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold
from tests.projections.world import World

pytestmark = KILLING
KINDS = ("rows", "index", "surplus", "view", "viewindex", "viewvalues", "viewordered")


@pytest.fixture
async def told(world: World) -> World:
    """A world whose projections are the fold of a history."""
    await world.declare("orders", "users")
    async with world.projecting():
        await write(world, Random(1), 40)
        await world.write("orders", "o1", Put({"a": [1, 2], "b": "x", "n": 3}))
        await world.write("orders", "o2", Put({"a": 1, "b": "x", "n": 3}))
        await world.caught_up()
        await assert_equals_fold(world)
    return world


async def notices(world: World) -> bool:
    """Whether the oracle says that something is wrong."""
    try:
        await assert_equals_fold(world)
    except AssertionError:
        return True
    return False


async def test_whatever_is_taken_away_or_left_over_is_noticed(told: World) -> None:
    redis, prefix = told.redis, told.layout.prefix
    for kind in KINDS:
        keys = [key async for key in redis.scan_iter(f"{prefix}:{kind}:orders:*")]
        assert keys, kind
        for key in keys:
            kept = await redis.dump(key)
            await redis.delete(key)
            assert await notices(told), key
            await redis.restore(key, 0, kept)
    assert not await notices(told)


async def test_a_number_of_a_view_that_is_not_the_sum_of_its_documents_is_noticed(told: World) -> None:
    redis, prefix = told.redis, told.layout.prefix
    for name in ("by_day", "totals"):
        [key] = [key async for key in redis.scan_iter(f"{prefix}:view:orders:*:{name}")]
        for group, row in (await redis.hgetall(key)).items():
            wrong = row.replace(b'"documents":', b'"documents":1')
            assert wrong != row
            await redis.hset(key, group, wrong)
            assert await notices(told)
            await redis.hset(key, group, row)
    assert not await notices(told)
