"""A view as it was at one position: all documents go through it, and its groups are held meanwhile."""

from collections.abc import Iterable, Iterator
from operator import itemgetter

from app.exporting.columns import Column, Columns
from app.exporting.found import Seen
from app.exporting.kinds import Kind
from app.exporting.records import DocumentRecord, ViewRecord
from catalog.declared import View
from events.document import ABSENT
from projections.fold import Touched
from projections.views.changes import Known, turnovers, view_changes
from projections.views.deltas import Deltas
from projections.views.prepared import Prepared
from projections.views.rows import read_body


class ViewFolding:
    """Counts documents into the groups of a view. What it holds grows with groups and distinct values."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._deltas = Deltas(Prepared(view))
        self._sums = [measure.name for measure in view.measures if measure.kind == "sum"]

    def take(self, records: Iterable[DocumentRecord]) -> None:
        """Count documents."""
        self._deltas.take(Touched(id, ABSENT, document, None, None) for id, document, _ in records)

    def rows(self) -> Iterator[ViewRecord]:
        """The rows in the order of their groups, once all documents have come: the bytes that readers get."""
        nothing = Known({}, {})
        changes = view_changes(self._deltas, nothing, turnovers(self._deltas, nothing), {})
        for _, delta in sorted(self._deltas.groups.items(), key=itemgetter(0)):
            yield ViewRecord(read_body(changes.written[delta.id]), self._sums)

    def columns(self, records: Iterable[ViewRecord]) -> Columns:
        """Group fields, then measures, each of the kind that holds all of its values."""
        seen = {name: Seen() for name in (*_groups(self._view), *_measures(self._view))}
        for record in records:
            for name, value in record.object().items():
                if value is not None:
                    seen[name].note(value)
        columns = [
            Column(name, (name,), Kind.SUM if name in self._sums else place.kind())
            for name, place in seen.items()
        ]
        return Columns(columns, rest=False)


def _groups(view: View) -> list[str]:
    return [group.name for group in view.groups]


def _measures(view: View) -> list[str]:
    return [measure.name for measure in view.measures]
