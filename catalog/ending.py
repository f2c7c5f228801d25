"""Ending tasks for certain."""

import asyncio
from typing import Any

AGAIN = 0.1


async def end(tasks: "set[asyncio.Task[Any]]") -> None:
    """Cancel tasks until they have ended: on Python 3.11 drivers may swallow one cancellation.

    Whoever is cancelled while waiting here still waits: nothing may be left running behind those who believe
    that it has ended.
    """
    cancelled: asyncio.CancelledError | None = None
    while tasks := {task for task in tasks if not task.done()}:
        for task in tasks:
            task.cancel()
        try:
            await asyncio.wait(tasks, timeout=AGAIN)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
