"""Marks: by which it is known, before a row is read, that nothing of a collection has changed."""

from typing import Any, NamedTuple

from redis.exceptions import RedisError

from queries.errors import ProjectionsAbsent, ReadUnavailable
from queries.scripts import CHECKPOINTS
from queries.standing import Standing, read_standing

# prefix, partitions, the collection. {checkpoints, a digest of its generation and of what of it is parked}
_MARK = (
    CHECKPOINTS
    + """
local live = generation(ARGV[3])
local parked = live and redis.call('HGETALL', prefix .. ':parked:' .. ARGV[3] .. ':' .. live)
return {stands, redis.sha1hex(cmsgpack.pack({live or '', parked or {}}))}
"""
)


class Mark(NamedTuple):
    """Where the projections stand, and a digest of all else that the rows of a collection depend on."""

    standing: Standing
    state: bytes


class Marks:
    """Tells the marks of collections. At one mark the answer to a query is always the same."""

    def __init__(self, redis: Any, prefix: str, log: str, partitions: int) -> None:
        self._script = redis.register_script(_MARK)
        self._head = (prefix, partitions)
        self._log = log

    async def of(self, collection: str) -> Mark | None:
        """The mark of a collection; None where there is nothing to read yet. Raises ReadUnavailable."""
        try:
            stands, state = await self._script(args=[*self._head, collection])
            return Mark(read_standing(stands, self._log), state)
        except ProjectionsAbsent:
            return None
        except (RedisError, OSError) as error:
            raise ReadUnavailable(str(error)) from error
