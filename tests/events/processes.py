"""Processes of their own that append, started together."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from events.store import Database


class Appending:
    """A process that is ready to append."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def run(self) -> list[int]:
        """Let it append; the positions of what it appended."""
        said, _ = await self.process.communicate(b"go\n")
        assert self.process.returncode == 0
        positions: list[int] = json.loads(said)
        return positions


@asynccontextmanager
async def appending(
    url: str, database: Database, partitions: int, *names: str, count: int
) -> AsyncIterator[list[Appending]]:
    """One ready process for each name; none is left afterwards. See tests/events/appending.py."""
    async with AsyncExitStack() as stack:
        arguments = [url, database.name, str(partitions)]
        started = [await _start(stack, *arguments, name, str(count)) for name in names]
        for process in started:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        yield [Appending(process) for process in started]


async def _start(stack: AsyncExitStack, *arguments: str) -> Process:
    module = ("-m", "tests.events.appending")
    process = await asyncio.create_subprocess_exec(sys.executable, *module, *arguments, stdin=PIPE, stdout=PIPE)

    async def end() -> None:
        if process.returncode is None:
            process.kill()
        await process.wait()

    stack.push_async_callback(end)
    return process
