"""Importing lines over HTTP, and reading the answers."""

import json
from typing import Any

import httpx

from tests.http.documents import Documents

NDJSON = "application/x-ndjson"


def lines(*documents: Any) -> bytes:
    """Documents as lines; bytes are lines already."""
    return b"".join(
        (each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in documents
    )


async def take(orders: Documents, content: Any, query: str = "", **headers: str) -> httpx.Response:
    """Import a body of lines into the collection."""
    sent = {"content-type": NDJSON} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await orders.client.post(f"{orders.path}/import{query}", content=content, headers=sent, timeout=30)


def told(answer: httpx.Response) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What became of the lines, and the summary."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, NDJSON), answer.text
    *of_lines, summary = [json.loads(line) for line in answer.content.splitlines()]
    return of_lines, summary
