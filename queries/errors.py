"""What the read side can not answer.

QueryError
  RowMissing          there is no such document         nothing to be done
  QueryInvalid        the query can not be understood   mend the named parameter
  ProjectionBehind    not yet at the position asked     retry a little later
  ProjectionsAbsent   being brought up from the log     retry later
  ReadUnavailable     Redis did not answer              retry later
"""

from dataclasses import dataclass

from events.errors import FoldbaseError


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
class ProjectionBehind(QueryError):
    """The projections did not reach the position asked for in time."""

    after: int
    waited: float

    def __str__(self) -> str:
        return f"the projections did not reach position {self.after} within {self.waited:g} s; try again"


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
