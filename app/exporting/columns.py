"""Columns: where each value of a record stands in a row, and what becomes of those that have no column.

Nothing is left out and nothing is changed: a value that its column can not hold, and a field that has no
column, are kept in the column `_rest`, a JSON object of the same nesting as the record. Null, an empty object
in which fields were expected, and no field at all are the same in a row: nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.exporting.kinds import FITS, Fits, Kind
from catalog.pointers import pointer
from events.commit import JsonObject

MOST_COLUMNS = 1000
REST = "_rest"

Branch = dict[str, "Branch | _Cell"]
Row = list[Any]


class Column(NamedTuple):
    """`path` leads to the value, a segment a level; REST has none."""

    name: str
    path: tuple[str, ...]
    kind: Kind


class _Cell(NamedTuple):
    place: int
    fits: Fits


def column(path: tuple[str, ...], kind: Kind) -> Column:
    """A column named by its path with dots; by a JSON pointer where the dots would not be clear."""
    is_clear = all(segment and "." not in segment and segment[0] != "/" for segment in path)
    return Column(".".join(path) if is_clear and path != (REST,) else pointer(path), path, kind)


ID = column(("id",), Kind.TEXT)
META = (
    column(("_meta", "version"), Kind.INTEGER),
    column(("_meta", "position"), Kind.INTEGER),
    column(("_meta", "created_at"), Kind.TIME),
    column(("_meta", "updated_at"), Kind.TIME),
    column(("_meta", "updated_by"), Kind.TEXT),
    column(("_meta", "stale_since"), Kind.INTEGER),
)
_REST = Column(REST, (), Kind.JSON)


class Columns:
    """The columns of a table, in order. With `rest`, REST is the last one."""

    def __init__(self, columns: Sequence[Column], *, rest: bool) -> None:
        """columns: no path of them leads through another."""
        self.all = (*columns, _REST) if rest else tuple(columns)
        self._width = len(columns)
        self._has_rest = rest
        self._root: Branch = {}
        for place, (_, path, kind) in enumerate(columns):
            branch: Any = self._root
            for segment in path[:-1]:
                branch = branch.setdefault(segment, {})
            branch[path[-1]] = _Cell(place, FITS[kind])

    def row(self, record: Mapping[str, Any]) -> Row:
        """The values of a record by column, as they are; None where there is none. REST is an object."""
        row: Row = [None] * self._width
        rest = _sort(self._root, record, row)
        if self._has_rest:
            row.append(rest or None)
        return row


def _sort(branch: Branch, record: Mapping[str, Any], row: Row) -> JsonObject:
    """Put the values of a record in their cells; what has none is returned."""
    rest: JsonObject = {}
    for name, value in record.items():
        if value is None:
            continue
        place = branch.get(name)
        if type(place) is _Cell:
            if place.fits(value):
                row[place.place] = value
            else:
                rest[name] = value
        elif type(place) is dict and type(value) is dict:
            if below := _sort(place, value, row):
                rest[name] = below
        else:
            rest[name] = value
    return rest
