"""Scanning an extent: all its commits, document by document, the next page fetched meanwhile."""

import asyncio
from collections.abc import AsyncGenerator

from events.background import end
from events.commit import Commit
from events.extent import Extent, Place, Stretch
from events.log import EventLog

PAGE = 500
"""Commits of a page; MongoDB ends one at 16 MiB, too. At most two pages are held at a time."""


async def scan(log: EventLog, extent: Extent) -> AsyncGenerator[list[Commit], None]:
    """The commits of an extent by stream, then version, page by page; a page may have none of them.

    Nothing is kept open in MongoDB between pages: the reader may take its time, and a failover in between
    goes unnoticed. Iterate it within `aclosing`, so that nothing is left being fetched. Raises LogUnavailable.
    """

    def fetch(after: Place | None) -> "asyncio.Task[Stretch]":
        return asyncio.create_task(log.read_extent(extent, after=after, limit=PAGE), name="stretch")

    ahead = fetch(None)
    try:
        while (stretch := await ahead).end is not None:
            ahead = fetch(stretch.end)
            yield stretch.commits
    finally:
        await end([ahead])
