"""A read that waited in vain says why: nobody works on the projections, or who did is silent, or is stuck."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from events.background import Background
from events.position import Position, beginning
from events.wakeup import Wakeups
from projections.checkpoint import Checkpoint
from projections.heartbeat import Heartbeats, PartitionBeat
from projections.layout import Layout
from projections.shares import Shares
from projections.state import ProjectorState
from queries.errors import ProjectionBehind
from queries.waiting import Waiters
from tests.projections.marks import KILLING

pytestmark = KILLING

LOG = "5f0c"
LAYOUT = Layout("late")


@pytest.fixture
async def waiters(redis: Redis) -> AsyncIterator[Waiters]:
    """Those who wait for projections that stand at position 1."""
    await redis.set(LAYOUT.live.checkpoint(0), Checkpoint(LOG, Position(1)).write())
    waiters = Waiters(redis, LAYOUT, LOG, 1, Wakeups())
    async with Background() as background:
        background.start(waiters.run(), "waiters")
        yield waiters


async def told(waiters: Waiters) -> str:
    """What is said to who waits for position 7 in vain."""
    with pytest.raises(ProjectionBehind) as behind:
        await waiters.wait([Position(7)], 0.02)
    return str(behind.value)


async def heard_of(redis: Redis, seconds_ago: float, trouble: str | None = None) -> None:
    """A projector has the partition, and gave its last sign of life so long ago."""
    assert await Shares(redis, LAYOUT, 1, "ada").take() == {0}
    await redis.zincrby(LAYOUT.living, -seconds_ago, "ada")
    beat = PartitionBeat(state=ProjectorState.CATCHING_UP, trouble=trouble)
    await Heartbeats(redis, LAYOUT).beat("ada", [beat])


async def test_that_no_projector_works_is_said(waiters: Waiters) -> None:
    assert await told(waiters) == (
        "the projections did not reach position 7 within 0.02 s: no projector works on them; try again"
    )


async def test_that_a_projector_left_is_said(waiters: Waiters, redis: Redis) -> None:
    await heard_of(redis, 0.0)
    await Shares(redis, LAYOUT, 1, "ada").leave()
    assert "no projector works on them" in await told(waiters)


async def test_how_long_a_projector_was_silent_is_said(waiters: Waiters, redis: Redis) -> None:
    await heard_of(redis, 1.4)
    assert ": their projector was last heard of 1.4 s ago; another one takes over when that is 2.5 s;" in (
        await told(waiters)
    )


async def test_that_a_projector_is_in_trouble_is_said_and_not_which(waiters: Waiters, redis: Redis) -> None:
    await heard_of(redis, 0.0, "mongodb://secret does not answer")
    said = await told(waiters)
    assert "their projector is in trouble, which GET /v1/projections tells" in said
    assert "secret" not in said


async def test_a_projector_that_is_at_work_is_not_spoken_of(waiters: Waiters, redis: Redis) -> None:
    await heard_of(redis, 0.0)
    assert await told(waiters) == "the projections did not reach position 7 within 0.02 s; try again"


async def test_the_position_that_is_not_reached_is_named_and_no_greater_one(redis: Redis) -> None:
    there = beginning(1) + 5
    for partition, position in enumerate([1, there]):
        await redis.set(LAYOUT.live.checkpoint(partition), Checkpoint(LOG, Position(position)).write())
    waiters = Waiters(redis, LAYOUT, LOG, 2, Wakeups())
    async with Background() as background:
        background.start(waiters.run(), "waiters")
        with pytest.raises(ProjectionBehind, match="position 7 "):
            await waiters.wait([Position(7), Position(there)], 0.02)
