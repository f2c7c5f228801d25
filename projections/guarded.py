"""Guarded steps: what a step decides on is watched, and it happens only while that is so."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from redis.exceptions import OutOfMemoryError, RedisError, WatchError

from projections.client import RedisClient, RedisPipeline
from projections.errors import CheckpointMoved, LeaseLost, ProjectionAway, ProjectionsFull


@asynccontextmanager
async def guarded(redis: RedisClient, *watched: str) -> AsyncIterator[RedisPipeline]:
    """A pipeline that watches keys; queue commands after `multi()`, they run at the end, all or none.

    Raises: CheckpointMoved: a watched key changed, nothing was written, or the connection broke and nobody
            knows; ProjectionAway: Redis did not answer, or refused; ProjectionsFull: it is out of memory.
    """
    try:
        async with redis.pipeline(transaction=True) as step:
            await step.watch(*watched)
            yield step
            await step.execute()
    except WatchError as error:
        raise CheckpointMoved from error
    except (RedisError, OSError) as error:
        raise away(error) from error


def away(error: Exception) -> ProjectionAway:
    """What an error of Redis is to us."""
    return ProjectionsFull(str(error)) if isinstance(error, OutOfMemoryError) else ProjectionAway(str(error))


@contextmanager
def unless_moved() -> Iterator[None]:
    """Leave the block where others were faster, so that it can be tried again; not where a lease is lost."""
    try:
        yield
    except LeaseLost:
        raise
    except CheckpointMoved:
        return
