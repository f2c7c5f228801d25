"""Repeated imports: what became of lines that were sent before, looked up many at a time."""

import asyncio

from app.importing.keys import LineKeys
from events.effects import Effect, Effects

PAGE = 1000
_KEPT = 4


class Before:
    """The effects that lines of one import had already. Lines ask in their order, or nearly so."""

    def __init__(self, effects: Effects, keys: LineKeys) -> None:
        self._effects = effects
        self._keys = keys
        self._pages: dict[int, asyncio.Task[dict[bytes, Effect]]] = {}

    async def find(self, number: int, request: bytes) -> Effect | None:
        """What the line of this number and key did; None if it did nothing yet. Raises LogUnavailable."""
        page = self._pages.get(number // PAGE) or self._begin(number // PAGE)
        found = page.result() if page.done() else await asyncio.shield(page)
        return found.get(request)

    def _begin(self, number: int) -> "asyncio.Task[dict[bytes, Effect]]":
        page = self._pages[number] = asyncio.create_task(self._fetch(number), name="lines sent before")
        page.add_done_callback(_looked_at)
        while len(self._pages) > _KEPT:
            del self._pages[next(iter(self._pages))]
        return page

    async def _fetch(self, page: int) -> dict[bytes, Effect]:
        first, last = page * PAGE, page * PAGE + PAGE - 1
        return await self._effects.between(self._keys.request(first), self._keys.request(last))


def _looked_at(page: "asyncio.Task[dict[bytes, Effect]]") -> None:
    """Whoever waits for a page hears of its fault; when all have gone, nobody needs to."""
    if not page.cancelled():
        page.exception()
