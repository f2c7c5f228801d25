"""Waiting for a position: many waiters, one wake-up, one look at the checkpoints."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from redis.exceptions import RedisError

from events.position import Position, partition_of
from events.wakeup import Wakeups
from projections.errors import ProjectionAway
from projections.keeper import keeper_of
from projections.layout import Layout
from projections.shares import Shares
from queries.errors import ProjectionBehind, ProjectionsAbsent
from queries.standing import read_standing

LOOK_ANYWAY = 0.1

SILENT = 2 * Shares.EVERY
TAKEN_OVER = f"another one takes over when that is {Shares.SECONDS:g} s"


class Waiters:
    """Reads that wait until the projections have reached a position."""

    def __init__(self, redis: Any, layout: Layout, log: str, partitions: int, moved: Wakeups) -> None:
        self._redis = redis
        self._layout = layout
        self._keys = [layout.live.checkpoint(partition) for partition in range(partitions)]
        self._log = log
        self._moved = moved
        self._waiting: dict[asyncio.Future[None], Sequence[Position]] = {}
        self._some = asyncio.Event()

    async def wait(self, after: Sequence[Position], patience: float) -> None:
        """Return when every position of `after` is applied. Raises ProjectionBehind after `patience` s."""
        reached = asyncio.get_running_loop().create_future()
        self._waiting[reached] = after
        self._some.set()
        self._moved.wake()
        try:
            async with asyncio.timeout(patience):
                await reached
        except TimeoutError:
            late = await self._late(after)
            raise ProjectionBehind(late, patience, await self._why(late)) from None
        finally:
            self._waiting.pop(reached, None)

    async def _late(self, after: Sequence[Position]) -> Position:
        """Which of the positions is not reached, as far as it is known."""
        with contextlib.suppress(RedisError, OSError, ProjectionsAbsent):
            standing = read_standing(await self._redis.mget(self._keys), self._log)
            return next((place for place in after if not standing.reached([place])), max(after))
        return max(after)

    async def _why(self, after: Position) -> str:
        """Why a position is not reached, said to whoever waited; nothing where its projector is at work."""
        try:
            keeper = await keeper_of(self._redis, self._layout, partition_of(after))
        except ProjectionAway:
            return ""
        if keeper is None:
            return "no projector works on them"
        if keeper.silent >= SILENT:
            return f"their projector was last heard of {keeper.silent:.1f} s ago; {TAKEN_OVER}"
        return "their projector is in trouble, which GET /v1/projections tells" if keeper.in_trouble else ""

    async def run(self) -> None:
        """Look after the waiters until cancelled."""
        while True:
            await self._some.wait()
            with contextlib.suppress(RedisError, OSError, ProjectionsAbsent):
                standing = read_standing(await self._redis.mget(self._keys), self._log)
                for reached, after in list(self._waiting.items()):
                    if standing.reached(after) and not reached.done():
                        reached.set_result(None)
                        del self._waiting[reached]
            if self._waiting:
                await self._moved.wait(LOOK_ANYWAY)
            else:
                self._some.clear()
