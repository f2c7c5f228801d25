"""Waiting for something to become true, by looking again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

LOOK_EVERY = 0.05


async def until(true: Callable[[], Awaitable[bool]], within: float) -> bool:
    """Look until `true` says so, or `within` seconds have passed; return what it said last."""
    deadline = monotonic() + within
    while not await true():
        if monotonic() >= deadline:
            return False
        await asyncio.sleep(LOOK_EVERY)
    return True
