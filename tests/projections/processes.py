"""Projectors in processes of their own, which can be killed and stopped for good reasons and for none."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.forking.copies import Copy, Forked, fork
from app.projecting import run_projector
from app.settings import Settings
from tests.projections.world import World, until


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a process of the deployment that `settings` describe."""
    return {
        **os.environ,
        "FOLDBASE_MONGO_URL": settings.mongo_url,
        "FOLDBASE_REDIS_URL": settings.redis_url,
        "FOLDBASE_DATABASE": settings.database,
        "FOLDBASE_PARTITIONS": str(settings.partitions),
    }


class Process:
    """A projector in a process of its own: a copy of this one, which has imported all that it runs on."""

    def __init__(self, copied: Forked) -> None:
        self.pid = copied.pid
        self._copied = copied

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self._copied.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._copied.terminate()

    def kill(self) -> None:
        """End it."""
        self._copied.kill()

    async def wait(self) -> int:
        """Wait for its end; its exit status."""
        await until(lambda: self._copied.poll() is not None, 30)
        return self._copied.wait()


@asynccontextmanager
async def projector_process(world: World) -> AsyncIterator[Process]:
    """`foldbase projector` as `foldbase up` starts it, heard of; killed afterwards."""
    settings = world.built.settings
    log = settings.data / "projector.log"
    process = Process(fork(Copy(_project, "foldbase projector", environment(settings), log)))
    try:
        await until(lambda: is_heard_of(world, process.pid), 30)
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        await process.wait()


def _project() -> None:
    run_projector(Settings.load())


async def is_heard_of(world: World, pid: int) -> bool:
    """Whether the projector with this process id told of itself lately."""
    return any(beat.name.endswith(f"-{pid}") for beat in await world.built.heartbeats.alive())


async def shares(world: World) -> dict[int, int]:
    """How many partitions each projector has, by process id."""
    owners = (await world.redis.hgetall(world.layout.leases)).values()
    pids = [int(owner.rpartition(b"-")[2]) for owner in owners]
    return {pid: pids.count(pid) for pid in pids}


async def states_of(world: World, pid: int) -> list[str]:
    """The states that one projector tells."""
    beats = [beat for beat in await world.built.heartbeats.alive() if beat.name.endswith(f"-{pid}")]
    return [part.state.value for beat in beats for part in beat.partitions]
