"""A query: which rows, in which order, how many of them, and what of them."""

from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

import orjson

from catalog.declared import Condition, IndexField

MOST_LIMIT = 1000
DEFAULT_LIMIT = 20


_PLACE = attrgetter("path", "operator")


@dataclass(slots=True)
class Query:
    """A query that was read and makes sense; `language` and `parameters` make them.

    where:  conditions that must all hold; those on one path for one and the same value.
    sort:   the order; empty: that of the index used, or newest first where no index is.
    limit:  1..1000 rows.
    cursor: where the page begins, None for the first one.
    count:  whether to say how many rows there are in all.
    fields: the paths wanted besides `id` and `_meta`; None for all.
    kept:   what was worked out for it, the same for all of its pages: its identity (None), plans by sources.
    """

    where: tuple[Condition, ...] = ()
    sort: tuple[IndexField, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    count: bool = False
    fields: tuple[str, ...] | None = None
    explain: bool = False

    kept: dict[str | None, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def identity(self) -> str:
        """The same for all pages of one query, and for no other: its conditions and its order."""
        if None not in self.kept:
            where = [(each.path, each.operator, each.value) for each in sorted(self.where, key=_PLACE)]
            self.kept[None] = orjson.dumps([where, [str(field) for field in self.sort]]).decode()
        return str(self.kept[None])

    def at(self, cursor: str | None) -> "Query":
        """The same query, for the page that begins at `cursor`."""
        if cursor == self.cursor:
            return self
        other = replace(self, cursor=cursor)
        other.kept = self.kept
        return other
