"""Taking turns: processes that fill one build change its views one after the other, and not in vain."""

import asyncio
import secrets
from contextlib import suppress
from types import TracebackType

from redis.exceptions import RedisError

from projections.client import RedisClient

LONGEST = 2.0
AGAIN = 0.002

_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class Turn:
    """A turn may be taken in a block, and ends with it, or after 2 seconds. Of economy: steps are guarded."""

    def __init__(self, redis: RedisClient, key: str) -> None:
        self._redis = redis
        self._key = key
        self._mine = secrets.token_hex(8)
        self._is_taken = False

    async def take(self) -> None:
        """Wait for the turn. Raises what `redis` raises."""
        taking = {"nx": True, "px": int(LONGEST * 1000)}
        while not await self._redis.set(self._key, self._mine, **taking):  # noqa: ASYNC110 - others hold it
            await asyncio.sleep(AGAIN)
        self._is_taken = True

    async def __aenter__(self) -> None:
        self._is_taken = False

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_taken:
            with suppress(RedisError, OSError):
                await self._redis.eval(_GIVE_BACK, 1, self._key, self._mine)
