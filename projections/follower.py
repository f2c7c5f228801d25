"""Following one partition: the live projections are kept up to date with the log, commit by commit."""

import asyncio

import structlog

from events.commit import Commit
from events.log import EventLog
from events.position import Position
from events.wakeup import Wakeups
from projections.batches import check_order
from projections.errors import STORE_AWAY, CheckpointMoved, CheckpointUnusable, Held
from projections.state import ProjectorState
from projections.step import Steps
from projections.usable import is_beyond_head

_log = structlog.get_logger(__name__)

SMALLEST_BATCH, LARGEST_BATCH = 256, 4096
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
IDLE_LOOK = 0.5
CROWD, GATHER = 32, 0.016
"""Where so many commits came at once, let those to come gather for so long: a step for two costs half."""
HELD_PAUSE = 0.005


class Follower:
    """Keeps the live projections of one partition at the head of the log."""

    def __init__(self, log: EventLog, steps: Steps, partition: int, wakeups: Wakeups) -> None:
        self._log = log
        self._steps = steps
        self._partition = partition
        self._wakeups = wakeups
        self._limit = SMALLEST_BATCH
        self._pause = FIRST_PAUSE
        self.state = ProjectorState.CATCHING_UP
        self.trouble: str | None = None

    async def run(self) -> None:
        """Follow until cancelled. Raises CheckpointUnusable."""
        while True:
            try:
                await self._follow()
            except CheckpointUnusable:
                raise
            except CheckpointMoved:
                await asyncio.sleep(0)
            except STORE_AWAY as away:
                self._limit = max(self._limit // 2, 1)
                await self._rest(ProjectorState.CATCHING_UP, away)
            except Exception as fault:  # noqa: BLE001 - whatever it is, it must be seen, and must not end the others
                await self._rest(ProjectorState.HALTED, fault)

    async def _follow(self) -> None:
        after = await self._checkpoint()
        while True:
            commits = await self._log.read_partition(self._partition, after=after, limit=self._limit)
            if commits:
                check_order(commits, after)
                await self._apply(commits, after)
                after = commits[-1].position
                is_behind = len(commits) >= self._limit
                self._go_on(is_behind=is_behind)
                await asyncio.sleep(GATHER if len(commits) >= CROWD and not is_behind else 0)
            else:
                self._is(ProjectorState.LIVE)
                await self._wait(after)

    async def _apply(self, commits: list[Commit], after: Position) -> None:
        """Take a step, as soon as nobody holds the live checkpoints where they are."""
        while True:
            try:
                return await self._steps.apply(commits, after, commits[-1].position)
            except Held:
                await asyncio.sleep(HELD_PAUSE)

    async def _wait(self, after: Position) -> None:
        """Wait for a wake-up; without one, look whether the checkpoint is still good now and then."""
        if not await self._wakeups.wait(IDLE_LOOK) and await self._checkpoint() != after:
            raise CheckpointMoved

    async def _checkpoint(self) -> Position:
        checkpoint = await self._steps.checkpoint(self._partition)
        if checkpoint is None or await is_beyond_head(self._log, self._partition, checkpoint):
            raise CheckpointUnusable
        return checkpoint

    def _go_on(self, *, is_behind: bool) -> None:
        """After a step: batches grow while the log is ahead, and shrink again."""
        if is_behind:
            self._is(ProjectorState.CATCHING_UP)
            self._limit = min(self._limit * 2, LARGEST_BATCH)
        else:
            self._is(ProjectorState.LIVE)
            self._limit = max(self._limit // 2, SMALLEST_BATCH)

    def _is(self, state: ProjectorState) -> None:
        """All is well again."""
        self.state, self.trouble, self._pause = state, None, FIRST_PAUSE

    async def _rest(self, state: ProjectorState, error: Exception) -> None:
        """Say what is wrong, and wait a while before the next attempt."""
        if self.trouble != str(error):
            _log.error("projector in trouble", state=state, partition=self._partition, reason=str(error))
        self.state, self.trouble = state, str(error)
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
