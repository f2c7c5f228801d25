"""Generations: starting numbered copies of projections, switching readers to them, dropping them.

Each of these is one guarded step of its own: what it decides on is watched, so that a projector that was
paused and wakes up late changes nothing that others have moved on from.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from redis.exceptions import RedisError, WatchError

from events.position import Position, beginning
from projections.checkpoint import Checkpoint
from projections.client import RedisClient, RedisPipeline
from projections.errors import CheckpointMoved, ProjectionAway
from projections.layout import Layout, Target


@asynccontextmanager
async def guarded(redis: RedisClient, *watched: str) -> AsyncIterator[RedisPipeline]:
    """A pipeline that watches keys; queue commands after `multi()`, they run at the end.

    Raises: CheckpointMoved when a watched key changed; ProjectionAway when Redis did not answer.
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


class Generations:
    """The generations of one log's projections."""

    def __init__(self, redis: RedisClient, layout: Layout, log: str, partitions: int) -> None:
        """log: the id of the log whose checkpoints these are."""
        self._redis = redis
        self._layout = layout
        self._log = log
        self._partitions = range(partitions)

    async def start_build(self, target: Target, collection: str | None) -> None:
        """Begin a build from nothing; rows of an earlier attempt at it are freed.

        collection: gets its generation now; None: collections get theirs as they are met.
        """
        checkpoints = self._checkpoints(target)
        async with guarded(self._redis, target.generations, *checkpoints) as step:
            old = await step.hgetall(target.generations)
            number = 0 if collection is None else await step.incr(self._layout.counter)
            step.multi()
            step.delete(target.generations)
            self._free(step, old)
            if collection is not None:
                step.hset(target.generations, collection, str(number))
            for partition, key in zip(self._partitions, checkpoints, strict=True):
                step.set(key, Checkpoint(self._log, beginning(partition)).write())

    async def forget(self, target: Target, seen: Mapping[int, bytes | None]) -> None:
        """Take away a target's generations and checkpoints, if these are still as they were `seen`."""
        checkpoints = self._checkpoints(target)
        async with guarded(self._redis, target.generations, *checkpoints) as step:
            stands = await step.mget(checkpoints)
            if stands != [seen[partition] for partition in self._partitions]:
                raise CheckpointMoved
            old = await step.hgetall(target.generations)
            step.multi()
            step.delete(target.generations, *checkpoints)
            self._free(step, old)

    async def join(self, build: Target, collection: str) -> None:
        """Make the generation that `build` filled the live one: it must stand where the live ones stand.

        The generation it replaces is freed. Raises: CheckpointMoved: catch up and try again.
        """
        live = self._layout.live
        keys, live_keys = self._checkpoints(build), self._checkpoints(live)
        async with guarded(self._redis, *keys, *live_keys, build.generations, live.generations) as step:
            built, stands = await step.mget(keys), await step.mget(live_keys)
            number = await step.hget(build.generations, collection)
            if None in built or built != stands or number is None:
                raise CheckpointMoved
            old = await step.hget(live.generations, collection)
            step.multi()
            step.hset(live.generations, collection, number)
            step.delete(build.generations, *keys)
            if old is not None:
                self._free(step, {collection.encode(): old})
            step.publish(self._layout.moved, b"")

    async def join_all(self, build: Target, stands: Mapping[int, Position]) -> None:
        """Make everything that `build` filled live, where nothing was: it must stand at `stands`."""
        live = self._layout.live
        keys = self._checkpoints(build)
        async with guarded(self._redis, *keys, build.generations, *self._checkpoints(live)) as step:
            wanted = [Checkpoint(self._log, stands[partition]).write() for partition in self._partitions]
            if await step.mget(keys) != wanted:
                raise CheckpointMoved
            numbers = await step.hgetall(build.generations)
            step.multi()
            step.delete(build.generations, live.generations, *keys)
            if numbers:
                step.hset(live.generations, mapping=numbers)
            for partition, checkpoint in zip(self._partitions, wanted, strict=True):
                step.set(live.checkpoint(partition), checkpoint)
            step.publish(self._layout.moved, b"")

    async def discard(self, collection: str) -> None:
        """Take a dropped collection out of the live projections, and free its rows."""
        live = self._layout.live
        async with guarded(self._redis, live.generations) as step:
            old = await step.hget(live.generations, collection)
            step.multi()
            if old is not None:
                step.hdel(live.generations, collection)
                self._free(step, {collection.encode(): old})

    async def written(self, target: Target) -> dict[int, bytes | None]:
        """The checkpoints of a target as Redis has them, whatever log they are of."""
        try:
            stands = await self._redis.mget(self._checkpoints(target))
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return dict(zip(self._partitions, stands, strict=True))

    async def live(self) -> dict[str, int]:
        """The live generations by collection."""
        try:
            found = await self._redis.hgetall(self._layout.live.generations)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return {name.decode(): int(number) for name, number in found.items()}

    def _checkpoints(self, target: Target) -> list[str]:
        return [target.checkpoint(partition) for partition in self._partitions]

    def _free(self, step: RedisPipeline, generations: Mapping[bytes, bytes]) -> None:
        """UNLINK: Redis frees the memory in the background."""
        for name, number in generations.items():
            step.unlink(*self._layout.keys_of(name.decode(), int(number)))
