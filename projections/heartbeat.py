"""Heartbeats: what each projector says of itself, for health, metrics and status."""

import contextlib
import time

from pydantic import BaseModel
from redis.exceptions import RedisError

from projections.client import RedisClient
from projections.errors import ProjectionAway
from projections.layout import Layout
from projections.state import ProjectorState


class PartitionBeat(BaseModel):
    """What a projector does with one partition, and what keeps it from doing it."""

    state: ProjectorState
    trouble: str | None = None


class Beat(BaseModel):
    """One projector, at a moment (seconds since 1970)."""

    name: str
    at: float
    partitions: list[PartitionBeat]


class Heartbeats:
    """The heartbeats of all projectors, kept in Redis."""

    EVERY = 1.0
    FRESH = 5.0

    def __init__(self, redis: RedisClient, layout: Layout) -> None:
        self._redis = redis
        self._key = layout.projectors

    async def beat(self, beat: Beat) -> None:
        """Say how it goes. With Redis away, nobody could hear it."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.hset(self._key, beat.name, beat.model_dump_json())

    async def stop(self, name: str) -> None:
        """Say goodbye."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.hdel(self._key, name)

    async def alive(self) -> list[Beat]:
        """The projectors heard of within the last 5 seconds. Raises ProjectionAway."""
        try:
            kept = await self._redis.hgetall(self._key)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        beats = [Beat.model_validate_json(beat) for beat in kept.values()]
        return [beat for beat in beats if time.time() - beat.at < self.FRESH]
