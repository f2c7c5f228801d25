"""Shares: which partitions each projector works on, by the clock of Redis.

A projector lives until a moment that it puts off again and again. The lease on a partition holds as long as its
owner lives. Who looks takes what is free, up to its fair share, and gives back what it has beyond that: in the
end nobody has more than one partition more than another.

A lease is a matter of economy and not of safety. A projector that stood still and believes that its lease holds
can still only take the step that leads on from the checkpoint as it is, which is the very step its successor
would take: the checkpoint is the fence, see projections/step.py.
"""

from redis.exceptions import RedisError

from projections.client import RedisClient
from projections.errors import ProjectionAway
from projections.layout import Layout
from projections.scripts import ALLOW_OOM

_TAKE = (
    ALLOW_OOM
    + """
local me, seconds, partitions = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.3f', now))
local is_new = redis.call('ZADD', KEYS[1], string.format('%.3f', now + seconds), me) == 1
local living, held = redis.call('ZRANGE', KEYS[1], 0, -1), {}
for _, name in ipairs(living) do held[name] = {} end
local leases, owners, free = redis.call('HGETALL', KEYS[2]), {}, {}
for at = 1, #leases, 2 do owners[leases[at]] = leases[at + 1] end
for partition = 0, partitions - 1 do
  local of = held[owners[tostring(partition)]] or free
  of[#of + 1] = partition
end
table.sort(living, function(one, other)
  if #held[one] ~= #held[other] then return #held[one] > #held[other] end
  return one < other
end)
local mine, share, tell = held[me], math.floor(partitions / #living), is_new
for rank, name in ipairs(living) do
  if name == me and rank <= partitions % #living then share = share + 1 end
end
while #mine > share do
  redis.call('HDEL', KEYS[2], table.remove(mine))
  tell = true
end
while #mine < share and #free > 0 do
  mine[#mine + 1] = table.remove(free)
  redis.call('HSET', KEYS[2], mine[#mine], me)
end
if tell then redis.call('PUBLISH', KEYS[2], me) end
return mine
"""
)

_LEAVE = (
    ALLOW_OOM
    + """
redis.call('ZREM', KEYS[1], ARGV[1])
local leases = redis.call('HGETALL', KEYS[2])
for at = 1, #leases, 2 do
  if leases[at + 1] == ARGV[1] then redis.call('HDEL', KEYS[2], leases[at]) end
end
redis.call('PUBLISH', KEYS[2], ARGV[1])
"""
)


class Shares:
    """The leases of one projector. Who is silent for `SECONDS` is dead, and others take over."""

    SECONDS = 2.5
    EVERY = 0.5

    def __init__(self, redis: RedisClient, layout: Layout, partitions: int, owner: str) -> None:
        """owner: a name that no other projector has."""
        self._redis = redis
        self._keys = (layout.living, layout.leases)
        self._partitions = partitions
        self._owner = owner

    async def take(self) -> set[int]:
        """Live on, and return the partitions that are this projector's now. Raises ProjectionAway."""
        try:
            held = await self._redis.eval(_TAKE, 2, *self._keys, self._owner, self.SECONDS, self._partitions)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return set(held)

    async def leave(self) -> None:
        """Give everything back, so that others have it at once. Raises ProjectionAway."""
        try:
            await self._redis.eval(_LEAVE, 2, *self._keys, self._owner)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
