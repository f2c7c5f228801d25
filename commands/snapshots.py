"""Snapshots: the state of long streams, kept so that loading them stays short. Losing them loses nothing."""

import asyncio
from typing import Any

import structlog
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from events.codec import PLAIN
from events.commit import JsonObject
from events.position import StreamName, Version

_log = structlog.get_logger(__name__)

MOST_UNDER_WAY = 64


class Snapshots:
    """The collection `snapshots`: one document a stream, its newest snapshot."""

    def __init__(self, database: AsyncDatabase[Any], every: int) -> None:
        """every: a snapshot is due when a stream's version passes a multiple of this."""
        self._kept = database.get_collection(
            "snapshots",
            codec_options=PLAIN,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern(w="majority"),
        )
        self._every = every
        self._under_way: set[asyncio.Task[None]] = set()

    def due(self, before: Version, after: Version) -> bool:
        """Whether a stream that went from one version to another wants a snapshot now."""
        return before // self._every != after // self._every

    async def find(self, stream: StreamName, form: int) -> JsonObject | None:
        """The newest snapshot of a stream: `version`, `position` and `state`; None where there is none."""
        return await self._kept.find_one({"_id": stream, "form": form})

    def keep(self, stream: StreamName, snapshot: JsonObject) -> None:
        """Keep a snapshot, in the background: a command never waits for it, and may go without it."""
        if len(self._under_way) < MOST_UNDER_WAY:
            task = asyncio.create_task(self._keep(stream, snapshot), name="snapshot")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Let the snapshots on their way end."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _keep(self, stream: StreamName, snapshot: JsonObject) -> None:
        try:
            await self._kept.replace_one({"_id": stream}, snapshot, upsert=True)
        except PyMongoError as error:
            _log.warning("snapshot not kept", stream=stream, reason=str(error))
