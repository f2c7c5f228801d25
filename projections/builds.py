"""Builds: filling new generations beside the live ones, and making all of them live where nothing is.

Each of these is one guarded step of its own, so that a projector that was paused and wakes up late changes
nothing that others have moved on from.
"""

from collections.abc import Awaitable, Callable, Mapping

from events.position import Position, beginning
from projections.checkpoint import Checkpoint
from projections.client import RedisClient, RedisPipeline
from projections.errors import CheckpointMoved
from projections.fence import Fence
from projections.freeing import keys_of, queue_freeing
from projections.generation import Blueprint, Copy, Generation, read_all, read_generations
from projections.guarded import guarded
from projections.layout import Layout, Target
from projections.starting import next_number, queue_start

Confirm = Callable[[Mapping[str, Generation]], Awaitable[None]]
"""Asked, with what was built, while the last step is watched; raises when it must not go live."""


class Builds:
    """Starts and forgets builds of one log's projections, and joins the one of everything.

    Every method raises ProjectionAway.
    """

    def __init__(self, redis: RedisClient, layout: Layout, log: str, partitions: int) -> None:
        """log: the id of the log that is projected."""
        self._redis = redis
        self._layout = layout
        self._log = log
        self._partitions = range(partitions)

    async def start(
        self, build: Target, blueprints: Mapping[str, Blueprint], fence: Fence | None = None
    ) -> None:
        """Begin from nothing; what an earlier attempt made is freed.

        blueprints: of the collections that get a generation now; others get theirs as they are met.
        fence: of the lease that it is done under.
        Raises: CheckpointMoved: somebody else began at the same time; LeaseLost.
        """
        checkpoints = build.checkpoints(self._partitions)
        async with guarded(self._redis, build.generations, *checkpoints) as step:
            if fence is not None:
                await fence.check(step)
            freed = await self._keys(step, build)
            numbers = {name: await next_number(step, self._layout) for name in blueprints}
            step.multi()
            step.delete(build.generations, *build.ranges)
            queue_freeing(step, freed)
            for name, (incarnation, shape) in blueprints.items():
                queue_start(step, self._layout, build, Copy(name, numbers[name], shape), incarnation)
            for partition, key in zip(self._partitions, checkpoints, strict=True):
                step.set(key, Checkpoint(self._log, beginning(partition)).write())

    async def forget(self, target: Target, seen: Mapping[int, bytes | None]) -> None:
        """Take away a target's generations and checkpoints.

        Raises: CheckpointMoved: its checkpoints are no longer as they were `seen`.
        """
        checkpoints = target.checkpoints(self._partitions)
        async with guarded(self._redis, target.generations, *checkpoints) as step:
            if await step.mget(checkpoints) != [seen[partition] for partition in self._partitions]:
                raise CheckpointMoved
            freed = await self._keys(step, target)
            step.multi()
            step.delete(target.generations, *checkpoints, *target.ranges)
            queue_freeing(step, freed)

    async def join_all(
        self, build: Target, stands: Mapping[int, Position], confirm: Confirm, fence: Fence
    ) -> None:
        """Make everything that `build` filled live, where nothing is; `fence` is lifted with that.

        Raises: CheckpointMoved: it does not stand at `stands`, or something is live; LeaseLost;
                what `confirm` raises.
        """
        live = self._layout.live
        keys, live_keys = build.checkpoints(self._partitions), live.checkpoints(self._partitions)
        wanted = [Checkpoint(self._log, stands[partition]).write() for partition in self._partitions]
        async with guarded(self._redis, *keys, *live_keys, build.generations, live.generations) as step:
            if await step.mget(keys) != wanted or any(await step.mget(live_keys)):
                raise CheckpointMoved
            built = read_generations(await step.hgetall(build.generations))
            await fence.check(step)
            await confirm(built)
            freed = await self._keys(step, live)
            step.multi()
            step.delete(build.generations, live.generations, *keys)
            queue_freeing(step, freed)
            for name, generation in built.items():
                step.hset(live.generations, name, generation.write())
            for key, checkpoint in zip(live_keys, wanted, strict=True):
                step.set(key, checkpoint)
            fence.queue_lifting(step)
            step.publish(self._layout.moved, b"")

    async def _keys(self, step: RedisPipeline, target: Target) -> list[str]:
        """The keys of all generations of a target."""
        return await keys_of(step, self._layout, read_all(await step.hgetall(target.generations)))
