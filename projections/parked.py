"""Parked documents: set aside because a commit could not be applied, while everything else goes on."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel

from events.commit import Commit
from events.document import Document
from events.position import id_of
from projections.client import RedisClient, RedisPipeline

LONGEST_ERROR = 1000

Check = Callable[[str, Document], object]
"""Raises for a document that can not be kept."""


class Parked(BaseModel):
    """A document's first commit that could not be applied, and what waits behind it.

    position, version: of that commit. waiting: how many commits are not applied, that one too.
    since: when it was parked, in seconds since 1970. attempts: how often it was tried to apply that commit.

    What follows `since` as it is written depends on when it was parked, and not on the log alone.
    """

    position: int
    version: int
    error: str
    waiting: int = 1
    since: float
    attempts: int = 1


@dataclass(slots=True)
class Lot:
    """The documents of one batch that are parked, or come to be, by id.

    changed: those that it changes. added: those of them that it parks, in the order of their commits.
    """

    check: Check
    parked: dict[str, Parked]
    changed: set[str] = field(default_factory=set)
    added: list[str] = field(default_factory=list)

    def queues(self, id: str) -> bool:
        """Whether a document's next commit has to wait; then it is counted."""
        parked = self.parked.get(id)
        if parked is not None:
            parked.waiting += 1
            self.changed.add(id)
        return parked is not None

    def park(self, id: str, commit: Commit, error: Exception) -> None:
        """Set a document aside at `commit`, which could not be applied."""
        reason = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
        self.parked[id] = Parked(
            position=commit.position, version=commit.version, error=reason, since=time.time()
        )
        self.changed.add(id)
        self.added.append(id)


async def read_parked(step: RedisPipeline, key: str, commits: Iterable[Commit]) -> dict[str, Parked]:
    """Those documents of `commits` that are parked in a generation. `key`: of its parked documents."""
    if not await step.hlen(key):
        return {}
    ids = list({id_of(commit.stream) for commit in commits})
    found = await step.hmget(key, ids) if ids else []
    return {id: read(written) for id, written in zip(ids, found, strict=True) if written is not None}


async def read_all_parked(redis: RedisClient, keys: Iterable[str]) -> list[dict[str, Parked]]:
    """All parked documents of some generations, in one round trip. Raises what `redis` raises."""
    async with redis.pipeline(transaction=False) as look:
        for key in keys:
            look.hgetall(key)
        found = await look.execute()
    return [{id.decode(): read(written) for id, written in each.items()} for each in found]


def read(written: bytes) -> Parked:
    """What Redis keeps."""
    return Parked.model_validate_json(written)
