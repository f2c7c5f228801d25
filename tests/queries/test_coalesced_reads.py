"""Gets of one tick go out together, and everybody gets the answer to his own question."""

import asyncio
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from commands.documents import Put
from queries.coalesced import MOST_IN_ONE
from queries.errors import ProjectionsAbsent, ReadUnavailable, RowMissing
from tests.projections.marks import KILLING
from tests.projections.world import World

pytestmark = KILLING


@pytest.fixture
async def filled(world: World) -> World:
    """Ten orders and ten users, projected; nobody projects any more."""
    await world.declare("orders", "users")
    for collection in ("orders", "users"):
        await world.create(collection, (f"d{n}" for n in range(10)), of=collection)
    async with world.projecting():
        await world.caught_up()
    return world


async def test_everybody_gets_the_answer_to_his_own_question(filled: World) -> None:
    asked = [(collection, f"d{n % 13}") for n in range(130) for collection in ("orders", "users", "never")]
    answers = await asyncio.gather(*(filled.queries.get(*each) for each in asked), return_exceptions=True)
    for (collection, id), answer in zip(asked, answers, strict=True):
        if collection == "never" or int(id[1:]) >= 10:
            assert isinstance(answer, RowMissing)
            assert answer.served_at == "20"
        else:
            assert not isinstance(answer, BaseException)
            row, standing = answer
            document = orjson.loads(row.body)
            assert (document["id"], document["of"], row.version) == (id, collection, 1)
            assert standing.positions == [20]


@pytest.mark.parametrize("count", [1, MOST_IN_ONE, MOST_IN_ONE + 1, 1000])
async def test_gets_of_one_tick_are_a_handful_of_commands(filled: World, count: int) -> None:
    await filled.queries.get("orders", "d1")
    await filled.redis.config_resetstat()
    await asyncio.gather(*(filled.queries.get("orders", f"d{n % 10}") for n in range(count)))
    stats = await commands(filled.redis)
    assert stats.pop("evalsha") == -(-count // MOST_IN_ONE)
    assert stats.get("get", 0) <= -(-count // MOST_IN_ONE)
    assert stats.get("hmget", 0) <= -(-count // MOST_IN_ONE)


async def test_who_goes_away_disturbs_nobody(filled: World) -> None:
    gone = [asyncio.create_task(_get(filled, "d1")) for _ in range(5)]
    stays = asyncio.create_task(_get(filled, "d1"))
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    assert (await stays)["id"] == "d1"
    assert [type(each) for each in await asyncio.gather(*gone, return_exceptions=True)] == [
        asyncio.CancelledError
    ] * 5


async def test_a_read_sees_rows_of_one_moment(filled: World) -> None:
    for n in range(5):
        await filled.write("orders", "d1", Put({"n": n}))
        await filled.write("orders", "d2", Put({"n": n}))

    async def check() -> None:
        one, other = await asyncio.gather(
            filled.queries.get("orders", "d1"), filled.queries.get("orders", "d2")
        )
        assert one[0].version - other[0].version in (0, 1)
        assert one[1] == other[1]

    async with filled.projecting():
        while await filled.checkpoints() != await filled.heads():
            await check()
    await check()


async def test_a_failed_read_fails_those_who_asked_and_nobody_after_them(filled: World) -> None:
    key = filled.layout.rows("orders", (await filled.built.generations.live())["orders"])
    await filled.redis.rename(key, "aside")
    await filled.redis.set(key, "no hash")
    asked = (filled.queries.get("orders", "d1"), filled.queries.get("users", "d1"))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [ReadUnavailable] * 2
    await filled.redis.rename("aside", key)
    assert (await _get(filled, "d1"))["id"] == "d1"


async def test_what_is_not_there_yet_is_said_to_those_who_ask_for_it_alone(filled: World) -> None:
    await filled.redis.hset(filled.layout.live.generations, "orders", "0 7")
    asked = (filled.queries.get("orders", "d1"), filled.queries.get("users", "d1"))
    absent, there = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(absent, ProjectionsAbsent)
    assert not isinstance(there, BaseException)
    with pytest.raises(ProjectionsAbsent):
        await filled.queries.list("orders", 3)
    assert len((await filled.queries.list("users", 3)).items) == 3


async def test_redis_may_forget_the_scripts(filled: World) -> None:
    assert (await _get(filled, "d1"))["id"] == "d1"
    await filled.redis.script_flush()
    answers = await asyncio.gather(
        *(_get(filled, f"d{n}") for n in range(10)), filled.queries.list("orders", 3)
    )
    assert len(answers) == 11


async def commands(redis: Redis) -> dict[str, int]:
    """How often Redis did what since the count was reset."""
    stats: dict[str, Any] = await redis.info("commandstats")
    return {name.removeprefix("cmdstat_"): found["calls"] for name, found in stats.items()}


async def _get(world: World, id: str) -> Any:
    row, _ = await world.queries.get("orders", id)
    return orjson.loads(row.body)
