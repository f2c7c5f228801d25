"""What a batch changes in one generation: worked out before MULTI, queued after it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

from events.commit import Commit
from events.position import Position
from projections.client import RedisPipeline
from projections.fold import RowChanges, fold_rows, rows_needed
from projections.generation import Copy
from projections.indexing import IndexChanges, Members, index_changes
from projections.layout import BY_CREATION, Layout

T = TypeVar("T")

ITEMS_A_COMMAND = 1000


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changes in `copy`; `indexes` by the names of indexes."""

    copy: Copy
    rows: RowChanges
    indexes: dict[str, IndexChanges]


async def work_out(
    step: RedisPipeline, layout: Layout, copy: Copy, commits: Sequence[Commit], floor: Position
) -> Changes:
    """What `commits`, all of one collection, change in a copy of it; `step` is watching, and only read from.

    floor:  commits up to this position do not count.
    Raises: UnknownEvent.
    """
    ids = rows_needed(commits)
    found = await step.hmget(layout.rows(copy.collection, copy.number), ids) if ids else []
    before = {id: row for id, row in zip(ids, found, strict=True) if row is not None}
    rows = fold_rows(commits, before, floor)
    indexes = {index.name: index_changes(index, rows.touched) for index in copy.shape.indexes}
    return Changes(copy, rows, indexes)


def queue_changes(step: RedisPipeline, layout: Layout, changes: Changes) -> None:
    """Queue the commands that make `changes`; each is bounded, so Redis stays responsive."""
    place, rows = (changes.copy.collection, changes.copy.number), changes.rows
    for removed in _chunks(rows.removed):
        step.execute_command("HDEL", layout.rows(*place), *removed)
    for written in _chunks(rows.written.items()):
        step.execute_command("HSET", layout.rows(*place), *chain.from_iterable(written))
    _queue_members(step, layout.index(*place, BY_CREATION), Members(rows.indexed, rows.unindexed))
    for name, index in changes.indexes.items():
        _queue_members(step, layout.index(*place, name), index.entries)
        _queue_members(step, layout.surplus(*place, name), index.surplus)


def _queue_members(step: RedisPipeline, key: str, members: Members) -> None:
    for removed in _chunks(members.removed):
        step.execute_command("ZREM", key, *removed)
    for added in _chunks(members.added):
        step.execute_command("ZADD", key, *chain.from_iterable((b"0", member) for member in added))


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, ITEMS_A_COMMAND)):
        yield chunk
