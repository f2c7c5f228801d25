"""Trying a parked document again: all that waits is read from the log and applied, as far as it can be."""

from collections.abc import Sequence

from catalog.catalog import Catalog
from events.commit import Commit
from events.log import EventLog
from events.position import Position, Version, partition_for, stream_name
from projections.changes import Changes, queue_changes, work_out
from projections.checkpoint import read_checkpoint
from projections.client import RedisClient, RedisPipeline
from projections.errors import NotParked, ProjectionAway
from projections.generation import Copy, collection_of, read_all, read_generations
from projections.guarded import guarded
from projections.layout import Layout
from projections.parked import Parked, read
from projections.shapes import Shapes


class Retrying:
    """One try for one document, in every generation that stands at the live checkpoints: one guarded step."""

    def __init__(self, redis: RedisClient, layout: Layout, log: EventLog, catalog: Catalog) -> None:
        self._redis = redis
        self._layout = layout
        self._log = log
        self._catalog = catalog
        self._shapes = Shapes(layout)

    async def run(self, collection: str, id: str) -> Parked | None:
        """What is parked still in the generation that readers see; None where nothing is.

        What it decides on is watched; who applies one more commit to the document is in its way.
        Raises: NotParked, LogUnavailable, ProjectionAway; CheckpointMoved: try again.
        """
        live = self._layout.live
        async with guarded(self._redis, live.generations) as step:
            written = await step.hgetall(live.generations)
            seen = read_generations(written).get(collection)
            numbers = [
                each.number for name, each in read_all(written).items() if collection_of(name) == collection
            ]
            tries = [(number, await self._try(step, collection, number, id)) for number in numbers]
            changed = {number: changes for number, changes in tries if changes is not None}
            if seen is None or seen.number not in changed:
                raise NotParked(collection, id)
            step.multi()
            for number, changes in changed.items():
                queue_changes(step, self._layout, changes)
                if id not in changes.parked:
                    step.hdel(self._layout.parked(collection, number), id)
            step.publish(self._layout.moved, b"")
        return changed[seen.number].parked.get(id)

    async def _try(self, step: RedisPipeline, collection: str, number: int, id: str) -> Changes | None:
        """What a try changes in one generation; None where the document is not parked in it."""
        key = self._layout.parked(collection, number)
        await step.watch(key)
        written = await step.hget(key, id)
        if written is None:
            return None
        parked = read(written)
        commits = self._log.skips.left(await self._waiting(step, collection, id, parked))
        copy = Copy(collection, number, await self._shapes.of(step, collection, number))
        partition = partition_for(stream_name(collection, id), self._log.partitions)
        floor = Position(self._catalog.floor(collection, partition))
        changes = await work_out(step, self._layout, copy, commits, floor, again=id)
        if id in changes.parked:
            _count(changes.parked[id], parked)
        return changes

    async def _waiting(self, step: RedisPipeline, collection: str, id: str, parked: Parked) -> Sequence[Commit]:
        """The commits that wait: up to where the live projections stand, and no further."""
        stream = stream_name(collection, id)
        partition = partition_for(stream, self._log.partitions)
        checkpoint = read_checkpoint(await step.get(self._layout.live.checkpoint(partition)))
        if checkpoint is None or checkpoint.log != self._log.id:
            raise ProjectionAway("they are being brought up")
        commits = await self._log.read(stream, after=Version(parked.version - 1))
        return [commit for commit in commits if commit.position <= checkpoint.position]


def _count(still: Parked, before: Parked) -> None:
    """A document that is parked still was parked since then, and one more attempt was made in vain."""
    still.since = before.since
    if still.position == before.position:
        still.attempts = before.attempts + 1
