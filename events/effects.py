"""Effects: what keyed requests of a range led to, without the events themselves."""

from typing import Any, NamedTuple

from pymongo.errors import PyMongoError

from events.codec import PLAIN
from events.errors import LogUnavailable
from events.position import Position, StreamName, Version
from events.store import BY_REQUEST, COMMITS, MAJORITY, Database

_FIELDS = {"request": True, "digest": True, "stream": True, "version": True, "events.type": True}


class Effect(NamedTuple):
    """The commit that a request stands in. version: of the stream after it, 0 where it has no events.

    first: the type of its first event, None where it has none.
    """

    request: bytes
    digest: bytes | None
    stream: StreamName
    version: Version
    position: Position
    first: str | None


class Effects:
    """Looks requests up, many at a time."""

    def __init__(self, database: Database) -> None:
        self._commits = database.get_collection(COMMITS, codec_options=PLAIN, read_concern=MAJORITY)

    async def between(self, first: bytes, last: bytes) -> list[Effect]:
        """The effects of the requests from `first` to `last`, in the order of the requests.

        Raises: LogUnavailable.
        """
        query = {"request": {"$gte": first, "$lte": last}}
        found = self._commits.find(query, _FIELDS, sort=[("request", 1)], hint=BY_REQUEST)
        try:
            return [_effect(stored) for stored in await found.to_list()]
        except PyMongoError as error:
            raise LogUnavailable(str(error)) from error


def _effect(stored: dict[str, Any]) -> Effect:
    types = [event["type"] for event in stored["events"]]
    return Effect(
        stored["request"],
        stored.get("digest"),
        stored["stream"],
        Version(stored["version"] + len(types) - 1 if types else 0),
        stored["_id"],
        types[0] if types else None,
    )
