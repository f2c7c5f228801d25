"""What can go wrong between the log and Redis.

ProjectionError
  CheckpointMoved   another projector applied these commits     read the checkpoint again
    LeaseLost       another projector has the lease by now      leave the work to it
  Held              a rebuild is about to take a place          try again in a moment
  LogDamaged        a position is missing or out of order       stop, and say so
  ProjectionAway    Redis did not answer                        retry later
  ProjectionsFull   Redis is out of memory                      give it more, or drop something
  RebuildRunning    a rebuild of this projection runs already   follow that one
  NoRebuildRuns     there is none to steer                      ask for one
  NothingKept       there is no generation to go back to        rebuild with `keep` before
  NotParked         the document is not parked (any more)       nothing to be done

Between projectors alone:
CheckpointUnusable  nothing of this log to go on from           build anew
CollectionDropped   dropped while it was rebuilt                nothing to be done
RebuildInterrupted  paused, cancelled or lost                   leave it
RebuildDiffers      the new generation is not as the live one   tell, and keep the live one
StepTooLarge        more rows than one step should hold         take it in several
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.errors import CatalogUnavailable
from events.commit import Commit
from events.errors import FoldbaseError, LogUnavailable
from events.position import Position


class ProjectionError(FoldbaseError):
    """Something about projections."""


class CheckpointMoved(ProjectionError):
    """Somebody else moved the checkpoint or switched a generation; nothing was written."""

    def __str__(self) -> str:
        return "another projector was faster"


class LeaseLost(CheckpointMoved):
    """Somebody else has the lease by now; nothing was written."""


class Held(ProjectionError):
    """The live checkpoints are to stand still for a moment; nothing was written."""

    def __str__(self) -> str:
        return "a rebuild is about to join"


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


class ProjectionsFull(ProjectionAway):
    """Redis is out of memory, and refused what it was told."""


@dataclass(eq=False)
class RebuildRunning(ProjectionError):
    """A rebuild of this projection is under way already. `others`: its options that are other than wanted."""

    collection: str
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        other = f" with other options ({', '.join(self.others)})" if self.others else ""
        return f"a rebuild of {self.collection} runs already{other}; GET /v1/projections follows it"


@dataclass(eq=False)
class NoRebuildRuns(ProjectionError):
    """There is no rebuild that could be paused, resumed or cancelled."""

    collection: str

    def __str__(self) -> str:
        return f"no rebuild of {self.collection} is under way; POST /v1/projections/{self.collection}/rebuild"


@dataclass(eq=False)
class NothingKept(ProjectionError):
    """There is no generation to go back to."""

    collection: str

    def __str__(self) -> str:
        return f"no earlier generation of {self.collection} is kept; a rebuild keeps one when it is told to"


@dataclass(eq=False)
class NotParked(ProjectionError):
    """The document is not parked, or not any more."""

    collection: str
    id: str

    def __str__(self) -> str:
        return f"{self.collection}/{self.id} is not parked"


class CheckpointUnusable(Exception):
    """The checkpoint is missing, of another log, or beyond this log's head: build anew, do not guess."""


@dataclass(eq=False)
class CollectionDropped(Exception):
    """The collection was dropped while its projection was rebuilt."""

    collection: str

    def __str__(self) -> str:
        return f"{self.collection} was dropped"


@dataclass(eq=False)
class RebuildInterrupted(Exception):
    """The rebuild was paused, cancelled or lost while it was worked on."""

    collection: str

    def __str__(self) -> str:
        return f"the rebuild of {self.collection} is not to go on now"


@dataclass(eq=False)
class RebuildDiffers(Exception):
    """The new generation differs from the live one, which stands at the same position."""

    collection: str
    ids: list[str]

    def __str__(self) -> str:
        return f"the new generation of {self.collection} differs from the live one, which stays"


STORE_AWAY = (LogUnavailable, CatalogUnavailable, ProjectionAway)
"""MongoDB or Redis is away: nothing is lost; try again."""


@dataclass(eq=False)
class StepTooLarge(Exception):
    """The rows that commits of one collection change are too large for a step; those before `commit` fit."""

    commit: Commit

    def cut(self, commits: Sequence[Commit]) -> tuple[Sequence[Commit], Sequence[Commit]]:
        """The commits of the first step, and those that are left for others."""
        place = next(place for place, each in enumerate(commits) if each.position == self.commit.position)
        return commits[:place], commits[place:]
