"""Whether a checkpoint is good to go on from: it is of this log, and the log still has what it stands on."""

import asyncio
from collections.abc import Mapping

from events.log import EventLog
from events.position import Position
from projections.checkpoint import read_checkpoint

LOOK_AGAIN = 0.25
LOOKS = 8


async def are_usable(log: EventLog, written: Mapping[int, bytes | None]) -> bool:
    """Whether every partition's checkpoint, as Redis has it, is usable. Raises LogUnavailable."""
    for partition, checkpoint in written.items():
        found = read_checkpoint(checkpoint)
        if found is None or found.log != log.id or await is_beyond_head(log, partition, found.position):
            return False
    return True


async def is_beyond_head(log: EventLog, partition: int, checkpoint: Position) -> bool:
    """Whether the log ends before `checkpoint`: it was put back to an earlier state.

    A node that has just become primary may know less for a moment than its predecessor had shown, so a log that
    seems too short is looked at again for two seconds. Raises LogUnavailable.
    """
    for look in range(LOOKS):
        if look:
            await asyncio.sleep(LOOK_AGAIN)
        if checkpoint <= await log.head(partition):
            return False
    return True
