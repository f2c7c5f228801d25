"""A watcher of the log: it reads in order while others write and servers die, and must never miss a commit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from tests.faults.stage import Stage
from tests.faults.truth import SEQUENCE_BITS, Stored, commits_of

AT_ONCE = 40
PAUSE = 0.05
PATIENCE = 2000
"""Milliseconds. A client whose server has gone for good looks for it once more when it is closed."""


class Watcher:
    """Reads every partition in small steps, from where the log stands when it begins."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._last: dict[int, int] = {}
        self._seen: dict[int, bytes] = {}
        self.stopping = Event()

    def run(self) -> None:
        """Watch until `stopping`, across losses of MongoDB. Fails at a gap, or when a commit has gone."""
        watched = False
        while not watched:
            with MongoClient[Stored](
                self._stage.mongo, timeoutMS=PATIENCE, serverSelectionTimeoutMS=PATIENCE
            ) as client:
                try:
                    self._watch(commits_of(client))
                    watched = True
                except PyMongoError:
                    watched = self.stopping.wait(PAUSE)

    def _watch(self, commits: Collection[Stored]) -> None:
        while not self.stopping.wait(PAUSE):
            for partition in range(self._stage.partitions):
                self._read_on(commits, partition)
        kept = {each["_id"]: each["nonce"] for each in commits.find({}, {"nonce": True})}
        gone = {place for place, nonce in self._seen.items() if kept.get(place) != nonce}
        assert not gone, f"seen, and not there any more: {sorted(gone)}"

    def _read_on(self, commits: Collection[Stored], partition: int) -> None:
        start, stop = partition << SEQUENCE_BITS, (partition + 1) << SEQUENCE_BITS
        if partition not in self._last:
            newest = commits.find_one({"_id": {"$gt": start, "$lt": stop}}, sort=[("_id", -1)])
            self._last[partition] = start if newest is None else newest["_id"]
        query = {"_id": {"$gt": self._last[partition], "$lt": stop}}
        for commit in commits.find(query, sort=[("_id", 1)], limit=AT_ONCE):
            assert commit["_id"] == self._last[partition] + 1, f"{commit['_id']} came after {self._last}"
            self._last[partition] = commit["_id"]
            self._seen[commit["_id"]] = commit["nonce"]


@asynccontextmanager
async def watched(stage: Stage) -> AsyncIterator[None]:
    """Watch the log while the block runs."""
    watcher = Watcher(stage)
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(watcher.run), name="watcher")
        try:
            yield
        finally:
            watcher.stopping.set()
