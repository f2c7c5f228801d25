"""A view kept in sets and dicts, as Redis keeps it; what is added was not there, what is removed was."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog.declared import View
from events.document import ABSENT, Absent, Present
from projections.entries import key_of_member
from projections.fold import Touched
from projections.views.changes import Known, Place, ViewChanges, turnovers, view_changes
from projections.views.deltas import Deltas
from projections.views.prepared import Prepared
from projections.views.rows import ID_BYTES, group_id, read_body
from projections.views.turnover import Remaining
from tests.projections.documents import present

Batch = dict[str, dict[str, Any] | None]
"""What becomes of documents, by id; None for one that is deleted."""


class KeptView:
    """What Redis would hold of one view."""

    def __init__(self, view: View) -> None:
        self.view = Prepared(view)
        self.documents: dict[str, Present | Absent] = {}
        self.rows: dict[bytes, bytes] = {}
        self.orders: dict[str, set[bytes]] = {name: set() for name in self.view.orders}
        self.counts: dict[str, dict[bytes, int]] = {path: {} for path in self.view.valued}
        self.ordered: dict[str, set[bytes]] = {path: set() for path in self.view.valued}

    def apply(self, batch: Batch) -> None:
        """What becomes of documents, in one batch."""
        self.change({id: ABSENT if body is None else present(body) for id, body in batch.items()})

    def change(self, after: Mapping[str, Present | Absent]) -> None:
        """Documents become others, all in one batch."""
        deltas = Deltas(self.view)
        deltas.take([Touched(id, self.documents.get(id, ABSENT), after[id], None, None) for id in after])
        self.documents.update(after)
        known = self._known(deltas)
        turned = turnovers(deltas, known)
        remaining = {place: self._remaining(place, len(change.went) + 1) for place, change in turned.items()}
        self._take(view_changes(deltas, known, turned, remaining))

    def _known(self, deltas: Deltas) -> Known:
        ids = {key: group_id(key) for key in deltas.groups}
        rows = {key: self.rows[id] for key, id in ids.items() if id in self.rows}
        counts: dict[Place, dict[bytes, int]] = {}
        for path, kept in self.counts.items():
            for key, id in ids.items():
                counts[key, path] = {
                    member[ID_BYTES:]: count for member, count in kept.items() if member[:ID_BYTES] == id
                }
        return Known(rows, counts)

    def _remaining(self, place: Place, enough: int) -> Remaining:
        key, path = place
        found = sorted(member[ID_BYTES:] for member in self.ordered[path] if member[:ID_BYTES] == group_id(key))
        return Remaining(found[:enough], found[::-1][:enough])

    def _take(self, changes: ViewChanges) -> None:
        self.rows |= changes.written
        for id in changes.removed:
            del self.rows[id]
        for name, order in changes.orders.items():
            _move(self.orders[name], order.added, order.removed)
        for path, values in changes.values.items():
            _move(self.ordered[path], values.order.added, values.order.removed)
            for member in values.gone:
                del self.counts[path][member]
            self.counts[path] |= values.counts

    def in_order(self, name: str) -> list[dict[str, Any]]:
        """The rows in one of their orders."""
        ids = [key_of_member(member)[1] for member in sorted(self.orders[name])]
        return [json.loads(read_body(self.rows[id]), parse_float=Decimal) for id in ids]


def _move(members: set[bytes], added: list[bytes], removed: list[bytes]) -> None:
    assert set(removed) <= members
    assert not set(added) & members
    members -= set(removed)
    members |= set(added)
