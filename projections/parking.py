"""Working off parked documents: what there is, trying again, leaving out a commit for good."""

import time
from contextlib import suppress
from itertools import islice

from redis.exceptions import RedisError

from catalog.catalog import Catalog
from events.commit import Commit
from events.log import EventLog
from events.position import Version, stream_name
from projections.client import RedisClient
from projections.errors import CheckpointMoved, NotParked
from projections.generation import read_generations
from projections.guarded import away
from projections.hold import held
from projections.layout import Layout
from projections.parked import Parked, read, read_all_parked
from projections.retrying import Retrying

TRIES = (1.0, 3.0, 7.0)
"""Seconds after it was parked at which a document is tried again by itself."""

BOUND = 10.0
"""Seconds after which it is not, even where it was not yet tried so often: somebody has to ask for it."""

MOST_AT_ONCE = 100


class Parking:
    """The parked documents of one log's live projections."""

    def __init__(self, redis: RedisClient, layout: Layout, log: EventLog, catalog: Catalog) -> None:
        self._redis = redis
        self._layout = layout
        self._log = log
        self._retrying = Retrying(redis, layout, log, catalog)

    async def all(self) -> dict[tuple[str, str], Parked]:
        """What is parked, by collection and id, in their order. Raises ProjectionAway."""
        try:
            keys = await self._keys()
            found = await read_all_parked(self._redis, keys.values())
        except (RedisError, OSError) as error:
            raise away(error) from error
        of = dict(zip(keys, found, strict=True))
        return {(name, id): of[name][id] for name in sorted(of) for id in sorted(of[name])}

    async def look(self, collection: str, id: str) -> Parked | None:
        """One document, None where it is not parked. Raises ProjectionAway."""
        try:
            key = (await self._keys()).get(collection)
            written = None if key is None else await self._redis.hget(key, id)
        except (RedisError, OSError) as error:
            raise away(error) from error
        return None if written is None else read(written)

    async def _keys(self) -> dict[str, str]:
        """Where the parked documents of each collection are kept."""
        live = read_generations(await self._redis.hgetall(self._layout.live.generations))
        return {name: self._layout.parked(name, generation.number) for name, generation in live.items()}

    async def find(self, collection: str, id: str) -> Parked:
        """One parked document. Raises NotParked, ProjectionAway."""
        parked = await self.look(collection, id)
        if parked is None:
            raise NotParked(collection, id)
        return parked

    async def commits(self, collection: str, id: str) -> list[Commit]:
        """The commits that wait, as the log has them. Raises NotParked, ProjectionAway, LogUnavailable."""
        return await self._waiting(collection, id, await self.find(collection, id))

    async def _waiting(self, collection: str, id: str, parked: Parked) -> list[Commit]:
        return await self._log.read(stream_name(collection, id), after=Version(parked.version - 1))

    async def retry(self, collection: str, id: str) -> Parked | None:
        """Apply what waits, as far as it can be; what is parked still, None where nothing is.

        Raises: NotParked, ProjectionAway, LogUnavailable.
        """
        await self._log.skips.refresh()
        while True:
            async with held(self._redis, self._layout):
                with suppress(CheckpointMoved):
                    return await self._retrying.run(collection, id)

    async def skip(self, collection: str, id: str, by: str, position: float | None = None) -> Parked | None:
        """Leave out the commit that could not be applied, here and in every rebuild; then as `retry`.

        position: of that commit; nothing is left out where it is another one by now.
        None, too, where the projector heard of it, and was faster to apply what waits.
        """
        parked = await self.find(collection, id)
        if position is not None and parked.position != position:
            return parked
        [commit, *_] = await self._waiting(collection, id, parked)
        await self._log.skips.add(commit, by)
        with suppress(NotParked):
            return await self.retry(collection, id)
        return None

    async def retry_young(self) -> None:
        """Retry what was just parked, when it is time to, and what is to be skipped. Raises as `retry`."""
        await self._log.skips.refresh()
        due = (
            place
            for place, parked in (await self.all()).items()
            if _is_due(parked) or parked.position in self._log.skips
        )
        for collection, id in islice(due, MOST_AT_ONCE):
            with suppress(NotParked):
                await self.retry(collection, id)


def _is_due(parked: Parked) -> bool:
    """Whether it is time for the next of few attempts, after longer and longer pauses."""
    if parked.attempts > len(TRIES):
        return False
    return TRIES[parked.attempts - 1] <= time.time() - parked.since < BOUND
