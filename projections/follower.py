"""Following one partition: the live projections are kept up to date with the log, commit by commit."""

import asyncio
from collections.abc import Sequence

import structlog

from events.commit import Commit
from events.errors import LogUnavailable
from events.log import EventLog
from events.position import Position
from events.wakeup import Wakeups
from projections.errors import CheckpointMoved, LogDamaged, ProjectionAway
from projections.state import ProjectorState
from projections.step import Steps

_log = structlog.get_logger(__name__)

SMALLEST_BATCH, LARGEST_BATCH = 256, 4096
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
IDLE_LOOK = 0.5


class CheckpointUnusable(Exception):
    """The checkpoint is missing, of another log, or beyond this log's head: build anew, do not guess."""


class Follower:
    """Keeps the live projections of one partition at the head of the log.

    `gate` is held while a step is taken: who holds it keeps the live checkpoint where it is.
    """

    def __init__(self, log: EventLog, steps: Steps, partition: int, wakeups: Wakeups) -> None:
        self._log = log
        self._steps = steps
        self._partition = partition
        self._wakeups = wakeups
        self._limit = SMALLEST_BATCH
        self.gate = asyncio.Lock()
        self.state = ProjectorState.CATCHING_UP
        self.trouble: str | None = None

    async def run(self) -> None:
        """Follow until cancelled. Raises CheckpointUnusable."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._follow()
            except CheckpointMoved:
                pause = FIRST_PAUSE
            except (LogUnavailable, ProjectionAway) as away:
                self._in_trouble(ProjectorState.CATCHING_UP, away)
                pause = await _rest(pause)
            except CheckpointUnusable:
                raise
            except Exception as fault:  # noqa: BLE001 - whatever it is, it must be seen, and must not end the others
                self._in_trouble(ProjectorState.HALTED, fault)
                pause = await _rest(pause)

    async def _follow(self) -> None:
        after = await self._checkpoint()
        while True:
            commits = await self._log.read_partition(self._partition, after=after, limit=self._limit)
            if commits:
                after = await self._apply(commits, after)
                await asyncio.sleep(0)
            else:
                self.state, self.trouble = ProjectorState.LIVE, None
                await self._wait(after)

    async def _apply(self, commits: Sequence[Commit], after: Position) -> Position:
        if len(commits) == self._limit:
            self.state = ProjectorState.CATCHING_UP
            self._limit = min(self._limit * 2, LARGEST_BATCH)
        else:
            self._limit = max(self._limit // 2, SMALLEST_BATCH)
        check_order(commits, after)
        async with self.gate:
            await self._steps.apply(commits, after, commits[-1].position)
        return commits[-1].position

    async def _wait(self, after: Position) -> None:
        """Wait for a wake-up; without one, look whether the checkpoint is still good now and then."""
        if not await self._wakeups.wait(IDLE_LOOK) and await self._checkpoint() != after:
            raise CheckpointMoved

    async def _checkpoint(self) -> Position:
        checkpoint = await self._steps.checkpoint(self._partition)
        if checkpoint is None or checkpoint > await self._log.head(self._partition):
            raise CheckpointUnusable
        return checkpoint

    def _in_trouble(self, state: ProjectorState, error: Exception) -> None:
        if self.trouble != str(error):
            _log.error("projector in trouble", state=state, partition=self._partition, reason=str(error))
        self.state, self.trouble = state, str(error)


def check_order(commits: Sequence[Commit], after: Position) -> None:
    """Raises LogDamaged unless the commits follow `after` and each other without a gap."""
    if commits[-1].position - after == len(commits):
        return
    for commit in commits:
        if commit.position != after + 1:
            raise LogDamaged(after, commit.position)
        after = commit.position


async def _rest(pause: float) -> float:
    await asyncio.sleep(pause)
    return min(pause * 2, LONGEST_PAUSE)
