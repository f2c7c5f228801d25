"""Background work: tasks that run beside something, and have really ended when it is left."""

import asyncio
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, Self

AGAIN = 0.1


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel tasks until they have ended. What they raise is dropped.

    Once is not enough: on Python 3.11 `asyncio.wait_for`, which drivers use, can swallow a cancellation
    that arrives just as the awaited thing is done. Whoever is cancelled while waiting here still waits: nothing
    may be left running behind those who believe that it has ended.
    """
    ending = list(tasks)
    pending = {task for task in ending if not task.done()}
    cancelled: asyncio.CancelledError | None = None
    while pending:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=AGAIN)
        except asyncio.CancelledError as error:
            cancelled = error
        pending = {task for task in pending if not task.done()}
    for task in ending:
        if not task.cancelled():
            task.exception()  # asyncio complains of those that nobody asked for
    if cancelled is not None:
        raise cancelled


class Background:
    """A context whose tasks run until it is left."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        """Run `work` beside what follows."""
        self._tasks.append(asyncio.create_task(work, name=name))

    async def wait(self) -> None:
        """Wait until all work has ended by itself, or one of it raises, and raise that."""
        await self.ended(None)

    async def ended(self, within: float | None) -> bool:
        """Whether all work has ended by itself within so many seconds. Raises what one of it has raised."""
        done, left = await asyncio.wait(self._tasks, timeout=within, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
        return not left

    async def first(self) -> None:
        """Wait until some of the work has ended, and raise what it raised."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._tasks)
