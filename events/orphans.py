"""Orphans: transactions that a process left open when it died. Until they end, nobody gets their positions.

MongoDB ends them by itself, but after a minute or more (transactionLifetimeLimitSeconds), and all appends to
the partition would wait for it.
"""

import asyncio
from typing import Any

import structlog
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from events.background import end

_log = structlog.get_logger(__name__)

IDLE = 2.0


async def end_orphans(client: AsyncMongoClient[Any]) -> None:
    """End every transaction of this application that nobody has touched for two seconds. Never raises.

    An application is known by the `appname` of its clients; without one nothing is done. To end the
    transaction of a process that lives does no harm: its batch is sent again.
    """
    name = client.options.pool_options.appname
    if name is None:
        return
    idle = {"$gte": int(IDLE * 1_000_000)}
    orphan = {"type": "idleSession", "appName": name, "transaction.timeInactiveMicros": idle}
    look: list[dict[str, Any]] = [{"$currentOp": {"allUsers": False, "idleSessions": True}}, {"$match": orphan}]
    try:
        found = await (await client.admin.aggregate(look)).to_list()
        if found:
            _log.warning("ending transactions that were left open", count=len(found))
            await client.admin.command({"killSessions": [{"id": each["lsid"]["id"]} for each in found]})
    except PyMongoError as error:
        _log.debug("can not look for transactions that were left open", reason=str(error))


class Orphans:
    """Ends orphans beside the work that they may hold up."""

    def __init__(self, client: AsyncMongoClient[Any]) -> None:
        self._client = client
        self._ending: asyncio.Task[None] | None = None

    def end_soon(self) -> None:
        """Look for orphans, and end them. Returns at once."""
        if self._ending is None or self._ending.done():
            self._ending = asyncio.create_task(end_orphans(self._client), name="end orphans")

    async def close(self) -> None:
        """Look no further."""
        if self._ending is not None:
            await end([self._ending])
