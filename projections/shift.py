"""A shift: the followers of those partitions run that this projector has the leases of."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog

from events.background import end
from events.wakeup import Wakeups
from projections.errors import ProjectionAway
from projections.follower import Follower
from projections.shares import Shares
from projections.state import ProjectorState

_log = structlog.get_logger(__name__)


class Shift:
    """Starts and ends followers as leases are taken and given back."""

    def __init__(self, shares: Shares, followers: Sequence[Follower], changed: Wakeups) -> None:
        """followers: of every partition, in order; changed: wakes when others took or gave back leases."""
        self._shares = shares
        self._followers = followers
        self._changed = changed
        self._running: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Follow what is ours, until cancelled. Raises CheckpointUnusable.

        With Redis away it is not known what is ours: then what is followed stays followed.
        """
        try:
            while True:
                with suppress(ProjectionAway):
                    await self._change(await self._shares.take())
                await self._until_changed()
        finally:
            await end(self._running.values())
            self._running.clear()

    async def _change(self, held: set[int]) -> None:
        lost = [partition for partition in self._running if partition not in held]
        gained = held - self._running.keys()
        await end([self._running.pop(partition) for partition in lost])
        for partition in gained:
            follower = self._followers[partition]
            self._running[partition] = asyncio.create_task(follower.run(), name="follower")
        for partition, follower in enumerate(self._followers):
            if partition in gained:
                follower.state, follower.trouble = ProjectorState.CATCHING_UP, None
            elif partition not in held:
                follower.state, follower.trouble = ProjectorState.STANDBY, None
        if lost or gained:
            _log.info("leases changed", partitions=sorted(held), lost=lost, gained=sorted(gained))

    async def _until_changed(self) -> None:
        """Wait for news of leases, at most until it is time to look; raise what a follower raised."""
        news = asyncio.create_task(self._changed.wait(Shares.EVERY), name="leases")
        try:
            done, _ = await asyncio.wait({news, *self._running.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end([news])
        for task in done - {news}:
            task.result()
