"""The guarded step: rows, index entries and checkpoint move together in one MULTI/EXEC, or not at all.

WATCH on checkpoint and generations makes a batch applied twice, or by a projector that fell behind another,
a no-op: EXEC is refused, and so is one that redis-py sends again on a new connection.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from redis.exceptions import RedisError, WatchError

from catalog.catalog import Catalog
from events.commit import Commit
from events.log import EventLog
from events.position import Position, collection_of, partition_of
from projections.changes import queue_changes
from projections.checkpoint import Checkpoint, read_checkpoint
from projections.client import RedisClient, RedisPipeline
from projections.errors import CheckpointMoved, ProjectionAway
from projections.fold import fold_rows, rows_needed
from projections.layout import Layout, Target


class Numbers(NamedTuple):
    """The generations' numbers of a target: those it has, and those this step starts."""

    found: dict[str, int]
    started: dict[str, int]

    def of(self, collection: str) -> int:
        """The generation a collection's rows go to."""
        return self.found.get(collection) or self.started[collection]


class Steps:
    """Moves one target (the live generations, or those of a build) on, step by step."""

    def __init__(
        self, redis: RedisClient, layout: Layout, target: Target, log: EventLog, catalog: Catalog
    ) -> None:
        self._redis = redis
        self._layout = layout
        self._target = target
        self._log = log
        self._catalog = catalog

    async def checkpoint(self, partition: int) -> Position | None:
        """Where the target stands; None where it stands nowhere in this log."""
        try:
            found = read_checkpoint(await self._redis.get(self._target.checkpoint(partition)))
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return found.position if found is not None and found.log == self._log.id else None

    async def position(self, partition: int) -> Position:
        """Where the target stands. Raises CheckpointMoved when it stands nowhere (any more)."""
        checkpoint = await self.checkpoint(partition)
        if checkpoint is None:
            raise CheckpointMoved
        return checkpoint

    async def apply(self, commits: Sequence[Commit], after: Position, upto: Position) -> None:
        """Apply `commits`, which are all there is between `after` and `upto`, and move the checkpoint.

        Raises: CheckpointMoved: the checkpoint was not at `after`, or moved meanwhile; nothing was written.
                ProjectionAway: it is unknown whether the step was taken; read the checkpoint.
                UnknownEvent: a commit could not be applied; nothing was written.
        """
        groups = _by_collection(commits)
        try:
            async with self._redis.pipeline(transaction=True) as step:
                numbers = await self._watch(step, after, groups)
                before = await self._rows_before(step, groups, numbers)
                step.multi()
                self._queue(step, groups, numbers, before, after)
                step.set(self._target.checkpoint(partition_of(upto)), Checkpoint(self._log.id, upto).write())
                if self._target == self._layout.live:
                    step.publish(self._layout.moved, upto)
                await step.execute()
        except WatchError as error:
            raise CheckpointMoved from error
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error

    async def _watch(self, step: RedisPipeline, after: Position, groups: dict[str, list[Commit]]) -> Numbers:
        """Guard the step; groups of collections that no longer exist are dropped from `groups`."""
        checkpoint = self._target.checkpoint(partition_of(after))
        await step.watch(checkpoint, self._target.generations)
        if await step.get(checkpoint) != Checkpoint(self._log.id, after).write():
            raise CheckpointMoved
        found = {name.decode(): int(g) for name, g in (await step.hgetall(self._target.generations)).items()}
        started: dict[str, int] = {}
        for name in [name for name in groups if name not in found]:
            if await self._catalog.exists_now(name):
                started[name] = await step.incr(self._layout.counter)
            else:
                del groups[name]
        return Numbers(found, started)

    async def _rows_before(
        self, step: RedisPipeline, groups: Mapping[str, list[Commit]], numbers: Numbers
    ) -> dict[str, dict[str, bytes]]:
        before: dict[str, dict[str, bytes]] = {}
        for collection, commits in groups.items():
            ids = rows_needed(commits)
            key = self._layout.rows(collection, numbers.of(collection))
            rows = await step.hmget(key, ids) if ids else []
            before[collection] = {id: row for id, row in zip(ids, rows, strict=True) if row is not None}
        return before

    def _queue(
        self,
        step: RedisPipeline,
        groups: Mapping[str, list[Commit]],
        numbers: Numbers,
        before: Mapping[str, Mapping[str, bytes]],
        after: Position,
    ) -> None:
        for collection, generation in numbers.started.items():
            step.hset(self._target.generations, collection, generation)
        for collection, commits in groups.items():
            floor = Position(self._catalog.floor(collection, partition_of(after)))
            changes = fold_rows(commits, before[collection], floor)
            queue_changes(step, self._layout, collection, numbers.of(collection), changes)


def _by_collection(commits: Iterable[Commit]) -> dict[str, list[Commit]]:
    groups: dict[str, list[Commit]] = {}
    for commit in commits:
        groups.setdefault(collection_of(commit.stream), []).append(commit)
    return groups
