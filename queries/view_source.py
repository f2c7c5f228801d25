"""The rows of a view as a source of lists."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from catalog.declared import Index, IndexField, View
from events.document import Birth, Present
from events.position import Position, Version
from projections.encoding import encode, turned_over
from projections.layout import Layout
from projections.shape import Shape
from projections.views.prepared import prepared, whole
from projections.views.rows import read_body
from queries.columns import Columns
from queries.course import Order
from queries.errors import ViewBuilding
from queries.table import Source, Table

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_BIRTH = Birth(_NEVER, Position(0))


def rows_of(layout: Layout, collection: str, view: View, columns: Columns) -> Source:
    """The rows of a declared view; `table` raises ViewBuilding for a generation that keeps other rows.

    Which orders they stand in there is another matter: queries use those that the generation keeps.
    """
    text = _text(view)

    def table(generation: str, shape: Shape) -> Table:
        kept = shape.views.get(view.name) if generation else view
        if kept is None or _text(kept) != text:
            raise ViewBuilding(collection, view.name)
        place = (collection, int(generation or 0), view.name)
        indexed = zip(prepared(kept).orders, _indexes(columns, kept), strict=True)
        orders = [_order(columns, index, layout.view_index(*place, name)) for name, index in indexed]
        indexes = tuple(order.index for order in orders)
        by_index = {order.index.name: order for order in orders}
        return Table(generation, layout.view(*place), by_index, indexes, orders[0], False)

    def document(row: bytes) -> Present:
        values = columns.values(read_body(row))
        return Present(values, Version(0), Position(0), _BIRTH, _NEVER, "")

    def age(row: bytes) -> bytes:
        values = columns.values(read_body(row))
        return turned_over(b"".join([encode(values[group]) for group in columns.groups]))

    digest = sha256(text.encode()).hexdigest()[:16]
    name = f"{collection}/{view.name} {digest}"
    declared = tuple(_placed(columns, whole(view, order)) for order in view.orders)
    return Source(collection, name, declared, table, _bodies, document, age, columns.select, columns.name)


def _bodies(rows: Iterable[bytes]) -> list[bytes]:
    return [read_body(row) for row in rows]


def _indexes(columns: Columns, kept: View) -> Iterator[Index]:
    """The orders that a view keeps, by the names of columns: by each first, then by the groups; as declared."""
    for name in columns.names:
        yield whole(kept, Index((IndexField(name, False),)))
    for order in kept.orders:
        yield whole(kept, order)


def _order(columns: Columns, index: Index, key: str) -> Order:
    return Order(index.name, _placed(columns, index), key)


def _placed(columns: Columns, index: Index) -> Index:
    """An order by the names of columns as an index of places."""
    return Index(tuple(IndexField(columns.place_of[each.path], each.descending) for each in index.fields))


def _text(view: View) -> str:
    """The same for views that have the same rows."""
    return Shape((), {view.name: replace(view, orders=())}).text()
