"""Watching the checkpoint in Redis move, from a process of its own, by the clock that all processes share."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.product import Product

Moves = Callable[[int], Awaitable[list["Moved"]]]


@dataclass(frozen=True, slots=True)
class Moved:
    """At a moment (seconds, monotonic clock), the checkpoint was first seen at a position."""

    at: float
    checkpoint: int


@asynccontextmanager
async def watching(product: Product) -> AsyncIterator[Moves]:
    """Watch the deployment's checkpoint; yield a function that waits for a position and returns all moves.

    Moves are in order of time and of checkpoint, seen at most about a millisecond late.
    """
    watcher = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.watcher", product.redis), stdout=asyncio.subprocess.PIPE
    )
    assert watcher.stdout is not None
    lines, seen = watcher.stdout, [parse(await watcher.stdout.readline())]

    async def moves(position: int) -> list[Moved]:
        while seen[-1].checkpoint < position:
            seen.append(parse(await lines.readline()))
        return seen

    try:
        yield moves
    finally:
        watcher.terminate()
        await watcher.wait()


def parse(line: bytes) -> Moved:
    """Read a line of the watcher: `<seconds> <checkpoint>`."""
    at, checkpoint = line.split()
    return Moved(float(at), int(checkpoint))
