"""What the read side can not answer.

QueryError
  RowMissing          there is no such document         nothing to be done
  QueryInvalid        the query can not be understood   mend the named parameter
  ParameterUnknown    there is no such part of a query   use one of those named
  IndexNeeded         no index serves, too much to scan  declare the one named
  IndexBuilding       the index is not there yet         retry later
  ViewMissing         there is no such view              use one of those named
  ViewBuilding        the view is not there yet          retry later
  OrderBuilding       the view lacks the order as yet    retry later
  ProjectionBehind    not yet at the position asked     retry a little later
  ProjectionsAbsent   being brought up from the log     retry later
  ReadUnavailable     Redis did not answer              retry later
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import orjson

from catalog.names import nearest
from events.errors import FoldbaseError

_TRY_AGAIN = "; try again in a moment, or see in GET /v1/projections what its rebuild waits for"


class QueryError(FoldbaseError):
    """A read that has no answer."""


@dataclass(eq=False)
class RowMissing(QueryError):
    """There is no document with this id, at the positions that `served_at` names as Fold-Position does."""

    served_at: str

    def __str__(self) -> str:
        return "there is no document with this id"


@dataclass(eq=False)
class QueryInvalid(QueryError):
    """A query nobody can answer. `parameter` is the one to mend."""

    parameter: str
    reason: str

    def __str__(self) -> str:
        return f"{self.parameter}: {self.reason}"


@dataclass(eq=False)
class ParameterUnknown(QueryError):
    """A part of a query that does not exist; `known` are those that do."""

    parameter: str
    known: Sequence[str]

    def __str__(self) -> str:
        near = get_close_matches(self.parameter[:80].lower(), self.known, 1, 0.5)
        if near:
            return f"{self.parameter[:80]!r} is no parameter here; did you mean {near[0]!r}?"
        return f"{self.parameter[:80]!r} is no parameter here; there are: {', '.join(self.known)}"


@dataclass(eq=False)
class IndexNeeded(QueryError):
    """No index serves a query, and there is too much to look through. `index` would serve it."""

    source: str
    too_much: str
    index: Sequence[str]

    def __str__(self) -> str:
        declaration = orjson.dumps({"indexes": [self.index]}).decode()
        return (
            f"no index of {self.source} serves this query, and {self.too_much} are too many to look through; "
            f"declare {declaration}"
        )


@dataclass(eq=False)
class IndexBuilding(QueryError):
    """The index that serves a query is declared, and not filled yet."""

    source: str
    index: str

    def __str__(self) -> str:
        return f"the index {self.index} of {self.source} is being built{_TRY_AGAIN}"


@dataclass(eq=False)
class ViewMissing(QueryError):
    """The collection has no view of this name; `known` are those it has."""

    collection: str
    view: str
    known: Sequence[str]

    def __str__(self) -> str:
        hint = nearest(self.view, self.known) if self.known else "it has none"
        return f"{self.collection} has no view {self.view[:80]!r}; {hint}"


@dataclass(eq=False)
class ViewBuilding(QueryError):
    """The view is declared, and not filled yet."""

    collection: str
    view: str

    def __str__(self) -> str:
        return f"the view {self.view} of {self.collection} is being built{_TRY_AGAIN}"


@dataclass(eq=False)
class OrderBuilding(QueryError):
    """The view is there, and the order of it that serves a query is declared, and not filled yet."""

    order: str

    def __str__(self) -> str:
        return f"the order {self.order} of the view is being built{_TRY_AGAIN}"


@dataclass(eq=False)
class ProjectionBehind(QueryError):
    """The projections did not reach the position asked for in time. `why`, where that is known."""

    after: int
    waited: float
    why: str = ""

    def __str__(self) -> str:
        why = f": {self.why}" if self.why else ""
        return f"the projections did not reach position {self.after} within {self.waited:g} s{why}; try again"


class ProjectionsAbsent(QueryError):
    """There is nothing to read: the projections are being filled from the log."""

    def __str__(self) -> str:
        return "the projections are being filled from the log; try again in a moment"


@dataclass(eq=False)
class ReadUnavailable(QueryError):
    """Redis did not answer."""

    reason: str

    def __str__(self) -> str:
        return f"the projections do not answer: {self.reason}"
