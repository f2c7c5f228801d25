"""Cores that are free: how much of this machine nobody used for a moment."""

import asyncio
import os
from pathlib import Path

_STAT = Path("/proc/stat")
_MOMENT = 0.5
PATIENCE = 20.0
_NEARLY = 0.9


async def free() -> float:
    """Return how many cores were idle on average during the next half second: 0.0 up to all there are."""
    before = _ticks()
    await asyncio.sleep(_MOMENT)
    idle, every = (after - ticks for after, ticks in zip(_ticks(), before, strict=True))
    return idle / every * (os.cpu_count() or 1) if every else 0.0


async def rested() -> float:
    """Wait until nearly all cores are free, 20 seconds at most; return how many were.

    What a measurement leaves behind, freed memory and pages to be flushed, is no part of the next one.
    """
    wanted = _NEARLY * (os.cpu_count() or 1)
    limit = asyncio.get_running_loop().time() + PATIENCE
    while (found := await free()) < wanted and asyncio.get_running_loop().time() < limit:
        pass
    return found


def _ticks() -> tuple[int, int]:
    return parse(_STAT.read_text())


def parse(stat: str) -> tuple[int, int]:
    """Read ticks since the start out of `/proc/stat`: those in which a core waited for work, and all."""
    ticks = [int(field) for field in stat.split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)
