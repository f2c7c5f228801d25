"""Documents of one collection over HTTP, and what an answer must be like."""

from dataclasses import dataclass
from typing import Any

import httpx
import orjson

JSON_PATCH = "application/json-patch+json"
PROBLEM = "application/problem+json"
TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@dataclass(frozen=True)
class Documents:
    """The documents of one collection, as one client sees them."""

    client: httpx.AsyncClient
    collection: str

    @property
    def path(self) -> str:
        """The address of the collection's documents."""
        return f"/v1/documents/{self.collection}"

    def of(self, id: str) -> str:
        """The address of one document."""
        return f"{self.path}/{id}"

    async def send(self, method: str, id: str = "", body: Any = None, **headers: str) -> httpx.Response:
        """Send a request about one document, or all; `body` is JSON text, or what becomes JSON."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes | None) else orjson.dumps(body)
        if content is not None:
            sent.setdefault("content-type", "application/json")
        path = self.of(id) if id else self.path
        return await self.client.request(method, path, content=content, headers=sent)

    async def put(self, id: str, body: Any, **headers: str) -> httpx.Response:
        """PUT one."""
        return await self.send("PUT", id, body, **headers)

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        """POST a new one."""
        return await self.send("POST", "", body, **headers)

    async def patch(self, id: str, body: Any, **headers: str) -> httpx.Response:
        """PATCH one."""
        return await self.send("PATCH", id, body, **headers)

    async def delete(self, id: str, **headers: str) -> httpx.Response:
        """DELETE one."""
        return await self.send("DELETE", id, **headers)

    async def restore(self, id: str, **headers: str) -> httpx.Response:
        """Restore one."""
        return await self.send("POST", f"{id}/restore", **headers)

    async def get(self, id: str = "", after: httpx.Response | None = None, **headers: str) -> httpx.Response:
        """GET one, or a page; as it is once the write that was answered with `after` is visible."""
        if after is not None:
            headers["fold_after"] = after.headers["fold-position"]
        return await self.send("GET", id, **headers)


def problem(answer: httpx.Response, status: int, name: str) -> dict[str, Any]:
    """The problem that an answer is: exactly this one, and well formed."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    told: dict[str, Any] = orjson.loads(answer.content)
    assert (told["type"], told["status"]) == (f"/problems/{name}", status), told
    assert told["title"]
    assert told["detail"]
    assert told["request_id"] == answer.headers["x-request-id"]
    return told
