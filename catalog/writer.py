"""Changing the record of a collection, among others who do the same."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, NamedTuple

from catalog.collection import Collection, Note
from catalog.errors import CatalogUnavailable, NoteTaken
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


class Leaving(NamedTuple):
    """What is to be left with a change: the `_id` of the note, and what makes the note of the change.

    reserve: awaited right before the write.
    """

    id: Any
    note: Callable[[Change], Note]
    reserve: Callable[[], Awaitable[None]]


class Writer:
    """Makes one change at a time in this process; among processes whoever writes first is first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = asyncio.Lock()

    async def change(self, name: str, decide: Decide, leaving: Leaving | None = None) -> Change:
        """Read the record, ask `decide` what to write in its place, write it; on conflict, again.

        decide:  gets the record or None; answers the next one, or None when the record may stay, which
                 it answers only if there is one. What it raises ends the change with nothing written.
        leaving: the note that is left with the change, in one write; of no change it is left, too.
        Raises: CatalogUnavailable: MongoDB is away, or others were faster 200 times; NoteTaken.
        """
        async with self._turn:
            for _ in range(MAX_ATTEMPTS):
                if change := await self._attempt(name, decide, leaving):
                    return change
                await asyncio.sleep(random.uniform(0, LONGEST_PAUSE))
        raise CatalogUnavailable("too many others change it at the same time")

    async def settle(self, name: str) -> Collection | None:
        """The record of `name`, when the note that was left with it is kept for good."""
        return await self._settled(await self._store.load(name))

    async def settle_note(self, id: Any) -> None:
        """Keep the note with this `_id` for good, whatever record it was left with."""
        await self._settled(await self._store.noted(id))

    async def _settled(self, record: Collection | None) -> Collection | None:
        if record is not None and record.note is not None:
            await self._store.keep(record.note)
        return record

    async def _attempt(self, name: str, decide: Decide, leaving: Leaving | None) -> Change | None:
        """A note is in the record or kept at any time after its change: so who has read the record, and finds
        none, can only write where there was none."""
        before = await self.settle(name)
        if leaving is not None:
            await self.settle_note(leaving.id)
            if await self._store.is_kept(leaving.id):
                raise NoteTaken
        after = await decide(before)
        if leaving is not None:
            await leaving.reserve()
        if after is None:
            assert before is not None
            change = Change(before, before)
            if leaving is not None and not await self._store.keep(leaving.note(change)):
                raise NoteTaken
            return change
        change = Change(before, after)
        after.change = await self._store.newest() + 1
        after.note = None if leaving is None else leaving.note(change)
        if not await self._store.write(after, before):
            return None
        if after.note is not None:
            with suppress(CatalogUnavailable):
                await self._store.keep(after.note)
        return change
