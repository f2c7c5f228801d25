"""Leases on rebuilds: one projector works on one at a time, by the clock of Redis.

Every new holder leaves a mark that nobody else has. Whoever changes more than a step does, such as starting a
build or telling how a job ended, watches that mark: a projector that stood still, and lost its lease
meanwhile, is refused whatever it still wanted to do. See `Fence`.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.exceptions import RedisError

from events.background import end
from projections.client import RedisClient
from projections.errors import ProjectionAway
from projections.fence import Fence
from projections.scripts import ALLOW_OOM

_TAKE = (
    ALLOW_OOM
    + """
local owner, mark = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])
if owner and owner ~= ARGV[1] then return false end
if ARGV[4] ~= '' and mark ~= ARGV[4] then return false end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if not mark or (not owner and ARGV[4] == '') then
  mark = ARGV[3]
  redis.call('SET', KEYS[2], mark)
end
if redis.call('PTTL', KEYS[2]) < ARGV[5] / 2 then redis.call('PEXPIRE', KEYS[2], ARGV[5]) end
return mark
"""
)

_GIVE_BACK = (
    ALLOW_OOM
    + """
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] or (not owner and redis.call('GET', KEYS[2]) == ARGV[2]) then
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('PUBLISH', ARGV[3], '')
end
"""
)


class Lease:
    """A lease on some work. Who holds it and dies, or stands still, loses it after `SECONDS`.

    REMEMBERED: how many seconds after that its mark is kept, for it to go on if nobody else took the lease.
                It is put off when half of that is over: more often would disturb steps, which watch the mark.
    """

    SECONDS = 3.0
    REMEMBERED = 3600.0

    def __init__(self, redis: RedisClient, base: str, owner: str, channel: str = "") -> None:
        """owner: a name that nobody else has; channel: told when the lease is given back."""
        self._redis = redis
        self._keys = (f"{base}:lease", f"{base}:fence")
        self._owner = owner
        self._channel = channel
        self._mark: bytes | None = None

    @property
    def fence(self) -> Fence:
        """What holds back a holder that lost the lease. Only for who holds it, or did."""
        return Fence(self._keys[1], self._mark or b"")

    async def take(self) -> bool:
        """Take the lease, or keep it if it is ours. Raises ProjectionAway.

        False: somebody else has it, or had it since; who lost it gets it no more while it is `kept`.
        """
        try:
            mark: bytes | None = await self._redis.eval(
                _TAKE,
                2,
                *(*self._keys, self._owner, int(self.SECONDS * 1000)),
                *(secrets.token_hex(8), self._mark or b"", int(self.REMEMBERED * 1000)),
            )
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        if self._mark is None:
            self._mark = mark
        return mark is not None and mark == self._mark

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[Fence]:
        """Renew the lease while in here; then let the next one have it at once."""
        renewal = asyncio.create_task(self._renew(), name="lease")
        try:
            yield self.fence
        finally:
            await end([renewal])
            mark, self._mark = self._mark or b"", None
            with suppress(RedisError, OSError):
                await self._redis.eval(_GIVE_BACK, 2, *self._keys, self._owner, mark, self._channel)

    async def _renew(self) -> None:
        """Ends when the lease is lost: taking it again would fence off nobody but ourselves."""
        kept = True
        while kept:
            await asyncio.sleep(self.SECONDS / 4)
            with suppress(ProjectionAway):
                kept = await self.take()
