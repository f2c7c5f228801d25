"""Columns found by looking at every document first: for what has no schema.

A field whose values are of one kind is a column of that kind; whole numbers and others together are numbers.
Where kinds are mixed, or an array was seen, the column holds JSON text. An object is looked into, and its
fields are columns, unless something else than an object was seen in its place, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.exporting.columns import ID, META, MOST_COLUMNS, Column, Columns, column
from app.exporting.kinds import Kind, is_number

_KINDS: dict[type, Kind] = {bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER, str: Kind.TEXT}
_BOTH = {Kind.INTEGER, Kind.NUMBER}


@dataclass(slots=True)
class Seen:
    """What was seen in one place. is_exact: every whole number there is one that a double holds."""

    kinds: set[Kind] = field(default_factory=set)
    is_exact: bool = True
    fields: "dict[str, Seen]" = field(default_factory=dict)

    def note(self, value: Any) -> None:
        """Take in a value that is no object."""
        kind = _KINDS.get(type(value), Kind.JSON)
        self.kinds.add(kind)
        if kind is Kind.INTEGER and not is_number(value):
            self.is_exact = False

    def kind(self) -> Kind:
        """The one kind that holds everything that was seen."""
        if len(self.kinds) == 1 and not self.fields:
            return next(iter(self.kinds))
        return Kind.NUMBER if self.kinds == _BOTH and self.is_exact and not self.fields else Kind.JSON


class Found:
    """Looks at documents, and remembers no more than it takes to lay out columns for them."""

    def __init__(self) -> None:
        self._root = Seen()
        self._places = 0
        self._is_cut = False

    def look(self, body: Mapping[str, Any]) -> None:
        """Take in one more document's own fields."""
        self._into(self._root, body)

    def columns(self) -> Columns:
        """Columns for documents: `id`, each field where it was seen first, `_meta`.

        Fields over MOST_COLUMNS have none; they are left to REST, and only then there is one.
        """
        return Columns([ID, *_columns(self._root, ()), *META], rest=self._is_cut)

    def _into(self, seen: Seen, record: Mapping[str, Any]) -> None:
        for name, value in record.items():
            if value is None:
                continue
            below = seen.fields.get(name)
            if below is None:
                if self._places == MOST_COLUMNS:
                    self._is_cut = True
                    continue
                self._places += 1
                below = seen.fields[name] = Seen()
            if type(value) is dict:
                self._into(below, value)
            else:
                below.note(value)


def _columns(seen: Seen, path: tuple[str, ...]) -> Iterator[Column]:
    if path and (seen.kinds or not seen.fields):
        yield column(path, seen.kind())
        return
    for name, below in seen.fields.items():
        yield from _columns(below, (*path, name))
