"""Effects: what keyed requests led to, without the events themselves."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pymongo.errors import PyMongoError

from events.codec import PLAIN
from events.errors import LogUnavailable
from events.position import Position, StreamName, Version
from events.store import BY_REQUEST, COMMITS, MAJORITY, Database

_FIELDS = {
    "request": True,
    "digest": True,
    "stream": True,
    "version": True,
    "cause": True,
    "events.type": True,
}


class Effect(NamedTuple):
    """The commit that a request stands in. version: of the stream after it, 0 where it has no events.

    cause: of one without events, the commit that fulfilled the request before it came.
    first: the type of its first event, None where it has none.
    """

    request: bytes
    digest: bytes | None
    stream: StreamName
    version: Version
    position: Position
    cause: Position | None
    first: str | None


class Effects:
    """Looks requests up, one or many at a time. Every method raises LogUnavailable."""

    def __init__(self, database: Database) -> None:
        self._commits = database.get_collection(COMMITS, codec_options=PLAIN, read_concern=MAJORITY)

    async def find(self, request: bytes) -> Effect | None:
        """The effect of one request; None where it had none."""
        return (await self.of([request])).get(request)

    async def of(self, requests: Iterable[bytes]) -> dict[bytes, Effect]:
        """The effects of some requests, by request; those that had none are left out."""
        return {effect.request: effect for effect in await self._matching({"$in": list(requests)})}

    async def between(self, first: bytes, last: bytes) -> dict[bytes, Effect]:
        """The effects of the requests from `first` to `last`, by request."""
        return {effect.request: effect for effect in await self._matching({"$gte": first, "$lte": last})}

    async def _matching(self, requests: dict[str, Any]) -> list[Effect]:
        found = self._commits.find({"request": requests}, _FIELDS, hint=BY_REQUEST)
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
        stored.get("cause"),
        types[0] if types else None,
    )
