"""What can go wrong between the log and Redis.

ProjectionError
  CheckpointMoved   another projector applied these commits     read the checkpoint again
  LogDamaged        a position is missing or out of order       stop, and say so
  ProjectionAway    Redis did not answer                        retry later
  RebuildRunning    a rebuild of this projection runs already   follow that one

Between projectors alone:
CheckpointUnusable  nothing of this log to go on from           build anew
CollectionDropped   dropped while it was rebuilt                nothing to be done
"""

from dataclasses import dataclass

from catalog.errors import CatalogUnavailable
from events.errors import FoldbaseError, LogUnavailable
from events.position import Position


class ProjectionError(FoldbaseError):
    """Something about projections."""


class CheckpointMoved(ProjectionError):
    """Somebody else moved the checkpoint or switched a generation; nothing was written."""

    def __str__(self) -> str:
        return "another projector was faster"


@dataclass(eq=False)
class LogDamaged(ProjectionError):
    """The commit that should follow `after` is not there, but a later one is."""

    after: Position
    found: Position

    def __str__(self) -> str:
        return f"the log has no commit at {self.after + 1}, but one at {self.found}"


@dataclass(eq=False)
class ProjectionAway(ProjectionError):
    """Redis did not answer, or did not do what it was told."""

    reason: str

    def __str__(self) -> str:
        return f"the projections are not available: {self.reason}"


@dataclass(eq=False)
class RebuildRunning(ProjectionError):
    """A rebuild of this projection runs already."""

    collection: str

    def __str__(self) -> str:
        return f"a rebuild of {self.collection} runs already; GET /v1/projections follows it"


class CheckpointUnusable(Exception):
    """The checkpoint is missing, of another log, or beyond this log's head: build anew, do not guess."""


@dataclass(eq=False)
class CollectionDropped(Exception):
    """The collection was dropped while its projection was rebuilt."""

    collection: str

    def __str__(self) -> str:
        return f"{self.collection} was dropped"


STORE_AWAY = (LogUnavailable, CatalogUnavailable, ProjectionAway)
"""MongoDB or Redis is away: nothing is lost; try again."""
