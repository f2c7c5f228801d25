"""The records of collections in MongoDB: read as a majority has them, written to the disks of a majority."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import pymongo
from beanie import init_beanie
from beanie.exceptions import DocumentNotFound
from bson import CodecOptions
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from catalog.collection import Collection, Newest, Note
from catalog.errors import CatalogUnavailable, shortened

TIMEOUT = 5.0
"""Seconds one question to MongoDB may take."""

NOTES = "receipts"
"""Where notes are kept for good."""

_MAJORITY = ReadConcern("majority")
_DURABLE = WriteConcern("majority", j=True)


class Store:
    """Reads and writes records. Every method raises CatalogUnavailable when MongoDB does not answer."""

    @classmethod
    async def open(cls, database: AsyncDatabase[dict[str, Any]]) -> Self:
        """Bind the records to `database` (one per process) and make their index."""
        durable: AsyncDatabase[dict[str, Any]] = database.with_options(
            codec_options=CodecOptions(tz_aware=True),
            read_concern=_MAJORITY,
            write_concern=_DURABLE,
        )
        with _bounded():
            await init_beanie(database=durable, document_models=[Collection])
        return cls()

    async def newest(self) -> int:
        """The number of the change made last; 0 before the first."""
        with _bounded():
            newest = await Collection.find(projection_model=Newest).sort("-change").first_or_none()
        return 0 if newest is None else newest.change

    async def load(self, name: str) -> Collection | None:
        """The record of `name`, also when it is dropped; None when it never was declared."""
        with _bounded():
            return await Collection.find_one({"_id": name})

    async def noted(self, id: Any) -> Collection | None:
        """The record with which the note of this `_id` was left, while nobody has changed it since."""
        with _bounded():
            return await Collection.find_one({"note._id": id})

    async def changed_after(self, change: int) -> list[Collection]:
        """The records changed after `change`, oldest change first.

        A record that carries n + 1 was written by one who had read n from a majority, so whoever reads
        n + 1 here has read n before or reads it now.
        """
        with _bounded():
            return await Collection.find({"change": {"$gt": change}}).sort("+change").to_list()

    async def write(self, wanted: Collection, over: Collection | None) -> bool:
        """Put `wanted` in the place of `over`, or make it new; False when another change came first."""
        try:
            with _bounded():
                if over is None:
                    await wanted.insert()
                else:
                    await Collection.find_one({"_id": over.id, "revision": over.revision}).replace_one(wanted)
        except (DuplicateKeyError, DocumentNotFound):
            return False
        return True

    async def keep(self, note: Note) -> bool:
        """Keep a note for good; False where there is one of its `_id` already, which stays as it is."""
        try:
            with _bounded():
                await self._notes().insert_one(note)
        except DuplicateKeyError:
            return False
        return True

    async def is_kept(self, id: Any) -> bool:
        """Whether there is a note with this `_id`."""
        with _bounded():
            return await self._notes().find_one({"_id": id}, {"_id": True}) is not None

    def _notes(self) -> AsyncCollection[Any]:
        return Collection.get_pymongo_collection().database[NOTES]


@contextmanager
def _bounded() -> Iterator[None]:
    try:
        with pymongo.timeout(TIMEOUT):
            yield
    except DuplicateKeyError:
        raise
    except PyMongoError as error:
        raise CatalogUnavailable(shortened(str(error), 200)) from error
