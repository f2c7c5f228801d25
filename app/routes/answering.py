"""Writing answers: JSON with the headers that every answer of its kind has."""

from typing import Any

import orjson
from sanic.response import HTTPResponse

from app.http.answer import Answer
from app.routes.reading import JSON

_ALWAYS = {
    "cache-control": "private, no-cache",
    "vary": "authorization, accept-encoding",
    "x-content-type-options": "nosniff",
}


def json_answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    """An answer whose body is still to be written as JSON."""
    return bytes_answer(orjson.dumps(value), status, headers)


def bytes_answer(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    """An answer whose body is JSON already."""
    return Answer(body, status, {**_ALWAYS, **headers} if headers else _ALWAYS, JSON)


def empty_answer(status: int = 204, headers: dict[str, str] | None = None) -> HTTPResponse:
    """An answer without a body."""
    return Answer(b"", status, {**_ALWAYS, **(headers or {})})


def document_headers(version: int, position: int | str) -> dict[str, str]:
    """What goes with one document: its version as ETag, and where the log or the projections stand."""
    return {"etag": f'"{version}"', "fold-position": str(position)}
