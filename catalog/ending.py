"""Ending tasks for certain."""

import asyncio
from typing import Any

AGAIN = 0.1


async def end(tasks: "set[asyncio.Task[Any]]") -> None:
    """Cancel tasks until they have ended: on Python 3.11 drivers may swallow one cancellation."""
    while tasks := {task for task in tasks if not task.done()}:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=AGAIN)
