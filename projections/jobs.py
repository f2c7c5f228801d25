"""Rebuild jobs: asked for by anybody, done by a projector, followed and steered by whoever may."""

import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from redis.exceptions import RedisError

from projections.client import RedisClient, RedisPipeline
from projections.errors import LeaseLost, ProjectionAway, RebuildRunning
from projections.fence import Fence
from projections.layout import MOST_WORKERS, Layout
from projections.scripts import ALLOW_OOM

JobState = Literal["queued", "running", "paused", "done", "failed", "cancelled", "rolled_back"]
ENDED = ("done", "failed", "cancelled", "rolled_back")
MOST_DIFFERENCES = 100
CLEAR_FOR = 60.0

_SWAP = (
    ALLOW_OOM
    + """
if ARGV[4] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[4] then return -1 end
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[5] ~= '' then redis.call('PUBLISH', KEYS[1], ARGV[1]) end
return 1
"""
)


class Options(BaseModel):
    """How a rebuild is to be done.

    verify: compare the new generation with the live one before it takes its place. max_rate: commits/s.
    workers: processes that fill it. keep: the generation before stays, and is kept up to date, for a rollback.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    verify: bool = False
    max_rate: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] = 1
    keep: bool = False


class Job(BaseModel):
    """A rebuild of one collection's projection. Times are seconds since 1970; done and total count commits.

    total: never less than done, and growing with what is written; 0 while it is not yet known. trouble: what
    it waits for, or why it does not catch up; error: why it failed; differences: ids, where a comparison
    found any.
    """

    collection: str
    state: JobState = "queued"
    options: Options = Options()
    done: int = 0
    total: int = 0
    commits_per_second: float | None = None
    asked_at: float
    started_at: float | None = None
    finished_at: float | None = None
    trouble: str | None = None
    error: str | None = None
    compared: int | None = None
    differences: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do, or being done, or waiting to be resumed."""
        return self.state not in ENDED

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take at the rate it has; None where that is not known."""
        if not (self.total and self.commits_per_second):
            return None
        return max(0, self.total - self.done) / self.commits_per_second

    @property
    def running(self) -> bool:
        """Whether projectors are to work on it."""
        return self.state in ("queued", "running")

    @property
    def is_to_be_cleared(self) -> bool:
        """Whether it ended without a result so lately that not all of what it made need be gone."""
        ended = self.finished_at or 0.0
        return self.state in ("failed", "cancelled") and time.time() - ended < CLEAR_FOR

    def is_still(self, other: "Job | None") -> bool:
        """Whether `other` is this very job, as it is now, and to be worked on; and not a later one."""
        return other is not None and other.running and other.asked_at == self.asked_at

    def but(self, **changed: Any) -> "Job":
        """The same job, changed."""
        return self.model_copy(update=changed)

    def consistent(self) -> "Job":
        """The same job; what was done since the total was counted belongs to it."""
        return self.but(total=max(self.total, self.done)) if self.total else self

    def ended(self, state: JobState, error: str | None = None) -> "Job":
        """The same job, when it has ended now."""
        done = self.total if state == "done" else self.done
        return self.but(state=state, error=error, done=done, trouble=None, finished_at=time.time())


Change = Callable[[Job | None], Job]
"""From a job as it is, None where there is none, to what it becomes. The very same: nothing is written."""


class Jobs:
    """The jobs of one deployment, kept in Redis. Every method raises ProjectionAway."""

    def __init__(self, redis: RedisClient, layout: Layout) -> None:
        self._redis = redis
        self._key = layout.jobs

    async def ask(
        self, collection: str, wanted: Mapping[str, Any] | None = None, *, at: float | None = None
    ) -> Job:
        """Ask for a rebuild. `wanted`: the options that matter; those left out are as they come.

        at:     when it was asked for, by which a job is known: asked for again, it is answered as it is now.
        Raises: RebuildRunning: there is one already; it names the options that are other than wanted.
        """
        options = Options.model_validate(wanted or {})

        def asked(kept: Job | None) -> Job:
            if kept is not None and kept.asked_at == at:
                return kept
            if kept is not None and kept.is_open:
                given, has = dict(options), dict(kept.options)
                raise RebuildRunning(
                    collection, tuple(name for name in wanted or {} if given[name] != has[name])
                )
            return Job(collection=collection, options=options, asked_at=at or time.time())

        return await self.change(collection, asked, tell=True)

    async def all(self) -> dict[str, Job]:
        """Every job there is, running or finished, by collection; without those of another version's making."""
        try:
            kept = await self._redis.hgetall(self._key)
        except (RedisError, OSError) as error:
            raise ProjectionAway(str(error)) from error
        found = {name.decode(): _read(job) for name, job in kept.items()}
        return {name: job for name, job in found.items() if job is not None}

    async def change(
        self, collection: str, change: Change, *, fence: Fence | None = None, tell: bool = False
    ) -> Job:
        """Change a job, whoever else does at the same time; returns what it is now.

        tell:   wake the projectors.
        Raises: LeaseLost: that of `fence`; what `change` raises.
        """
        key, mark = (self._key, b"") if fence is None else fence
        while True:
            try:
                written = await self._redis.hget(self._key, collection)
                kept = _read(written)
                changed = change(kept)
                if changed is kept:
                    return changed
                swap = (collection, written or b"", changed.model_dump_json(), mark, "tell" if tell else "")
                taken = await self._redis.eval(_SWAP, 2, self._key, key, *swap)
            except (RedisError, OSError) as error:
                raise ProjectionAway(str(error)) from error
            if taken < 0:
                raise LeaseLost
            if taken:
                return changed

    async def watch(self, step: RedisPipeline, collection: str) -> Job | None:
        """A job as it is, watched in a step that has not begun to queue."""
        await step.watch(self._key)
        return _read(await step.hget(self._key, collection))

    def queue(self, step: RedisPipeline, job: Job) -> None:
        """Queue storing it with what else `step` does."""
        step.hset(self._key, job.collection, job.model_dump_json())


def _read(job: bytes | None) -> Job | None:
    try:
        return None if job is None else Job.model_validate_json(job)
    except ValidationError:
        return None
