"""Keeping views: worked out before MULTI from documents that changed, queued after it."""

from collections.abc import Sequence
from typing import NamedTuple

from projections.client import RedisPipeline
from projections.fold import Touched
from projections.generation import Copy
from projections.layout import Layout
from projections.queueing import queue_fields, queue_members
from projections.views.changes import ViewChanges, turnovers, view_changes
from projections.views.deltas import Deltas
from projections.views.keys import ViewKeys, keys_of
from projections.views.prepared import prepared
from projections.views.reading import Work, read_known, read_remaining


class KeptView(NamedTuple):
    """What changes in one view, and where."""

    keys: ViewKeys
    changes: ViewChanges


async def work_out_views(
    step: RedisPipeline, layout: Layout, copy: Copy, touched: Sequence[Touched]
) -> list[KeptView]:
    """What `touched` documents change in the views of a copy; those it does not change are left out.

    step: is watching; watches what other partitions may be changing too, and is only read from.
    """
    works = []
    for view in copy.shape.views.values():
        deltas = Deltas(prepared(view))
        deltas.take(touched)
        if deltas.groups:
            works.append(Work(keys_of(layout, copy.collection, copy.number, deltas.view), deltas))
    kept = []
    for work, known in zip(works, await read_known(step, works), strict=True):
        turned = turnovers(work.deltas, known)
        remaining = await read_remaining(step, work, known, turned)
        kept.append(KeptView(work.keys, view_changes(work.deltas, known, turned, remaining)))
    return kept


def queue_view(step: RedisPipeline, kept: KeptView) -> None:
    """Queue the commands that change a view."""
    keys, changes = kept
    queue_fields(step, keys.rows, changes.written, changes.removed)
    for name, order in changes.orders.items():
        queue_members(step, keys.orders[name], order)
    for path, values in changes.values.items():
        queue_fields(step, keys.values[path], values.counts, values.gone)
        if path in keys.ordered:
            queue_members(step, keys.ordered[path], values.order)
