"""Reads while Redis is being filled: who asks for a position waits for it, who does not is told to retry."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from events.background import Background
from events.position import Position
from events.wakeup import Wakeups
from projections.checkpoint import Checkpoint
from projections.layout import Layout
from queries.cursor import Cursors
from queries.documents import DocumentQueries
from queries.errors import ProjectionBehind, ProjectionsAbsent, RowMissing
from queries.freshness import Freshness
from queries.waiting import Waiters

LOG = "5f0c"
LAYOUT = Layout("test")


@pytest.fixture
async def queries(redis: Redis) -> AsyncIterator[DocumentQueries]:
    waiters = Waiters(redis, LAYOUT, LOG, 1, Wakeups())
    async with Background() as background:
        background.start(waiters.run(), "waiters")
        yield DocumentQueries(redis, LAYOUT.prefix, LOG, 1, Cursors(b"k" * 32), waiters)


async def test_a_read_without_a_position_is_told_that_projections_are_absent(queries: DocumentQueries) -> None:
    with pytest.raises(ProjectionsAbsent):
        await queries.get("orders", "o1")
    with pytest.raises(ProjectionsAbsent):
        await queries.list("orders", 20)


async def test_a_read_that_asks_for_a_position_waits_until_it_is_there(
    queries: DocumentQueries, redis: Redis
) -> None:
    fresh = Freshness((Position(7),), patience=10)
    one = asyncio.create_task(queries.get("orders", "o1", fresh))
    many = asyncio.create_task(queries.list("orders", 20, fresh=fresh))
    await asyncio.wait({one, many}, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
    assert not one.done()
    assert not many.done()
    await redis.set(LAYOUT.live.checkpoint(0), Checkpoint(LOG, Position(7)).write())
    with pytest.raises(RowMissing) as missing:
        await one
    assert missing.value.served_at == "7"
    assert (await many).standing.header == "7"


async def test_a_read_that_waited_in_vain_is_told_what_it_waited_for(queries: DocumentQueries) -> None:
    with pytest.raises(ProjectionBehind) as behind:
        await queries.get("orders", "o1", Freshness((Position(7),), patience=0.05))
    assert (behind.value.after, behind.value.waited) == (7, 0.05)
