"""The stage of a fault: a whole `foldbase up`, and ways to break it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis

from app.cli.deployment import signing_key
from app.identity import tokens
from projections.client import RedisClient
from tests.deployments import FOLDBASE, Up, alive, up
from tests.faults.asking import Asking
from tests.faults.connection import Address, Connection
from tests.servers import temporary_folder

WORKERS = 2
PATIENCE = 40.0
LOOK_EVERY = 0.02
MONGO = "FOLDBASE_MONGO_URL"
KINDS = {"mongod": 1, "redis-server": 1, "projector": 1, "api": WORKERS}


class Stage:
    """A deployment with two API workers; `up` is the `foldbase up` it runs under now, `mongo` its log's URL."""

    up: Up
    mongo: str
    token: str

    def __init__(self, folder: Path, partitions: int, **settings: str) -> None:
        self.partitions = partitions
        self._folder = folder
        self._environment = {"FOLDBASE_PARTITIONS": str(partitions), **settings}
        self._own = [kind for kind in KINDS if kind != "mongod" or MONGO not in settings]
        self._open = ExitStack()

    def raise_curtain(self) -> None:
        """Run `foldbase up`, ready; after the one before was killed, too."""
        self._open.close()
        options = ("--workers", str(WORKERS))
        self.up = self._open.enter_context(up(self._folder, *options, environment=self._environment))
        self.mongo = self.up.run["mongo"]
        key = signing_key(self._folder)
        self.token = tokens.issue(key, sub="load", role="admin", ttl=timedelta(hours=1))

    async def raised_again(self) -> None:
        """The same, while others of this thread go on."""
        await asyncio.to_thread(self.raise_curtain)

    def close(self) -> None:
        """Stop everything."""
        self._open.close()

    @contextmanager
    def redis(self) -> Iterator[RedisClient]:
        """A client of the Redis it runs now."""
        with Redis.from_url(self.up.run["redis"]) as client:
            yield client

    @property
    def address(self) -> Address:
        """Where the API listens."""
        url = urlsplit(self.up.run["api"])
        assert url.hostname is not None
        assert url.port is not None
        return url.hostname, url.port

    def kill(self, *kinds: str, only: int | None = None) -> set[int]:
        """kill -9 every process of these kinds, or the `only` one (counted from 0); who was killed."""
        pids = {pid for kind in kinds for pid in self._chosen(kind, only)}
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return pids

    @contextmanager
    def frozen(self, kind: str, only: int | None = None) -> Iterator[None]:
        """While the block runs, processes of this kind, or the `only` one, stand still."""
        pids = self._chosen(kind, only)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    @asynccontextmanager
    async def second_projector(self) -> AsyncIterator[None]:
        """While the block runs, a projector works that the supervisor knows nothing of."""
        run = self.up.run
        where = {MONGO: run["mongo"], "FOLDBASE_REDIS_URL": run["redis"]}
        environment = {**os.environ, **self._environment, **where}
        with self._said_by_second.open("wb") as log:
            projector = await asyncio.create_subprocess_exec(FOLDBASE, "projector", env=environment, stderr=log)
        try:
            async with self.asking() as asking:
                await asking.until_heard_of(projector.pid)
            yield
        finally:
            projector.kill()
            await projector.wait()

    @property
    def second_halted(self) -> bool:
        """Whether the projector of the last `second_projector` took the log, or its projections, for broken."""
        return b"HALTED" in self._said_by_second.read_bytes()

    @property
    def _said_by_second(self) -> Path:
        return self._folder / "second-projector.log"

    async def replaced(self, killed: set[int]) -> None:
        """Return when every process is there again, and none of the killed."""
        async with asyncio.timeout(PATIENCE):
            while killed & set(self.up.every_pid) or not self._is_whole():
                await asyncio.sleep(LOOK_EVERY)

    def _chosen(self, kind: str, only: int | None) -> list[int]:
        pids = self.up.pids[kind]
        return pids if only is None else [pids[only]]

    def _is_whole(self) -> bool:
        pids = self.up.pids
        return all(len(pids.get(kind, ())) == KINDS[kind] for kind in self._own) and all(
            alive(pid) for pid in self.up.every_pid
        )

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[Asking]:
        """Somebody who asks one thing after another."""
        asking = Asking(Connection(self.address), self.token)
        try:
            yield asking
        finally:
            asking.connection.close()


@contextmanager
def staged(partitions: int, **settings: str) -> Iterator[Stage]:
    """A deployment, ready; stopped afterwards."""
    with temporary_folder() as folder:
        stage = Stage(folder, partitions, **settings)
        stage.raise_curtain()
        try:
            yield stage
        finally:
            stage.close()
