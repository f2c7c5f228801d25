"""Filling the log with a long past, so that a rebuild has something to do."""

import asyncio
from typing import Any

from pymongo import AsyncMongoClient

from events.commit import Event, JsonObject, NewCommit
from events.log import EventLog
from events.position import Version, stream_name
from tests.faults.history import History, Write
from tests.faults.stage import Stage


async def fill(stage: Stage, history: History, documents: int, commits: int) -> None:
    """Write so many documents with so many commits each, as one more writer that nobody answers."""
    async with AsyncMongoClient[Any](stage.mongo, tz_aware=True) as client:
        log = await EventLog.open(client["foldbase"], partitions=stage.partitions)
        try:
            await asyncio.gather(*(_past(log, history, f"past-{n}", commits) for n in range(documents)))
        finally:
            await log.close()


async def _past(log: EventLog, history: History, id: str, commits: int) -> None:
    stream = stream_name(history.collection, id)
    for version in range(commits):
        mark = f"{id}-{version}"
        body: JsonObject = {"mark": mark, "n": version}
        history.writes.append(Write(mark, "PATCH" if version else "PUT", id, body))
        event = Event("patched", {"set": body, "unset": []}) if version else Event("created", body)
        await log.append(NewCommit(stream, Version(version), [event], "user:past"))
