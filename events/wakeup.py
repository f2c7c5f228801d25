"""Wake-ups through Redis: a hint that something moved. Nothing is ever read from one.

A wake-up may be lost, doubled or late; who waits for one also looks again by the clock.
"""

import asyncio
import contextlib

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

_log = structlog.get_logger(__name__)

RECONNECT = 0.5


class Announcer:
    """Publishes to one channel without ever making its caller wait; announcements made meanwhile are one."""

    def __init__(self, redis: "Redis", channel: str) -> None:
        self._redis = redis
        self._channel = channel
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def announce(self, _: object = None) -> None:
        """Wake whoever listens, soon."""
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.create_task(self._publish(), name="announce")

    async def close(self) -> None:
        """Let an announcement on its way end."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _publish(self) -> None:
        again = True
        while again:
            self._again = False
            with contextlib.suppress(RedisError, OSError):
                await self._redis.publish(self._channel, b"")
            again = self._again


class Wakeups:
    """What one waiter has heard since it last waited."""

    def __init__(self) -> None:
        self._heard = asyncio.Event()

    def wake(self) -> None:
        """Let the waiter look again."""
        self._heard.set()

    async def wait(self, timeout: float) -> bool:
        """Return at the next wake-up, with true, or after `timeout` seconds, with false."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._heard.wait()
        heard = self._heard.is_set()
        self._heard.clear()
        return heard


class Listener:
    """Hears one channel, on behalf of any number of waiters."""

    def __init__(self, redis: "Redis", channel: str) -> None:
        self._redis = redis
        self._channel = channel
        self._waiters: list[Wakeups] = []

    def waiter(self) -> Wakeups:
        """Somebody new to wake."""
        waiter = Wakeups()
        self._waiters.append(waiter)
        return waiter

    async def run(self) -> None:
        """Listen until cancelled, across losses of Redis."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                _log.debug("wake-ups lost, connecting again", channel=self._channel, reason=str(error))
                await asyncio.sleep(RECONNECT)

    async def _listen(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=False) as channel:
            await channel.subscribe(self._channel)
            while True:
                if await channel.get_message(timeout=None) is not None:
                    for waiter in self._waiters:
                        waiter.wake()
