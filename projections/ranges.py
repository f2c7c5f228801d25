"""Ranges: a build cut by the ids of its documents, so that several processes fill it at one time.

Every range has a checkpoint of its own, in the order of ids and versions, and ends where the live projections
stood when it was cut. When all have ended the build stands there, and goes on in the order of the log.
"""

from collections.abc import Sequence

from pydantic import BaseModel
from redis.exceptions import RedisError

from events.extent import Extent, Place
from events.log import EventLog
from events.position import Position, StreamName
from projections.checkpoint import Checkpoint
from projections.client import RedisClient
from projections.errors import CheckpointMoved
from projections.fence import Fence
from projections.guarded import away, guarded
from projections.layout import Target


class Range(BaseModel):
    """The documents from `after` to `below`, as they were at `stands`, one position per partition.

    after: the stream and version that were applied last; None at the beginning of the collection.
    below: the stream that the next range begins with; None: there is no next one.
    done:  commits applied.
    """

    stands: list[int]
    after: tuple[str, int] | None = None
    below: str | None = None
    done: int = 0
    ended: bool = False

    def extent(self, collection: str) -> Extent:
        """What there is to read."""
        below = None if self.below is None else StreamName(self.below)
        return Extent(collection, [Position(stand) for stand in self.stands], {}, below)

    def went(self, place: Place | None, commits: int) -> "Range":
        """The same range after so many commits more, up to `place`; None: there is nothing behind it."""
        done = self.done + commits
        if place is None:
            return self.model_copy(update={"ended": True, "done": done})
        return self.model_copy(update={"after": (place.stream, place.version), "done": done})


class Ranges:
    """The ranges of one build. Every method raises ProjectionAway."""

    def __init__(self, redis: RedisClient, build: Target, log: EventLog) -> None:
        self._redis = redis
        self._build = build
        self._log = log
        self._checkpoints = build.checkpoints(range(log.partitions))

    async def all(self) -> list[Range]:
        """Every range, in order; none where the build is not cut."""
        try:
            written = await self._redis.mget(self._build.ranges)
        except (RedisError, OSError) as error:
            raise away(error) from error
        return [Range.model_validate_json(each) for each in written if each is not None]

    async def cut(
        self, collection: str, shares: Sequence[int], stands: Sequence[Position], fence: Fence
    ) -> None:
        """Cut a build that was just started into ranges of these shares of it.

        Raises: LogUnavailable, CheckpointMoved, LeaseLost.
        """
        begins = await self._log.cut(collection, shares)
        places = [None, *((stream, -1) for stream in begins)]
        ranges = [
            Range(stands=list(stands), after=after, below=below)
            for after, below in zip(places, [*begins, None], strict=True)
        ]
        async with guarded(self._redis, *self._checkpoints) as step:
            await fence.check(step)
            if None in await step.mget(self._checkpoints):
                raise CheckpointMoved
            step.multi()
            for key, each in zip(self._build.ranges, ranges, strict=False):
                step.set(key, each.model_dump_json())

    async def merge(self, fence: Fence) -> None:
        """Let the build stand where its ranges ended. Raises CheckpointMoved: they did not; LeaseLost."""
        async with guarded(self._redis, *self._build.ranges, *self._checkpoints) as step:
            await fence.check(step)
            written = [each for each in await step.mget(self._build.ranges) if each is not None]
            ranges = [Range.model_validate_json(each) for each in written]
            if not ranges or not all(each.ended for each in ranges):
                raise CheckpointMoved
            step.multi()
            for key, stand in zip(self._checkpoints, ranges[0].stands, strict=True):
                step.set(key, Checkpoint(self._log.id, Position(stand)).write())
            step.delete(*self._build.ranges)
