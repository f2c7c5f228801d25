"""Reading the rows of views."""

from typing import Any, NamedTuple

from catalog.declared import Declared, View
from projections.layout import Layout
from queries.columns import Columns
from queries.cursor import Cursors
from queries.errors import ViewMissing
from queries.freshness import AS_IT_IS, Freshness, read_fresh
from queries.lists import SCAN_LIMIT, Page
from queries.pages import CoalescedPages
from queries.query import Query
from queries.room import Room
from queries.table import Source
from queries.view_lists import ViewLists
from queries.view_source import rows_of
from queries.waiting import Waiters

MOST_KNOWN = 1000


class Named(NamedTuple):
    """A view that was found by its name: what queries call its columns, and its rows."""

    view: View
    columns: Columns
    source: Source


class ViewQueries:
    """Answers lists of rows of views from the live projections."""

    def __init__(
        self,
        redis: Any,
        prefix: str,
        log: str,
        partitions: int,
        cursors: Cursors,
        waiters: Waiters,
        scan_limit: int = SCAN_LIMIT,
        room: Room | None = None,
    ) -> None:
        """log: the id of the log whose projections these must be. scan_limit, room: as of `Lists`."""
        self._lists = ViewLists(CoalescedPages(redis, prefix, log, partitions), cursors, scan_limit, room)
        self._layout = Layout(prefix)
        self._waiters = waiters
        self._known: dict[tuple[str, str], Named] = {}

    def named(self, declared: Declared, name: str) -> Named:
        """A view of a collection. Raises ViewMissing."""
        view = declared.views.get(name)
        if view is None:
            raise ViewMissing(declared.name, name, tuple(declared.views))
        known = self._known.get((declared.name, name))
        if known is None or known.view is not view:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            columns = Columns(view)
            known = Named(view, columns, rows_of(self._layout, declared.name, view, columns))
            self._known[declared.name, name] = known
        return known

    async def page(self, named: Named, query: Query, fresh: Freshness = AS_IT_IS) -> Page:
        """A page of rows. query: as `Columns.query` gives it.

        Raises: ViewBuilding, OrderBuilding, QueryInvalid, ProjectionBehind, ProjectionsAbsent, ReadUnavailable.
        """
        return await read_fresh(self._waiters, lambda: self._lists.page(named.source, query), fresh)
