"""Pages: what MongoDB answers a find with at once. A cursor of the driver would make objects of it first."""

from collections.abc import Iterator
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from events.codec import first_batch
from events.commit import JsonObject
from events.store import COMMITS, MAJORITY, Database

_UNREAD: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)

Order = list[tuple[str, int]]
BY_POSITION: Order = [("_id", 1)]


class Pages:
    """The commits of one log, a page at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, query: JsonObject, order: Order, limit: int, **more: Any) -> Iterator[JsonObject]:
        """The first commits that match, as `PLAIN` has them: at most `limit` (1 or more), and 16 MiB of them.

        more:   further fields of MongoDB's command `find`.
        Raises: PyMongoError.
        """
        command = {
            "find": COMMITS,
            "filter": query,
            "sort": dict(order),
            "limit": limit,
            "batchSize": limit,
            "singleBatch": True,
            "readConcern": MAJORITY.document,
            **more,
        }
        try:
            answer = await self._database.command(command, codec_options=_UNREAD)
        except ServerSelectionTimeoutError:
            raise
        except AutoReconnect:
            answer = await self._database.command(command, codec_options=_UNREAD)
        return first_batch(bytes(answer.raw))
