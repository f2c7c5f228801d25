"""Word of changes, spread through Redis: a wake-up only, nothing is ever read from it."""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

ANNOUNCE_TIMEOUT = 0.5
LISTEN_TIMEOUT = 5.0
RETRY_AFTER = 1.0

_log = structlog.get_logger(__name__)


class Announcements:
    """A channel of Redis. With no Redis, or with one that is away, nobody is told and nothing fails."""

    def __init__(self, redis: Redis | None, channel: str) -> None:
        self._redis = redis
        self._channel = channel

    async def announce(self, change: int) -> None:
        """Tell whoever listens that `change` was made; given up after half a second."""
        if self._redis is None:
            return
        try:
            async with asyncio.timeout(ANNOUNCE_TIMEOUT):
                await self._redis.publish(self._channel, str(change))
        except (RedisError, OSError) as error:
            _log.warning("change of the catalog not announced", change=change, reason=str(error))

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` at each announcement, and after each time the channel was lost.

        Runs until it is cancelled; without Redis it returns at once.
        """
        while self._redis is not None:
            try:
                await self._listen(self._redis, wake)
            except (RedisError, OSError) as error:
                _log.warning("announcements of the catalog lost", reason=str(error))
            await asyncio.sleep(RETRY_AFTER)

    async def _listen(self, redis: Redis, wake: Callable[[], None]) -> None:
        async with redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(self._channel)
            wake()
            while True:
                if await channel.get_message(timeout=LISTEN_TIMEOUT) is not None:
                    wake()
