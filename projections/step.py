"""The guarded step: rows, index entries and checkpoint move together in one MULTI/EXEC, or not at all.

WATCH on checkpoint and generations makes a batch applied twice, or by a projector that fell behind another,
a no-op: EXEC is refused, and so is one that redis-py sends again on a new connection.
"""

from collections.abc import Iterable, Mapping, Sequence

from redis.exceptions import RedisError

from catalog.catalog import Catalog
from events.commit import Commit
from events.log import EventLog
from events.position import Position, collection_of, partition_of
from projections.changes import Changes, queue_changes, tell_parked, work_out
from projections.checkpoint import Checkpoint, read_checkpoint
from projections.client import RedisClient, RedisPipeline
from projections.errors import CheckpointMoved, Held, ProjectionAway, StepTooLarge
from projections.generation import (
    Copy,
    Generation,
    blueprint,
    incarnation,
    read_companions,
    read_generations,
)
from projections.guarded import guarded
from projections.layout import Layout, Target
from projections.rows_before import Allowance, boundless
from projections.shapes import Shapes
from projections.slicing import slices
from projections.starting import next_number, queue_start

Groups = dict[str, list[Commit]]


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
        self._shapes = Shapes(layout)

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

        Where they change more than one step should hold, it is done in several; what was appended together is
        in one, however much it changes.
        Raises: CheckpointMoved: the checkpoint was not at `after`, or moved meanwhile.
                Held: somebody wants the target to stand where it is for a moment.
                ProjectionAway: it is unknown whether the step was taken.
                CatalogUnavailable: a collection is not known here, and MongoDB is away.
                After any of them the checkpoint tells how far it came: mostly, nothing was written.
        """
        try:
            await self._take(commits, after, upto, Allowance())
            return
        except StepTooLarge:
            pieces = await slices(self._redis, self._layout, self._target, commits)
        for piece in pieces:
            ends = upto if piece is pieces[-1] else piece[-1].position
            await self._take(piece, after, ends, boundless())
            after = ends

    async def _take(
        self, commits: Sequence[Commit], after: Position, upto: Position, allowed: Allowance
    ) -> None:
        """One step. Raises StepTooLarge, where it needs more than is allowed, and as `apply`."""
        checkpoint = self._target.checkpoint(partition_of(after))
        async with guarded(self._redis, checkpoint, self._target.generations) as step:
            stands, held = await step.mget(checkpoint, self._target.hold)
            if stands != Checkpoint(self._log.id, after).write():
                raise CheckpointMoved
            if held is not None:
                raise Held
            groups = _by_collection(commits)
            written = await step.hgetall(self._target.generations)
            found, beside = read_generations(written), read_companions(written)
            started = await self._choose(step, groups, found, beside)
            copies = [*started.values(), *await self._copies(step, groups, found, beside)]
            try:
                changes = await self._work_out(step, groups, copies, partition_of(after), allowed)
            except Exception:
                await _refuse_if_moved(step)
                raise
            step.multi()
            for name, copy in started.items():
                queue_start(step, self._layout, self._target, copy, self._incarnation(name))
            for changed in changes:
                queue_changes(step, self._layout, changed)
            step.set(checkpoint, Checkpoint(self._log.id, upto).write())
            if self._target == self._layout.live:
                step.publish(self._layout.moved, upto)
        for changed in changes:
            tell_parked(changed)

    async def _choose(
        self,
        step: RedisPipeline,
        groups: Groups,
        found: Mapping[str, Generation],
        beside: Mapping[str, Sequence[Generation]],
    ) -> dict[str, Copy]:
        """The generations to start. Commits that no generation is there for are taken out of `groups`."""
        started: dict[str, Copy] = {}
        for name in list(groups):
            generation, companions = found.get(name), beside.get(name, ())
            if generation is None and await self._catalog.exists_now(name):
                shape = blueprint(self._catalog, name, self._log.partitions).shape
                started[name] = Copy(name, await next_number(step, self._layout), shape)
            elif generation is None or (generation.is_vacant and not companions):
                del groups[name]
            elif max(each.incarnation for each in (generation, *companions)) > self._incarnation(name):
                await self._catalog.exists_now(name)
        return started

    async def _copies(
        self,
        step: RedisPipeline,
        groups: Groups,
        found: Mapping[str, Generation],
        beside: Mapping[str, Sequence[Generation]],
    ) -> list[Copy]:
        """What there is of the collections already: the generation that readers see, and its companions."""
        there = [
            (name, generation.number)
            for name in groups
            for generation in (*([found[name]] if name in found else ()), *beside.get(name, ()))
            if not generation.is_vacant
        ]
        return [Copy(*place, await self._shapes.of(step, *place)) for place in there]

    async def _work_out(
        self, step: RedisPipeline, groups: Groups, copies: Iterable[Copy], partition: int, allowed: Allowance
    ) -> list[Changes]:
        """What the step changes. Everything it decides on is read here, before MULTI."""
        changes = []
        for copy in copies:
            floor = Position(self._catalog.floor(copy.collection, partition))
            commits = self._log.skips.left(groups[copy.collection])
            changes.append(await work_out(step, self._layout, copy, commits, floor, allowed=allowed))
        return changes

    def _incarnation(self, collection: str) -> int:
        return incarnation(self._catalog, collection, self._log.partitions)


def _by_collection(commits: Iterable[Commit]) -> Groups:
    groups: Groups = {}
    for commit in commits:
        groups.setdefault(collection_of(commit.stream), []).append(commit)
    return groups


async def _refuse_if_moved(step: RedisPipeline) -> None:
    """Raises WatchError when others moved what is watched: then what was read does not belong together."""
    step.multi()
    step.ping()
    await step.execute()
