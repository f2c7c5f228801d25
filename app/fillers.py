"""Starting processes that share a rebuild: `foldbase projector`, told what to fill. See app/filling.py.

We write the numbers of ranges, each on a line, and it answers FILLED whenever it has filled one of them; then
comes the next one. It ends when its standard input is closed, if only because we are gone. Where it fails it
says why, and ends.
"""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from pydantic import BaseModel

from app.environment import environment
from app.settings import Settings
from projections.errors import ProjectionAway
from projections.fence import Fence
from projections.team import Fill, FillerFailed, Start

FILLED = b"filled\n"
AGAIN = 75
"""The exit code of a filler that lost nothing, and may go on later."""

_GOES_ON_LATER = (AGAIN, -signal.SIGKILL, -signal.SIGTERM)


class Order(BaseModel):
    """What one process is to fill: ranges of a collection, under a lease."""

    collection: str
    mark: str
    max_rate: int | None


def fillers(settings: Settings) -> Start:
    """What starts such processes for the deployment of `settings`."""
    chosen = environment(
        {
            "mongo_url": settings.mongo_url,
            "redis_url": settings.redis_url,
            "database": settings.database,
            "partitions": str(settings.partitions),
            "log_level": settings.log_level,
        }
    )

    @asynccontextmanager
    async def start(collection: str, fence: Fence, max_rate: int | None) -> AsyncIterator[Fill]:
        order = Order(collection=collection, mark=fence.mark.decode(), max_rate=max_rate)
        command = (*_foldbase(), "projector", "--fill", order.model_dump_json())
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=chosen)
        try:
            yield _Beside(process).fill
        finally:
            await _end(process)

    return start


class _Beside:
    """A process that fills ranges, also several at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._heard = asyncio.Lock()
        self._last_words = b""

    async def fill(self, number: int) -> None:
        """Let it fill a range, and wait until it has filled one; where it ends, all who wait are told why.

        Raises: ProjectionAway where it may go on later, FillerFailed where it failed.
        """
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"%d\n" % number)
        async with self._heard:
            said = await process.stdout.readline()
            if said == FILLED:
                return
            self._last_words += said + await process.stdout.read()
        reason = self._last_words.decode(errors="replace").strip()
        code = await process.wait()
        if code in _GOES_ON_LATER:
            raise ProjectionAway(f"a process that fills a range ended: {reason or code}")
        raise FillerFailed(reason or f"exit code {code}")


async def _end(process: Process) -> None:
    """Killed at once, whatever it does: a step of it is taken or not, and nothing else is kept there."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _foldbase() -> tuple[str, str]:
    """The command `foldbase` of this installation, so that a list of processes says `foldbase projector`."""
    called = Path(sys.argv[0]).absolute()
    beside = Path(sys.executable).with_name("foldbase")
    return sys.executable, str(called if called.name == "foldbase" and called.is_file() else beside)
