"""The catalog: every collection that is declared, known in every process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Self

from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

from catalog import following
from catalog.announcements import Announcements
from catalog.changes import declaring, dropping, newly_unique
from catalog.collection import Collection, Note
from catalog.declaration import Declaration
from catalog.declared import Declared
from catalog.ending import end
from catalog.errors import CollectionMissing, UniqueNeedsEmpty
from catalog.knowledge import Knowledge, Listener
from catalog.parsing import valid
from catalog.store import Store
from catalog.writer import Change, Decide, Leaving, Writer

HasDocuments = Callable[[str], Awaitable[bool]]
Heads = Callable[[], Awaitable[Mapping[int, int]]]

Check = Callable[[int], object]
"""Is told the revision that a change would replace, 0 where nothing is declared; raises what ends it."""


class Noting(NamedTuple):
    """How a change is noted.

    id:      the `_id` of the note.
    note:    makes it, of what is declared by then, and of whether that is new.
    reserve: awaited right before the change is written; what it raises ends the change with nothing written.
    """

    id: Any
    note: Callable[[Declared | None, bool], Note]
    reserve: Callable[[], Awaitable[None]]


class Catalog:
    """Declares, drops and finds collections.

    What a process knows is in memory; `follow` keeps it fresh. A change is on the disks of a majority
    before anybody hears of it. Every coroutine raises CatalogUnavailable when MongoDB does not answer.
    """

    def __init__(self, store: Store, announcements: Announcements, heads: Heads | None = None) -> None:
        """Use `open`."""
        self._heads = heads
        self._writer = Writer(store)
        self._knowledge = Knowledge(store)
        self._announcements = announcements
        self._following: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(
        cls,
        database: AsyncDatabase[dict[str, Any]],
        *,
        redis: Redis | None = None,
        prefix: str,
        heads: Heads | None = None,
    ) -> Self:
        """The catalog of `database`, all of it read. Changes are announced on `{prefix}:catalog` in `redis`.

        heads: tells where the log stands, partition -> position; asked when a dropped name is declared again.

        One database per process: opening a second one takes the records of the first with it.
        """
        catalog = cls(await Store.open(database), Announcements(redis, f"{prefix}:catalog"), heads)
        await catalog.refresh()
        return catalog

    def get(self, name: str) -> Declared | None:
        """The collection as this process knows it: at most a second old while `follow` runs. No I/O."""
        return self._knowledge.live.get(name)

    def floor(self, name: str, partition: int) -> int:
        """The position in `partition` up to which documents of `name` were dropped, else 0. No I/O."""
        return self._knowledge.floor(name, partition)

    async def find(self, name: str) -> Declared:
        """The collection as this process knows it, else as MongoDB has it now.

        Raises: CollectionMissing: it is not declared.
        """
        return self.get(name) or await self._knowledge.fetch(name)

    async def exists_now(self, name: str) -> bool:
        """Whether `name` is declared in MongoDB now; the answer is taken in."""
        try:
            await self._knowledge.fetch(name)
        except CollectionMissing:
            return False
        return True

    async def all(self) -> list[Declared]:
        """Every collection that is declared in MongoDB now, by name."""
        await self.refresh()
        return [declared for _, declared in sorted(self._knowledge.live.items())]

    async def declare(
        self,
        name: str,
        declaration: Mapping[str, Any] | Declaration,
        *,
        has_documents: HasDocuments | None = None,
        check: Check | None = None,
        noting: Noting | None = None,
    ) -> tuple[Declared, bool]:
        """Declare `name` so, new or in place of what is declared; the second answer is whether it is new.

        The same declaration again changes nothing. Of declarations at one time the last one stands.
        has_documents: asked only when a live collection gains a unique set; without it, yes is assumed.
        noting: the note that is kept of it, in one write with it; also where nothing changes.
        Raises: DeclarationInvalid: nothing was changed.
                UniqueNeedsEmpty: a unique set was added, and there are documents; nothing was changed.
                NoteTaken: it was declared with this note before; nothing was changed.
        """
        wanted = valid(name, declaration)

        async def decide(over: Collection | None) -> Collection | None:
            _check(check, over)
            added = newly_unique(wanted, over)
            if added and (has_documents is None or await has_documents(name)):
                raise UniqueNeedsEmpty(name, added)
            return declaring(name, wanted, over, await self._floors(over))

        change = await self._change(name, decide, noting)
        return self._as_declared(change.after), change.created

    async def auto_declare(self, name: str) -> Declared:
        """The collection, declared with nothing said about it if it is not declared yet.

        Never changes what is declared, whoever declares it at the same time.
        Raises: DeclarationInvalid: there can be no collection of this name.
        """
        if known := self.get(name):
            return known
        nothing = valid(name, {})

        async def decide(over: Collection | None) -> Collection | None:
            if over is not None and not over.dropped:
                return None
            return declaring(name, nothing, over, await self._floors(over))

        return self._as_declared((await self._change(name, decide)).after)

    async def drop(
        self,
        name: str,
        floors: Mapping[int, int],
        *,
        check: Check | None = None,
        noting: Noting | None = None,
    ) -> None:
        """Drop `name` with its documents up to `floors` (partition -> position); they never come back.

        noting: as of `declare`.
        Raises: CollectionMissing: it is not declared; NoteTaken.
        """

        async def decide(over: Collection | None) -> Collection | None:
            dropped = dropping(name, floors, over)
            _check(check, over)
            return dropped

        await self._change(name, decide, noting)

    async def settle(self, id: Any) -> None:
        """Keep the note with this `_id` for good, where a process died before it did."""
        await self._writer.settle_note(id)

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(name, declared)` at each change this process hears of, its own included.

        `declared` is None when the collection was dropped. The changes of one name come in their order,
        of quick ones perhaps the last alone. A listener runs in the event loop and must not block; what
        it raises is logged. Answers a function that ends it.
        """
        return self._knowledge.on_change(listener)

    async def refresh(self) -> None:
        """Take in what changed in MongoDB since the last time."""
        await self._knowledge.refresh()

    async def follow(self) -> None:
        """Keep what this process knows fresh, until cancelled, or ended by `close`.

        At once when a change is announced, within a second when it is not. Losing MongoDB or Redis does
        not end it.
        """
        task = asyncio.create_task(following.follow(self._knowledge, self._announcements))
        self._following.add(task)
        try:
            await asyncio.wait({task})
        finally:
            self._following.discard(task)
            await end({task})
        if not task.cancelled():
            task.result()

    async def close(self) -> None:
        """End every `follow`. The database and Redis stay open: they are the caller's."""
        await end(set(self._following))

    async def _floors(self, over: Collection | None) -> Mapping[int, int]:
        """Where a dropped name begins anew."""
        return await self._heads() if self._heads and over is not None and over.dropped else {}

    async def _change(self, name: str, decide: Decide, noting: Noting | None = None) -> Change:
        change = await self._writer.change(name, decide, self._leaving(noting))
        self._knowledge.take_in(change.after)
        if not change.is_none:
            await self._announcements.announce(change.after.change)
        return change

    def _leaving(self, noting: Noting | None) -> Leaving | None:
        if noting is None:
            return None
        return Leaving(
            noting.id,
            lambda change: noting.note(
                None if change.after.dropped else self._as_declared(change.after), change.created
            ),
            noting.reserve,
        )

    def _as_declared(self, record: Collection) -> Declared:
        known = self.get(record.id)
        declared = known if known is not None and known.revision == record.revision else record.declared()
        assert declared is not None
        return declared


def _check(check: Check | None, over: Collection | None) -> None:
    if check is not None:
        check(0 if over is None or over.dropped else over.revision)
