"""Rebuild jobs: asked for by anybody, done by a projector, followed by whoever likes."""

import time
from typing import Literal

from pydantic import BaseModel
from redis.exceptions import RedisError

from projections.client import RedisClient, RedisPipeline
from projections.errors import ProjectionAway, RebuildRunning
from projections.layout import Layout

JobState = Literal["queued", "running", "done", "failed"]

_ASK = """
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

    def ended(self, state: JobState, error: str | None = None) -> "Job":
        """The same job, when it has ended now."""
        done = self.total if state == "done" else self.done
        return self.model_copy(
            update={"state": state, "error": error, "done": done, "finished_at": time.time()}
        )


class Jobs:
    """The jobs of one deployment, kept in Redis. Every method raises ProjectionAway."""

    def __init__(self, redis: RedisClient, layout: Layout) -> None:
        self._redis = redis
        self._key = layout.jobs

    async def ask(self, collection: str) -> Job:
        """Ask for a rebuild. Raises RebuildRunning."""
        job = Job(collection=collection, asked_at=time.time())
        try:
            taken = await self._redis.eval(_ASK, 1, self._key, collection, job.model_dump_json())
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        if not taken:
            raise RebuildRunning(collection)
        return job

    async def all(self) -> dict[str, Job]:
        """Every job there is, running or finished, by collection."""
        try:
            kept = await self._redis.hgetall(self._key)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        return {name.decode(): Job.model_validate_json(job) for name, job in kept.items()}

    async def keep(self, job: Job) -> None:
        """Store how far a job is."""
        try:
            await self._redis.hset(self._key, job.collection, job.model_dump_json())
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error

    def queue(self, step: RedisPipeline, job: Job) -> None:
        """Queue storing it with what else `step` does."""
        step.hset(self._key, job.collection, job.model_dump_json())
