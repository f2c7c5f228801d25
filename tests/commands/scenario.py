"""Given / when / then for deciders: a history, a command, and what comes of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from commands.decider import Decider
from events.commit import Commit, Event
from events.errors import FoldbaseError
from events.position import Position, StreamName, Version

STREAM = StreamName("orders/o1")
ACTOR = "user:ada"
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


def happened(version: int, event: Event) -> Commit:
    """The commit of the `version`-th event: position 10 × version, at `version` minutes past midnight."""
    at = MIDNIGHT + timedelta(minutes=version)
    return Commit(Position(10 * version), STREAM, Version(version), at, ACTOR, [event])


def given(decider: Decider[Any, Any], *history: Event) -> "Given":
    """A stream with this history, one event a commit."""
    commits = [happened(version, event) for version, event in enumerate(history, 1)]
    return Given(decider, decider.fold(commits, decider.initial))


@dataclass(frozen=True)
class Given:
    """A state that commands can be tried on."""

    decider: Decider[Any, Any]
    state: Any

    def when(self, command: Any) -> "Outcome":
        """Decide `command`."""
        try:
            return Outcome(self.decider.decide(command, self.state), None)
        except FoldbaseError as error:
            return Outcome([], error)


@dataclass(frozen=True)
class Outcome:
    """The events a command made, or the error it ended in."""

    events: list[Event]
    error: FoldbaseError | None

    def then(self, *expected: Event) -> None:
        """It made exactly these events."""
        assert self.error is None, f"it was refused: {self.error!r}"
        assert self.events == list(expected)

    def refused(self, kind: type[FoldbaseError], **fields: Any) -> None:
        """It ended in this very kind of error, which carries these fields."""
        assert type(self.error) is kind, f"it ended otherwise: {self.events or self.error!r}"
        assert {name: getattr(self.error, name) for name in fields} == fields
