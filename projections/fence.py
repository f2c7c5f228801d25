"""Fences: what was decided under a lease happens only while nobody else has taken that lease."""

from typing import NamedTuple

from projections.client import RedisPipeline
from projections.errors import LeaseLost


class Fence(NamedTuple):
    """`key` holds `mark` until another projector takes the lease. It stays when the lease only runs out."""

    key: str
    mark: bytes

    async def check(self, step: RedisPipeline) -> None:
        """Watch it in a step that has not begun to queue. Raises LeaseLost."""
        await step.watch(self.key)
        if await step.get(self.key) != self.mark:
            raise LeaseLost
