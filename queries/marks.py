"""Marks: by which it is known, before a row is read, that nothing of a collection has changed."""

from typing import Any, NamedTuple

from redis.exceptions import RedisError

from queries.errors import ProjectionsAbsent, ReadUnavailable
from queries.scripts import CHECKPOINTS
from queries.standing import Standing, read_standing

# prefix, partitions, the collection. {checkpoints, its generation; nil where some of it is parked}
_MARK = (
    CHECKPOINTS
    + """
local live = generation(ARGV[3])
local parked = live and redis.call('HLEN', prefix .. ':parked:' .. ARGV[3] .. ':' .. live) or 0
return {stands, parked == 0 and (live or '')}
"""
)


class Mark(NamedTuple):
    """Where the projections stand, and the generation that is live: rows change only with one of them."""

    standing: Standing
    generation: bytes


class Marks:
    """Tells the marks of collections. At one mark the answer to a query is always the same."""

    def __init__(self, redis: Any, prefix: str, log: str, partitions: int) -> None:
        self._script = redis.register_script(_MARK)
        self._head = (prefix, partitions)
        self._log = log

    async def of(self, collection: str) -> Mark | None:
        """The mark of a collection; None where there is nothing to read yet, or nothing can be told by it.

        That is where some of it is parked: what is parked moves while the checkpoints stand.
        Raises: ReadUnavailable.
        """
        try:
            stands, generation = await self._script(args=[*self._head, collection])
            standing = read_standing(stands, self._log)
            return None if generation is None else Mark(standing, generation)
        except ProjectionsAbsent:
            return None
        except (RedisError, OSError) as error:
            raise ReadUnavailable(str(error)) from error
