"""Leases keep others from doing the same work twice. A matter of economy: every step is guarded besides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.exceptions import RedisError

from events.background import end
from projections.client import RedisClient
from projections.errors import ProjectionAway

_TAKE = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

_GIVE_BACK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


class Lease:
    """A lease on some work. Who holds it and dies loses it after `SECONDS`."""

    SECONDS = 5.0

    def __init__(self, redis: RedisClient, key: str, owner: str) -> None:
        """owner: a name that nobody else has."""
        self._redis = redis
        self._key = key
        self._owner = owner

    async def take(self) -> bool:
        """Take the lease, or keep it if it is ours. False: somebody else has it. Raises ProjectionAway."""
        try:
            taken = await self._redis.eval(_TAKE, 1, self._key, self._owner, int(self.SECONDS * 1000))
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return bool(taken)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renew the lease while in here; then let the next one have it at once."""
        renewal = asyncio.create_task(self._renew(), name="lease")
        try:
            yield
        finally:
            await end([renewal])
            with suppress(RedisError, OSError):
                await self._redis.eval(_GIVE_BACK, 1, self._key, self._owner)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self.SECONDS / 3)
            with suppress(ProjectionAway):
                await self.take()
