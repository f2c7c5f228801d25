"""Rebuild jobs: asked for by anybody, done by a projector, followed by whoever likes."""

import asyncio
import time
from typing import Literal

from pydantic import BaseModel
from redis.exceptions import RedisError

from projections.client import RedisClient
from projections.errors import ProjectionAway, RebuildRunning
from projections.layout import Layout

JobState = Literal["queued", "running", "done", "failed"]

_TAKE = """
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if kept and cjson.decode(kept).state ~= 'done' and cjson.decode(kept).state ~= 'failed' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PUBLISH', KEYS[1], ARGV[1])
return 1
"""


class Job(BaseModel):
    """A rebuild of one collection's projection. Times are seconds since 1970; done and total count commits."""

    collection: str
    state: JobState = "queued"
    done: int = 0
    total: int = 0
    asked_at: float
    started_at: float | None = None
    finished_at: float | None = None
    error: str | None = None

    @property
    def running(self) -> bool:
        """Whether there is still something to do, or being done."""
        return self.state in ("queued", "running")


class Jobs:
    """The jobs of one deployment, kept in Redis."""

    def __init__(self, redis: RedisClient, layout: Layout) -> None:
        self._redis = redis
        self._key = layout.jobs

    async def ask(self, collection: str) -> Job:
        """Ask for a rebuild. Raises RebuildRunning; ProjectionAway."""
        job = Job(collection=collection, asked_at=time.time())
        try:
            taken = await self._redis.eval(_TAKE, 1, self._key, collection, job.model_dump_json())
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        if not taken:
            raise RebuildRunning(collection)
        return job

    async def all(self) -> dict[str, Job]:
        """Every job there is, running or finished, by collection. Raises ProjectionAway."""
        try:
            kept = await self._redis.hgetall(self._key)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return {name.decode(): Job.model_validate_json(job) for name, job in kept.items()}

    async def keep(self, job: Job) -> None:
        """Store how far a job is. Raises ProjectionAway."""
        try:
            await self._redis.hset(self._key, job.collection, job.model_dump_json())
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error


class Lease:
    """Keeps others from doing the same work twice. A matter of economy: every step is guarded besides."""

    SECONDS = 5.0

    def __init__(self, redis: RedisClient, key: str, owner: str) -> None:
        self._redis = redis
        self._key = key
        self._owner = owner

    async def take(self) -> bool:
        """Take the lease, or keep it if it is ours. False: somebody else has it."""
        taken = await self._redis.set(self._key, self._owner, nx=True, px=int(self.SECONDS * 1000))
        if taken:
            return True
        if await self._redis.get(self._key) != self._owner.encode():
            return False
        await self._redis.pexpire(self._key, int(self.SECONDS * 1000))
        return True

    async def renew(self) -> None:
        """Keep the lease until cancelled."""
        while True:
            await asyncio.sleep(self.SECONDS / 3)
            await self.take()

    async def give_back(self) -> None:
        """Let the next one have it at once."""
        if await self._redis.get(self._key) == self._owner.encode():
            await self._redis.delete(self._key)
