"""The log's collections in MongoDB: their names, indexes and concerns, and what its errors mean.

commits   one document a commit, `_id` the position; see events/commit.py
claims    one document a unique value, `_id` "collection/fields/values", `stream` its owner
log       one document: the log's own random id and its number of partitions
"""

import secrets
from typing import Any

from pymongo import ASCENDING
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from events.commit import JsonObject
from events.errors import LogMismatch
from events.position import Position, beginning, end

COMMITS, CLAIMS, LOG = "commits", "claims", "log"
DURABLE = WriteConcern(w="majority", j=True)
MAJORITY = ReadConcern("majority")

BY_VERSION = "stream_version"
BY_REQUEST = "request"

Database = AsyncDatabase[Any]
Collection = AsyncCollection[JsonObject]

# The server stepped down, shut down or gave up while it worked on the command: it may have been applied.
_INTERRUPTED = {50, 91, 112, 189, 262, 10107, 11600, 11602, 13435, 13436}


async def prepare(database: Database) -> None:
    """Make the indexes the log's promises rest on. Safe to repeat, also from many processes at once.

    A commit that breaks several of them is reported by the one made first: a request that comes again is
    a repetition, whatever else it is.
    """
    commits = database[COMMITS]
    await commits.create_index(
        [("request", ASCENDING)],
        name=BY_REQUEST,
        unique=True,
        partialFilterExpression={"request": {"$exists": True}},
    )
    await commits.create_index(
        [("stream", ASCENDING), ("version", ASCENDING)],
        name=BY_VERSION,
        unique=True,
        partialFilterExpression={"version": {"$exists": True}},
    )


async def identity(database: Database, partitions: int) -> str:
    """The log's own random id; the log is created with `partitions` where there is none.

    Raises: LogMismatch when the log exists with another number of partitions.
    """
    log = database.get_collection(LOG, write_concern=DURABLE, read_concern=MAJORITY)
    wanted = {"_id": "log", "id": secrets.token_hex(8), "partitions": partitions}
    try:
        await log.insert_one(wanted)
        return str(wanted["id"])
    except DuplicateKeyError:
        found = await database[LOG].find_one({"_id": "log"})
    if found is None or found["partitions"] != partitions:
        has = "an unknown number of" if found is None else found["partitions"]
        raise LogMismatch(
            f"the log in database {database.name!r} has {has} partitions and not {partitions}; "
            "set FOLDBASE_PARTITIONS to that number, it is fixed when a log is created"
        )
    return str(found["id"])


async def tail(commits: Collection, partition: int) -> Position:
    """The last position of a partition, or its beginning where it has none yet. Raises PyMongoError."""
    query = {"_id": {"$gt": beginning(partition), "$lte": end(partition)}}
    found = await commits.find_one(query, {"_id": True}, sort=[("_id", -1)])
    return beginning(partition) if found is None else Position(found["_id"])


def is_unknown(error: Exception) -> bool:
    """Whether a failed write may have been applied all the same, or is to be tried again anyway.

    A connection made while the server takes office passes for one without sessions (ConfigurationError).
    """
    if isinstance(error, ConnectionFailure | ExecutionTimeout | ConfigurationError):
        return True
    return isinstance(error, OperationFailure) and is_interrupted(error.code)


def is_interrupted(code: int | None) -> bool:
    """Whether the server broke off with `code` for a reason of its own, and not of what it was sent."""
    return code in _INTERRUPTED
