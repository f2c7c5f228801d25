"""The projector's states. These names are what logs, health, metrics and `foldbase status` say."""

from enum import StrEnum


class ProjectorState(StrEnum):
    """What a projector is doing with one partition of the log."""

    CATCHING_UP = "CATCHING_UP"  # behind the head of the log, or waiting for MongoDB or Redis to come back
    LIVE = "LIVE"  # at the head, waiting for commits
    STANDBY = "STANDBY"  # another projector has the lease; ready to take over
    REBUILDING = "REBUILDING"  # filling projections from the beginning, nothing to read yet
    HALTED = "HALTED"  # something that does not mend itself; tried again now and then
    STOPPED = "STOPPED"
