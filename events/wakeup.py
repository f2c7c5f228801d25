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


class Listener:
    """Hears one channel. `heard` is set at each wake-up, and when the connection came back after a loss."""

    def __init__(self, redis: "Redis", channel: str) -> None:
        self._redis = redis
        self._channel = channel
        self.heard = asyncio.Event()

    async def wait(self, timeout: float) -> None:
        """Return at the next wake-up, or after `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self.heard.wait()
        self.heard.clear()

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
                    self.heard.set()
