"""What a batch changes in one generation: worked out before MULTI, queued after it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from events.commit import Commit
from events.position import Position
from projections.client import RedisPipeline
from projections.fold import RowChanges, fold_rows, rows_needed
from projections.generation import Copy
from projections.indexing import IndexChanges, Members, index_changes
from projections.layout import BY_CREATION, Layout
from projections.queueing import queue_fields, queue_members
from projections.views.keeping import KeptView, queue_view, work_out_views

Turn = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changes in `copy`; `indexes` by the names of indexes."""

    copy: Copy
    rows: RowChanges
    indexes: dict[str, IndexChanges]
    views: list[KeptView]


async def work_out(
    step: RedisPipeline,
    layout: Layout,
    copy: Copy,
    commits: Sequence[Commit],
    floor: Position,
    turn: Turn | None = None,
) -> Changes:
    """What `commits`, all of one collection, change in a copy of it; `step` is watching, and only read from.

    floor:  commits up to this position do not count.
    turn:   is awaited before views are looked at, where others may be changing them all the time.
    Raises: UnknownEvent.
    """
    ids = rows_needed(commits)
    found = await step.hmget(layout.rows(copy.collection, copy.number), ids) if ids else []
    before = {id: row for id, row in zip(ids, found, strict=True) if row is not None}
    rows = fold_rows(commits, before, floor)
    indexes = {index.name: index_changes(index, rows.touched) for index in copy.shape.indexes}
    if turn is not None and copy.shape.views:
        await turn()
    views = await work_out_views(step, layout, copy, rows.touched)
    return Changes(copy, rows, indexes, views)


def queue_changes(step: RedisPipeline, layout: Layout, changes: Changes) -> None:
    """Queue the commands that make `changes`."""
    place, rows = (changes.copy.collection, changes.copy.number), changes.rows
    queue_fields(step, layout.rows(*place), rows.written, rows.removed)
    queue_members(step, layout.index(*place, BY_CREATION), Members(rows.indexed, rows.unindexed))
    for name, index in changes.indexes.items():
        queue_members(step, layout.index(*place, name), index.entries)
        queue_members(step, layout.surplus(*place, name), index.surplus)
    for view in changes.views:
        queue_view(step, view)
