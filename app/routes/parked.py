"""Parked documents: what there is, why, trying again, and leaving out what can not be applied."""

from collections.abc import Awaitable, Callable
from functools import partial
from math import isfinite
from typing import Any

import orjson
from sanic.request import Request
from sanic.response import HTTPResponse

from app.composition import Deployment
from app.once.once import Order
from app.once.receipts import About, Answer
from app.routes import reading
from app.routes.access import Access
from app.routes.answering import bytes_answer, json_answer
from app.routes.app import App
from app.routes.idempotency import key_of
from events.commit import Commit
from projections.parked import Parked
from projections.parking import Parking

MOST_COMMITS = 100


class ParkedRoutes:
    """The routes under /v1/parked."""

    def __init__(self, deployment: Deployment, access: Access) -> None:
        stores = deployment.stores
        self._parking = Parking(stores.redis, stores.layout, stores.log, stores.catalog)
        self._access = access
        self._once = deployment.once

    def register(self, app: App) -> None:
        """Add the routes to `app`."""
        one = "/v1/parked/<collection>/<id>"
        app.add_route(self.list, "/v1/parked", methods=["GET", "HEAD"], name="parked_list")
        app.add_route(self.show, one, methods=["GET", "HEAD"], name="parked_show")
        app.add_route(self.retry, f"{one}/retry", methods=["POST"], name="parked_retry")
        app.add_route(self.skip, f"{one}/skip", methods=["POST"], name="parked_skip")

    async def list(self, request: Request) -> HTTPResponse:
        """GET every parked document."""
        self._access.admin(request)
        reading.parameters(request, ())
        found = (await self._parking.all()).items()
        return json_answer({"parked": [told(*place, parked) for place, parked in found]})

    async def show(self, request: Request, collection: str, id: str) -> HTTPResponse:
        """GET one parked document, with the commits that wait."""
        self._access.admin(request)
        reading.parameters(request, ())
        place = reading.collection_name(collection), reading.document_id(id)
        parked = await self._parking.find(*place)
        commits = (await self._parking.commits(*place))[:MOST_COMMITS]
        body = {**told(*place, parked), "commits": [told_of_commit(commit) for commit in commits]}
        return bytes_answer(orjson.dumps(body, default=repr))

    async def retry(self, request: Request, collection: str, id: str) -> HTTPResponse:
        """POST the order to apply what waits."""
        actor = self._access.admin(request).actor
        place = reading.collection_name(collection), reading.document_id(id)

        async def retry(_: About | None) -> Parked | None:
            return await self._parking.retry(*place)

        return await self._work_off(request, actor, place, retry)

    async def skip(self, request: Request, collection: str, id: str) -> HTTPResponse:
        """POST the decision that the commit which can not be applied is left out, here and in every rebuild."""
        actor = self._access.admin(request).actor
        place = reading.collection_name(collection), reading.document_id(id)
        return await self._work_off(request, actor, place, partial(self._parking.skip, *place, actor))

    async def _work_off(
        self,
        request: Request,
        actor: str,
        place: tuple[str, str],
        work: Callable[[About | None], Awaitable[Parked | None]],
    ) -> HTTPResponse:
        """With a key, only while it is parked at the commit that it was parked at when the key came first."""
        reading.parameters(request, ())

        async def look() -> About:
            return (await self._parking.find(*place)).position

        async def execute(position: About | None) -> Answer:
            still = None if position is None else await self._parking.look(*place)
            if position is None or (still is not None and still.position == position):
                still = await work(position)
            return Answer(200, {}, orjson.dumps(outcome(*place, still)))

        order = Order(key_of(request, actor), place[0], actor)
        return await self._once.between(order, look, execute)


def told(collection: str, id: str, parked: Parked) -> dict[str, Any]:
    """What is told of a parked document."""
    return {"collection": collection, "id": id, **parked.model_dump()}


def told_of_commit(commit: Commit) -> dict[str, Any]:
    """What is told of a commit that waits, as the log has it."""
    return {
        "position": commit.position,
        "version": commit.version,
        "at": commit.at.isoformat(),
        "actor": commit.actor,
        "events": [{"type": event.type, "data": _shown(event.data)} for event in commit.events],
    }


def _shown(value: Any) -> Any:
    """NaN and infinities by their names: JSON has no such numbers, and they may be what is wrong."""
    match value:
        case dict():
            return {name: _shown(inner) for name, inner in value.items()}
        case list():
            return [_shown(inner) for inner in value]
        case float() if not isfinite(value):
            return repr(value)
    return value


def outcome(collection: str, id: str, parked: Parked | None) -> dict[str, Any]:
    """What is told after a try: whether everything is applied now, else what is parked still."""
    still = None if parked is None else told(collection, id, parked)
    return {"collection": collection, "id": id, "applied": parked is None, "parked": still}
