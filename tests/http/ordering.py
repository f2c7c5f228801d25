"""Keyed orders: how tests give them, and what they look at afterwards."""

from typing import Any

import httpx
from pymongo.asynchronous.database import AsyncDatabase

from tests.http.documents import Documents
from tests.projections.world import until

Home = AsyncDatabase[dict[str, Any]]


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """What of an answer must be the same when it is given again."""
    return answer.status_code, answer.content, answer.headers.get("location")


async def state(admin: httpx.AsyncClient, collection: str) -> Any:
    """What is told of one collection's projection."""
    report = (await admin.get("/v1/projections")).json()
    return next(each for each in report["projections"] if each["collection"] == collection)


async def order(
    admin: httpx.AsyncClient, collection: str, verb: str, key: dict[str, str] | None = None, body: Any = None
) -> httpx.Response:
    """Steer a projection."""
    path = f"/v1/projections/{collection}/{verb}"
    return await admin.post(path, json=body, headers=key)


async def rebuilt(admin: httpx.AsyncClient, collection: str, key: dict[str, str] | None = None) -> None:
    """Rebuild a projection that has a document, and keep the generation before."""
    documents = Documents(admin, collection)
    await documents.get("o1", after=await documents.put("o1", {}))
    ordered = await order(admin, collection, "rebuild", key, {"keep": True})
    assert ordered.status_code == 202, ordered.text

    async def is_done() -> bool:
        return bool((await state(admin, collection))["rebuild"]["state"] == "done")

    await until(is_done)
