"""What a batch changes in one generation: worked out before MULTI, queued after it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
from redis.exceptions import RedisError

from events.commit import Commit
from events.document import ABSENT, Document, Present
from events.position import Position
from projections.client import RedisPipeline
from projections.fold import RowChanges, Touched, fold_rows, rows_needed
from projections.generation import Copy
from projections.indexing import IndexChanges, Members, index_changes
from projections.layout import BY_CREATION, Layout
from projections.parked import Lot, Parked, read_parked
from projections.queueing import queue_fields, queue_members
from projections.row import row_of
from projections.rows_before import Allowance, rows_before
from projections.views.deltas import Deltas
from projections.views.keeping import KeptView, queue_view, work_out_views
from projections.views.prepared import prepared

Turn = Callable[[], Awaitable[object]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changes in `copy`; `indexes` by the names of indexes, `parked` by ids.

    added: which of `parked` were not parked before.
    """

    copy: Copy
    rows: RowChanges
    indexes: dict[str, IndexChanges]
    views: list[KeptView]
    parked: dict[str, Parked] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)


async def work_out(
    step: RedisPipeline,
    layout: Layout,
    copy: Copy,
    commits: Sequence[Commit],
    floor: Position,
    again: str | None = None,
    turn: Turn | None = None,
    allowed: Allowance | None = None,
) -> Changes:
    """What `commits`, all of one collection, change in a copy of it; `step` is watching, and only read from.

    A document with a commit that can not be applied is parked: it stays as it is, and what follows waits.
    floor:  commits up to this position do not count.
    turn:   is awaited before views are looked at, where others may be changing them all the time.
    again:  a parked document that is to be tried again, with all of its commits that wait.
    allowed: how much of rows it may read; as much as a whole step unless it is given.
    Raises: StepTooLarge; and what `step` raises.
    """
    place = (copy.collection, copy.number)
    parked = await read_parked(step, layout.parked(*place), commits)
    ids = rows_needed(commits) if again is None else [again]
    before = await rows_before(step, layout.rows(*place), ids, commits, allowed or Allowance())
    if again is None and not parked:
        try:
            return await _changes(step, layout, copy, fold_rows(commits, before, floor), turn)
        except (RedisError, OSError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one document's, and parks that alone
            _log.debug("looking for what can not be applied", collection=copy.collection, reason=str(error))
    waiting = {id: found for id, found in parked.items() if id != again}
    lot = Lot(partial(_check, copy), waiting)
    changes = await _changes(step, layout, copy, fold_rows(commits, before, floor, lot, again), turn)
    changes.parked.update({id: lot.parked[id] for id in lot.changed})
    changes.added.extend(lot.added)
    return changes


def tell_parked(changes: Changes) -> None:
    """Log what was parked; to be called when the step was taken, as before that it may be none of the log's."""
    if changes.added:
        first = changes.parked[changes.added[0]]
        _log.warning(
            "documents parked",
            collection=changes.copy.collection,
            count=len(changes.added),
            position=first.position,
            reason=first.error,
        )


async def _changes(
    step: RedisPipeline, layout: Layout, copy: Copy, rows: RowChanges, turn: Turn | None
) -> Changes:
    indexes = {index.name: index_changes(index, rows.touched) for index in copy.shape.indexes}
    if turn is not None and copy.shape.views:
        await turn()
    return Changes(copy, rows, indexes, await work_out_views(step, layout, copy, rows.touched))


def _check(copy: Copy, id: str, document: Document) -> None:
    """Raises when a document can not be kept in a copy of its collection."""
    if isinstance(document, Present):
        touched = [Touched(id, ABSENT, document, None, row_of(id, document))]
        for index in copy.shape.indexes:
            index_changes(index, touched)
        for view in copy.shape.views.values():
            Deltas(prepared(view)).take(touched)


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
    parked = {id: found.model_dump_json().encode() for id, found in changes.parked.items()}
    queue_fields(step, layout.parked(*place), parked, ())
