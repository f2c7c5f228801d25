"""Keeping what a process knows of the catalog fresh."""

import asyncio
from contextlib import suppress

import structlog

from catalog.announcements import Announcements
from catalog.ending import end
from catalog.errors import CatalogUnavailable
from catalog.knowledge import Knowledge

POLL_EVERY = 1.0
"""Seconds after which a change is noticed at the latest when nobody announced it."""

_log = structlog.get_logger(__name__)


async def follow(knowledge: Knowledge, announcements: Announcements) -> None:
    """Refresh `knowledge` at each announcement and at least each second, until cancelled.

    While MongoDB or Redis is away it keeps trying, and says once that it is.
    """
    wake = asyncio.Event()
    is_away = False
    listening = asyncio.create_task(announcements.listen(wake.set))
    try:
        while True:
            wake.clear()
            is_away = await _refreshed(knowledge, was_away=is_away)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_EVERY):
                    await wake.wait()
    finally:
        await end({listening})


async def _refreshed(knowledge: Knowledge, *, was_away: bool) -> bool:
    try:
        await knowledge.refresh()
    except CatalogUnavailable as error:
        if not was_away:
            _log.warning("catalog not refreshed", reason=error.reason)
        return True
    if was_away:
        _log.info("catalog refreshed again")
    return False
