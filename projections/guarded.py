"""Guarded steps: what a step decides on is watched, and it happens only while that is so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.exceptions import RedisError, WatchError

from projections.client import RedisClient, RedisPipeline
from projections.errors import CheckpointMoved, ProjectionAway


@asynccontextmanager
async def guarded(redis: RedisClient, *watched: str) -> AsyncIterator[RedisPipeline]:
    """A pipeline that watches keys; queue commands after `multi()`, they run at the end, all or none.

    Raises: CheckpointMoved: a watched key changed, nothing was written, or the connection broke and nobody
            knows; ProjectionAway: Redis did not answer, or refused.
    """
    try:
        async with redis.pipeline(transaction=True) as step:
            await step.watch(*watched)
            yield step
            await step.execute()
    except WatchError as error:
        raise CheckpointMoved from error
    except (RedisError, OSError) as error:
        raise ProjectionAway(str(error)) from error
