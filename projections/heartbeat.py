"""Heartbeats: what each projector says of itself, for health, metrics and status."""

import contextlib
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ValidationError
from redis.exceptions import RedisError

from projections.client import RedisClient
from projections.errors import ProjectionAway
from projections.layout import Layout
from projections.scripts import ALLOW_OOM
from projections.state import ProjectorState

_SAY = ALLOW_OOM + "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])"


class PartitionBeat(BaseModel):
    """What a projector does with one partition, and what keeps it from doing it."""

    state: ProjectorState
    trouble: str | None = None


class Beat(BaseModel):
    """One projector, at a moment by the clock of Redis (seconds since 1970)."""

    name: str
    at: float
    partitions: list[PartitionBeat]


class Heartbeats:
    """The heartbeats of all projectors, kept in Redis. What is not understood was said by another version."""

    EVERY = 1.0
    FRESH = 5.0
    FORGOTTEN = 60.0

    def __init__(self, redis: RedisClient, layout: Layout) -> None:
        self._redis = redis
        self._key = layout.projectors

    async def beat(self, name: str, partitions: Sequence[PartitionBeat]) -> None:
        """Say how it goes, and forget who was silent for a minute. With Redis away, nobody could hear it."""
        with contextlib.suppress(RedisError, OSError):
            at, kept = await self._look()
            beat = Beat(name=name, at=at, partitions=list(partitions))
            await self._redis.eval(_SAY, 1, self._key, name, beat.model_dump_json())
            for other in _read(kept):
                if at - other.at > self.FORGOTTEN:
                    await self._redis.hdel(self._key, other.name)

    async def stop(self, name: str) -> None:
        """Say goodbye."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.hdel(self._key, name)

    async def alive(self) -> list[Beat]:
        """The projectors heard of within the last 5 seconds. Raises ProjectionAway."""
        try:
            at, kept = await self._look()
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return [beat for beat in _read(kept) if at - beat.at < self.FRESH]

    async def _look(self) -> tuple[float, dict[bytes, bytes]]:
        async with self._redis.pipeline(transaction=False) as look:
            (seconds, microseconds), kept = await look.time().hgetall(self._key).execute()
        return seconds + microseconds / 1e6, kept


def _read(kept: dict[bytes, bytes]) -> Iterator[Beat]:
    for beat in kept.values():
        with contextlib.suppress(ValidationError):
            yield Beat.model_validate_json(beat)
