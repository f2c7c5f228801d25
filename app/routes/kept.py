"""Bodies that are made once and sent again and again."""

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from sanic.request import Request
from sanic.response import HTTPResponse

from app.routes import reading

_ALWAYS = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Kept(NamedTuple):
    """A body that never changes, and the headers it goes out with."""

    body: bytes
    media: str
    headers: dict[str, str]


def kept(body: bytes, media: str, headers: Mapping[str, str] | None = None) -> Kept:
    """`body` with the headers that all bodies that are kept have, and `headers`."""
    etag = f'"{sha256(body).hexdigest()[:16]}"'
    return Kept(body, media, {**_ALWAYS, "etag": etag, **(headers or {})})


def sent(request: Request, kept: Kept) -> HTTPResponse:
    """The answer, to a client that has it already without the body."""
    if reading.seen_before(request, kept.headers["etag"]):
        return HTTPResponse(None, 304, kept.headers)
    return HTTPResponse(kept.body, 200, kept.headers, kept.media)
