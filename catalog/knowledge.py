"""What a process knows of the catalog, and who wants to hear when it changes."""

from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog

from catalog.cache import Cache
from catalog.collection import Collection
from catalog.declared import Declared
from catalog.errors import CatalogUnavailable, CollectionMissing
from catalog.names import collection_problem
from catalog.store import Store

Listener = Callable[[str, Declared | None], None]

_log = structlog.get_logger(__name__)


class Knowledge:
    """The records of `store` as far as they were read. Coroutines raise CatalogUnavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache = Cache()
        self._seen = 0
        self._listeners: list[Listener] = []
        self.live = self._cache.live
        self.floor = self._cache.floor

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at each change that is taken in; answers a function that ends it."""
        self._listeners.append(listener)

        def end() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return end

    def take_in(self, record: Collection) -> None:
        """Know `record`, unless a newer one of its name is known; tell the listeners."""
        if self._cache.admit(record):
            self._tell(record.id)

    async def fetch(self, name: str) -> Declared:
        """`name` as MongoDB has it now. Raises: CollectionMissing: it is not declared."""
        record = None if collection_problem(name) else await self._store.load(name)
        if record is not None:
            self.take_in(record)
        if declared := self.live.get(name):
            return declared
        if self._cache.is_unreadable(name):
            raise CatalogUnavailable(f"{name} was declared by a newer foldbase than this process runs")
        raise CollectionMissing(name)

    async def refresh(self) -> None:
        """Take in what changed since the last time; everything, when the database was put back to before."""
        newest = await self._store.newest()
        if newest > self._seen:
            self._take_in_all(await self._store.changed_after(self._seen))
        elif newest < self._seen:
            records = await self._store.changed_after(0)
            names = self._cache.forget()
            self._seen = 0
            self._take_in_all(records)
            for name in names - self.live.keys():
                self._tell(name)

    def _take_in_all(self, records: Iterable[Collection]) -> None:
        for record in records:
            self.take_in(record)
            self._seen = max(self._seen, record.change)

    def _tell(self, name: str) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(name, self.live.get(name))
            except Exception:  # noqa: BLE001  whatever one listener raises, the others are told
                _log.exception("listener of the catalog failed", collection=name)
