"""Changing the record of a collection, among others who do the same."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from pymongo.asynchronous.client_session import AsyncClientSession

from catalog.collection import Collection
from catalog.errors import CatalogUnavailable
from catalog.store import Store

MAX_ATTEMPTS = 200
LONGEST_PAUSE = 0.02

Decide = Callable[[Collection | None], Awaitable[Collection | None]]


class Change(NamedTuple):
    """What became of a record; both are the same when nothing had to change."""

    before: Collection | None
    after: Collection

    @property
    def is_none(self) -> bool:
        """Whether nothing had to change."""
        return self.before is self.after

    @property
    def created(self) -> bool:
        """Whether there is a live collection now where there was none."""
        return not self.after.dropped and (self.before is None or self.before.dropped)


Beside = Callable[[AsyncClientSession | None, Change], Awaitable[object]]
"""Writes something of a change in its transaction, or alone where nothing had to change. See `Together`."""


class Writer:
    """Makes one change at a time in this process; among processes whoever writes first is first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = asyncio.Lock()

    async def change(self, name: str, decide: Decide, beside: Beside | None = None) -> Change:
        """Read the record, ask `decide` what to write in its place, write it; on conflict, again.

        decide: gets the record or None; answers the next one, or None when the record may stay, which
                it answers only if there is one. What it raises ends the change with nothing written.
        beside: what else is written with the change, or else nothing is.
        Raises: CatalogUnavailable: MongoDB is away, or others were faster 200 times.
        """
        async with self._turn:
            for _ in range(MAX_ATTEMPTS):
                if change := await self._attempt(name, decide, beside):
                    return change
                await asyncio.sleep(random.uniform(0, LONGEST_PAUSE))
        raise CatalogUnavailable("too many others change it at the same time")

    async def _attempt(self, name: str, decide: Decide, beside: Beside | None) -> Change | None:
        before = await self._store.load(name)
        after = await decide(before)
        if after is None:
            assert before is not None
            if beside is not None:
                await self._store.leave(lambda session: beside(session, Change(before, before)))
            return Change(before, before)
        after.change = await self._store.newest() + 1
        change = Change(before, after)
        together = None if beside is None else lambda session: beside(session, change)
        return change if await self._store.write(after, before, together) else None
