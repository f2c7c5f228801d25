"""Writers under way, while something happens to the servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from events.commit import Commit
from events.errors import LogUnavailable
from events.log import EventLog
from tests.events.batches import assert_whole, batch
from tests.events.commits import everything, new
from tests.events.racing import until

WRITERS = 16


class Load:
    """Appends one after another, each of a new stream, one in five with a claim; and what came of them.

    One writer in eight appends batches of five together.
    """

    def __init__(self, log: EventLog) -> None:
        self.acknowledged: list[Commit] = []
        self.failed: list[LogUnavailable] = []
        self._log = log
        self._ended = False

    async def append(self, writer: int) -> None:
        """Append until the load is ended."""
        number = 0
        while not self._ended:
            number += 1
            taken = (f"orders/number/{writer}-{number}",) if number % 5 == 0 else ()
            try:
                if writer % 8 == 0:
                    news = batch(f"{writer}-{number}", 5, claiming=True)
                    self.acknowledged += await self._log.append_together(news)
                else:
                    commit = await self._log.append(new(f"orders/{writer}-{number}", taken=taken))
                    self.acknowledged.append(commit)
            except LogUnavailable as error:
                self.failed.append(error)

    async def more(self, number: int = 100) -> None:
        """Wait until `number` more appends are acknowledged."""
        enough = len(self.acknowledged) + number
        await until(lambda: len(self.acknowledged) >= enough, within=30)

    def end(self) -> None:
        """Let every writer end with the append it is at."""
        self._ended = True


@asynccontextmanager
async def load_on(log: EventLog) -> AsyncIterator[Load]:
    """16 writers under way; when the block is left they have ended."""
    load = Load(log)
    async with asyncio.TaskGroup() as group:
        for writer in range(WRITERS):
            group.create_task(load.append(writer))
        try:
            await load.more()
            yield load
        finally:
            load.end()


async def assert_kept(log: EventLog, load: Load) -> None:
    """The log has no gap and all that was acknowledged, whole batches, and nothing that nobody asked for."""
    commits = await everything(log)
    assert_whole(commits)
    there = {commit.position: commit for commit in commits}
    assert all(there[commit.position] == commit for commit in load.acknowledged)
    assert len(there) <= len(load.acknowledged) + len(load.failed)
