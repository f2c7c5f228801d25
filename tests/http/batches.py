"""Batches of a test: their commands, sending them, and what is answered."""

from typing import Any

import httpx

from tests.http.documents import Documents

Command = dict[str, Any]


async def send(orders: Documents, commands: list[Command], *, atomic: bool, **headers: str) -> httpx.Response:
    """A batch of commands on the documents of one collection, unless they say another."""
    said = [{"collection": orders.collection, **command} for command in commands]
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await orders.client.post("/v1/batch", json={"atomic": atomic, "commands": said}, headers=sent)


def results(answer: httpx.Response, status: int) -> list[dict[str, Any]]:
    """The results of a batch that was answered with `status`."""
    assert answer.status_code == status, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def create(id: str | None = None, **body: Any) -> Command:
    """A command that creates."""
    return {"command": "create", "body": body} if id is None else {"command": "create", "id": id, "body": body}


def put(id: str, **body: Any) -> Command:
    """A command that replaces or creates."""
    return {"command": "put", "id": id, "body": body}


def merge(id: Any, **body: Any) -> Command:
    """A command that changes."""
    return {"command": "merge_patch", "id": id, "body": body}
