"""The rows of a view as a source of lists."""

from collections.abc import Iterator
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
from queries.errors import ViewBuilding
from queries.table import Order, Source, Table

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_BIRTH = Birth(_NEVER, Position(0))


def rows_of(layout: Layout, collection: str, view: View, columns: Columns) -> Source:
    """The rows of a declared view; `table` raises ViewBuilding for a generation that does not keep it so."""
    text = _text(view)

    def table(generation: str, shape: Shape) -> Table:
        if generation:
            kept = shape.views.get(view.name)
            if kept is None or _text(kept) != text:
                raise ViewBuilding(collection, view.name)
        place = (collection, int(generation or 0), view.name)
        indexed = zip(prepared(view).orders, _indexes(columns), strict=True)
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
    return Source(collection, name, (), table, read_body, document, age, columns.select, columns.name)


def _indexes(columns: Columns) -> Iterator[Index]:
    """The orders that a view keeps, by the names of columns: by each first, then by the groups; as declared."""
    for name in columns.names:
        yield whole(columns.view, Index((IndexField(name, False),)))
    for order in columns.view.orders:
        yield whole(columns.view, order)


def _order(columns: Columns, index: Index, key: str) -> Order:
    """An order, as an index of places."""
    fields = [IndexField(columns.place_of[field.path], field.descending) for field in index.fields]
    return Order(index.name, Index(tuple(fields)), key)


def _text(view: View) -> str:
    return Shape((), {view.name: view}).text()
