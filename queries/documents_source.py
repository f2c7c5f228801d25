"""Documents as a source of lists."""

from collections.abc import Iterable

from catalog.declared import Index, IndexField
from projections.layout import BY_CREATION, Layout
from projections.row import HEAD_BYTES, ORDER_BYTES, document_of
from projections.shape import Shape
from queries.course import Order
from queries.table import Source, Table

_CREATED = Index((IndexField("_meta.created_at", False),))


def documents_of(layout: Layout, collection: str, declared: Iterable[Index] = ()) -> Source:
    """The documents of a collection, whose declared indexes are these."""

    def table(generation: str, shape: Shape) -> Table:
        number = int(generation or 0)
        orders = {index.name: _order(layout, collection, number, index) for index in shape.indexes}
        created = Order(
            "-_meta.created_at", _CREATED, layout.index(collection, number, BY_CREATION), head=ORDER_BYTES
        )
        return Table(generation, layout.rows(collection, number), orders, shape.indexes, created, True)

    return Source(collection, collection, tuple(declared), table, _bodies, document_of, _age)


def _order(layout: Layout, collection: str, generation: int, index: Index) -> Order:
    key = layout.index(collection, generation, index.name)
    return Order(index.name, index, key, layout.surplus(collection, generation, index.name))


def _bodies(rows: Iterable[bytes]) -> list[bytes]:
    return [row[HEAD_BYTES:] for row in rows]


def _age(row: bytes) -> bytes:
    return row[HEAD_BYTES - ORDER_BYTES : HEAD_BYTES]
