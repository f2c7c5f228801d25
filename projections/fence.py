"""Fences: what was decided under a lease happens only while nobody else has taken that lease."""

from typing import NamedTuple

from projections.client import RedisPipeline
from projections.errors import LeaseLost


class Fence(NamedTuple):
    """`key` holds `mark` until another projector takes the lease, or a long time after it ran out.

    No mark is made twice, and where there is none everybody has lost: that it goes one day harms nobody.
    """

    key: str
    mark: bytes

    async def check(self, step: RedisPipeline) -> None:
        """Watch it in a step that has not begun to queue. Raises LeaseLost."""
        await step.watch(self.key)
        if await step.get(self.key) != self.mark:
            raise LeaseLost

    def queue_lifting(self, step: RedisPipeline) -> None:
        """Queue taking the mark away, with what ends the work: so it is over for everybody who began it."""
        step.delete(self.key)
