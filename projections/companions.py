"""Companions: generations beside the live one, at the same position: the next one, and the one before.

Each change here is one guarded step: readers see one generation or the other, and never less than they saw.
"""

from collections.abc import Awaitable, Callable, Mapping

from projections.client import RedisClient, RedisPipeline
from projections.errors import CheckpointMoved
from projections.freeing import keys_of, queue_freeing
from projections.generation import Generation, Role, companion, read_all
from projections.guarded import guarded
from projections.layout import Layout, Target

Confirm = Callable[[RedisPipeline, Generation | None], Awaitable[object]]
"""Asked while a step is watched, with the generation it is about: it may watch more, and raise to stop it."""

Finish = Callable[[RedisPipeline], None]
"""Queues what must happen together with a step."""


class Companions:
    """What stands beside the live generations. Every method raises ProjectionAway."""

    def __init__(self, redis: RedisClient, layout: Layout, partitions: int) -> None:
        self._redis = redis
        self._layout = layout
        self._live = layout.live
        self._partitions = range(partitions)

    async def join(self, build: Target, collection: str, confirm: Confirm) -> None:
        """Put the generation that `build` filled beside the live one: from now on every step keeps both.

        Raises: CheckpointMoved: it does not stand where the live ones do; what `confirm` raises.
        """
        keys, live_keys = build.checkpoints(self._partitions), self._live.checkpoints(self._partitions)
        watched = (*keys, *live_keys, build.generations, self._live.generations)
        async with guarded(self._redis, *watched) as step:
            stands = await step.mget(keys)
            built = read_all(await step.hgetall(build.generations)).get(collection)
            if None in stands or stands != await step.mget(live_keys) or built is None:
                raise CheckpointMoved
            await confirm(step, built)
            name = companion(collection, "next")
            earlier = read_all(await step.hgetall(self._live.generations)).get(name)
            freed = await self._keys(step, {} if earlier is None else {name: earlier})
            step.multi()
            step.hset(self._live.generations, name, built.write())
            step.delete(build.generations, *keys)
            queue_freeing(step, freed)

    async def promote(
        self, collection: str, role: Role, *, keep: bool, confirm: Confirm, finish: Finish
    ) -> None:
        """Make a companion the live generation. `keep`: what was live becomes the one that is kept.

        Raises: CheckpointMoved: others changed generations at the same time; what `confirm` raises.
        """
        kept_name, chosen_name = companion(collection, "kept"), companion(collection, role)
        async with guarded(self._redis, self._live.generations) as step:
            there = read_all(await step.hgetall(self._live.generations))
            chosen, live, kept = (there.get(name) for name in (chosen_name, collection, kept_name))
            await confirm(step, chosen)
            if chosen is None:
                raise CheckpointMoved
            stays = keep and live is not None and not live.is_vacant
            gone = {} if kept is None or role == "kept" else {kept_name: kept}
            if live is not None and not stays:
                gone[collection] = live
            freed = await self._keys(step, gone)
            step.multi()
            finish(step)
            step.hdel(self._live.generations, chosen_name, kept_name)
            step.hset(self._live.generations, collection, chosen.write())
            if live is not None and stays:
                step.hset(self._live.generations, kept_name, live.write())
            queue_freeing(step, freed)
            step.publish(self._layout.moved, b"")

    async def free(self, collection: str, role: Role, confirm: Confirm) -> None:
        """Take a companion away, and free it. Raises what `confirm` raises; CheckpointMoved."""
        name = companion(collection, role)
        async with guarded(self._redis, self._live.generations) as step:
            found = read_all(await step.hgetall(self._live.generations)).get(name)
            await confirm(step, found)
            freed = await self._keys(step, {} if found is None else {name: found})
            step.multi()
            step.hdel(self._live.generations, name)
            queue_freeing(step, freed)

    async def _keys(self, step: RedisPipeline, generations: Mapping[str, Generation]) -> list[str]:
        return await keys_of(step, self._layout, generations)
