"""The generations that readers see: which there are, where they stand, and taking one away."""

from collections.abc import Callable
from contextlib import suppress

from redis.exceptions import RedisError

from projections.client import RedisClient
from projections.errors import CheckpointMoved, ProjectionAway
from projections.freeing import keys_of, queue_freeing
from projections.generation import (
    VACANT,
    Generation,
    Role,
    collection_of,
    companion,
    read_all,
    read_generation,
    read_generations,
)
from projections.guarded import guarded
from projections.layout import Layout, Target
from projections.shape import Shape
from projections.shapes import Shapes


class Generations:
    """The generations of one log's projections."""

    def __init__(self, redis: RedisClient, layout: Layout, log: str, partitions: int) -> None:
        """log: the id of the log whose checkpoints these are."""
        self._redis = redis
        self._layout = layout
        self._log = log
        self._partitions = range(partitions)
        self._shapes = Shapes(layout)

    async def live(self) -> dict[str, int]:
        """The numbers of the live generations by collection. Raises ProjectionAway."""
        found = await self.of(self._layout.live)
        return {name: generation.number for name, generation in found.items() if not generation.is_vacant}

    async def of(self, target: Target) -> dict[str, Generation]:
        """The generations of a target by collection, vacant ones too. Raises ProjectionAway."""
        try:
            return read_generations(await self._redis.hgetall(target.generations))
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error

    async def companion(self, collection: str, role: Role) -> Generation | None:
        """What stands beside the live generation of a collection. Raises ProjectionAway."""
        try:
            written = await self._redis.hget(self._layout.live.generations, companion(collection, role))
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return None if written is None else read_generation(written)

    async def kept(self) -> dict[str, int]:
        """The numbers of the generations that are kept for a rollback. Raises ProjectionAway."""
        try:
            there = read_all(await self._redis.hgetall(self._layout.live.generations))
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        kept = {companion(name, "kept"): name for name in map(collection_of, there)}
        return {kept[name]: each.number for name, each in there.items() if name in kept}

    async def parked(self) -> dict[str, int]:
        """How many documents of each collection are parked, where some are. Raises ProjectionAway."""
        live = await self.live()
        try:
            async with self._redis.pipeline(transaction=False) as look:
                for name, number in live.items():
                    look.hlen(self._layout.parked(name, number))
                counts = await look.execute()
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return {name: count for name, count in zip(live, counts, strict=True) if count}

    async def shape(self, collection: str, number: int) -> Shape:
        """What a generation keeps; EMPTY for one that is not there (any more). Raises ProjectionAway."""
        try:
            return await self._shapes.of(self._redis, collection, number)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error

    async def written(self, target: Target) -> dict[int, bytes | None]:
        """The checkpoints of a target as Redis has them, whatever log they are of. Raises ProjectionAway."""
        try:
            stands = await self._redis.mget(target.checkpoints(self._partitions))
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return dict(zip(self._partitions, stands, strict=True))

    async def discard(self, collection: str) -> None:
        """Take a dropped collection out of the live projections, and free all it had. Raises ProjectionAway.

        A step that was under way, and did not know of the drop yet, is refused and decides anew.
        """
        await self._replace(collection, lambda found: None)

    async def retire(self, collection: str, incarnation: int) -> None:
        """Leave nothing to read of a generation older than `incarnation`; free all it had."""

        def vacated(found: Generation | None) -> Generation | None:
            is_older = found is not None and found.incarnation < incarnation
            return Generation(VACANT, incarnation) if is_older else found

        await self._replace(collection, vacated)

    async def _replace(
        self, collection: str, successor: Callable[[Generation | None], Generation | None]
    ) -> None:
        replaced = False
        while not replaced:
            with suppress(CheckpointMoved):
                await self._try_to_replace(collection, successor)
                replaced = True

    async def _try_to_replace(
        self, collection: str, successor: Callable[[Generation | None], Generation | None]
    ) -> None:
        generations = self._layout.live.generations
        async with guarded(self._redis, generations) as step:
            there = read_all(await step.hgetall(generations))
            found = there.get(collection)
            following = successor(found)
            own = {name: each for name, each in there.items() if collection_of(name) == collection}
            gone = {} if following is not None and found == following else own
            freed = await keys_of(step, self._layout, gone)
            step.multi()
            # Set before it is deleted, so that whoever watches the key notices even where nothing was.
            step.hset(generations, collection, (following or Generation(VACANT, 0)).write())
            if following is None:
                step.hdel(generations, collection)
            for name in gone.keys() - {collection}:
                step.hdel(generations, name)
            queue_freeing(step, freed)
