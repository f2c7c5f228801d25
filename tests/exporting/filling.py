"""Many documents at once, put straight into the log: writing them is not what is tested."""

import secrets
from typing import Any

from events.commit import Event, NewCommit, now, to_stored
from events.document import CREATED
from events.position import Position, stream_name
from events.store import COMMITS, DURABLE

AT_ONCE = 2000


async def fill(database: Any, collection: str, count: int, body: dict[str, Any]) -> list[Position]:
    """Create the documents o0000000, o0000001… of `collection` in a log of one partition; their positions.

    Nobody else may write meanwhile.
    """
    commits = database.get_collection(COMMITS, write_concern=DURABLE)
    last = await commits.find_one({}, {"_id": 1}, sort=[("_id", -1)])
    first = 1 if last is None else last["_id"] + 1
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        await commits.insert_many(
            [{"_id": first + n, **_created(collection, n, body)} for n in numbers], ordered=True
        )
    return [Position(first + n) for n in range(count)]


def _created(collection: str, number: int, body: dict[str, Any]) -> dict[str, Any]:
    stream = stream_name(collection, f"o{number:07}")
    new = NewCommit(stream, 0, [Event(CREATED, {"n": number, **body})], "user:ada")  # type: ignore[arg-type]
    return to_stored(new, now(), secrets.token_bytes(8))
