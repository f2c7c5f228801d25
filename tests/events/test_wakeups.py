"""Wake-ups reach whoever waits, and survive the loss of Redis: nobody fails, and nobody sleeps for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.embedded import RedisServer, start
from events import wakeup
from events.background import Background
from events.log import EventLog
from events.wakeup import Announcer, Listener, Wakeups
from tests.events.commits import new
from tests.servers import temporary_folder

CHANNEL = "appended"
LONG = 10.0


@pytest.fixture(autouse=True)
def _connecting_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeup, "RECONNECT", 0.01)


@asynccontextmanager
async def listening(redis: Redis) -> AsyncIterator[Listener]:
    """A listener that hears the channel."""
    listener = Listener(redis, CHANNEL)
    async with Background() as background:
        background.start(listener.run(), "listener")
        yield listener


async def subscribed(redis: Redis, number: int = 1) -> None:
    """Wait until `number` listeners hear the channel."""
    async with asyncio.timeout(LONG):
        while dict(await redis.pubsub_numsub(CHANNEL)) != {CHANNEL.encode(): number}:
            await asyncio.sleep(0.002)


async def drained(waiter: Wakeups) -> None:
    """Forget what was heard so far: to begin to listen counts as a wake-up."""
    await waiter.wait(LONG)


async def test_an_announcement_wakes_every_waiter(redis: Redis) -> None:
    async with listening(redis) as listener:
        waiters = [listener.waiter() for _ in range(3)]
        await subscribed(redis)
        for waiter in waiters:
            await drained(waiter)
        announcer = Announcer(redis, CHANNEL)
        announcer.announce()
        assert await asyncio.gather(*(waiter.wait(LONG) for waiter in waiters)) == [True, True, True]
        await announcer.close()


async def test_an_append_wakes_who_waits_for_it(redis: Redis, log: EventLog) -> None:
    announcer = Announcer(redis, CHANNEL)
    log.on_append(announcer.announce)
    async with listening(redis) as listener:
        waiter = listener.waiter()
        await subscribed(redis)
        await drained(waiter)
        await log.append(new())
        assert await waiter.wait(LONG)
    await announcer.close()


async def test_announcements_made_while_one_is_on_its_way_are_one_more(redis: Redis) -> None:
    async with redis.pubsub() as channel:
        await channel.subscribe(CHANNEL)
        await subscribed(redis)
        announcer = Announcer(redis, CHANNEL)
        announcer.announce()
        await asyncio.sleep(0)
        for _ in range(1000):
            announcer.announce()
        await announcer.close()
        await redis.publish(CHANNEL, b"end")
        messages = [message["data"] async for message in until_end(channel)]
    assert messages == [b"", b""]


async def until_end(channel: PubSub) -> AsyncIterator[dict[str, Any]]:
    """The messages of a channel, until one says "end"."""
    while True:
        message = await channel.get_message(ignore_subscribe_messages=True, timeout=LONG)
        if message is not None and message["data"] == b"end":
            return
        if message is not None:
            yield message


async def test_a_listener_that_is_cut_off_listens_again_and_wakes_its_waiters(redis: Redis) -> None:
    async with listening(redis) as listener:
        waiter = listener.waiter()
        await subscribed(redis)
        await drained(waiter)
        assert await redis.client_kill_filter(_type="pubsub") == 1
        assert await waiter.wait(LONG)
        await subscribed(redis)
        await redis.publish(CHANNEL, b"")
        assert await waiter.wait(LONG)


async def test_nobody_fails_while_redis_is_away_and_all_hear_when_it_is_back() -> None:
    with temporary_folder() as folder:
        [running] = await asyncio.to_thread(start, RedisServer.prepare(folder))
        redis = Redis.from_url(running.url, retry=Retry(NoBackoff(), 0))
        announcer = Announcer(redis, CHANNEL)
        try:
            async with listening(redis) as listener:
                waiter = listener.waiter()
                await subscribed(redis)
                await drained(waiter)
                running.stop()
                announcer.announce()
                await announcer.close()
                assert not await waiter.wait(0.05)
                [running] = await asyncio.to_thread(start, running.service)
                assert await waiter.wait(LONG)
                await subscribed(redis)
                announcer.announce()
                assert await waiter.wait(LONG)
            await announcer.close()
        finally:
            await redis.aclose()
            running.stop()


async def test_a_waiter_that_hears_nothing_goes_on_by_the_clock() -> None:
    assert not await Wakeups().wait(0.01)


async def test_a_wakeup_before_the_wait_is_not_missed_and_counts_once() -> None:
    waiter = Wakeups()
    waiter.wake()
    waiter.wake()
    assert await waiter.wait(LONG)
    assert not await waiter.wait(0.01)


async def test_a_cancelled_wait_keeps_the_wakeup_for_the_next() -> None:
    waiter = Wakeups()
    task = asyncio.create_task(waiter.wait(LONG))
    await asyncio.sleep(0)
    task.cancel()
    waiter.wake()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert await waiter.wait(0)
