"""A query: which rows, in which order, how many of them, and what of them."""

from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any

import orjson

from catalog.declared import Condition, IndexField

MOST_LIMIT = 1000
DEFAULT_LIMIT = 20


_PLACE = attrgetter("path", "operator")


@dataclass(frozen=True)
class Query:
    """A query that was read and makes sense; `language` and `parameters` make them.

    where:  conditions that must all hold; those on one path for one and the same value.
    sort:   the order; empty: that of the index used, or newest first where no index is.
    limit:  1..1000 rows.
    cursor: where the page begins, None for the first one.
    count:  whether to say how many rows there are in all.
    fields: the paths wanted besides `id` and `_meta`; None for all.
    """

    where: tuple[Condition, ...] = ()
    sort: tuple[IndexField, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    count: bool = False
    fields: tuple[str, ...] | None = None
    explain: bool = False

    @cached_property
    def plans(self) -> dict[object, Any]:
        """What was planned for it, by what it was planned for: the same for all pages of the query."""
        return {}

    @cached_property
    def identity(self) -> str:
        """The same for all pages of one query, and for no other: its conditions and its order."""
        where = [(each.path, each.operator, each.value) for each in sorted(self.where, key=_PLACE)]
        return orjson.dumps([where, [str(field) for field in self.sort]]).decode()

    def at(self, cursor: str | None) -> "Query":
        """The same query, for the page that begins at `cursor`."""
        if cursor == self.cursor:
            return self
        other = replace(self, cursor=cursor)
        other.__dict__.update(identity=self.identity, plans=self.plans)
        return other
