"""Bodies that are made once and sent again and again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from sanic.request import Request
from sanic.response import HTTPResponse

from app.http.coding import ACCEPT, LEAST, Coding, coding_for
from app.routes.preconditions import known_as

_ALWAYS = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A body that never changes, and the headers it goes out with."""

    body: bytes
    media: str
    headers: dict[str, str]
    _coded: dict[Coding, bytes] = field(default_factory=dict)

    async def coded(self, coding: Coding) -> bytes:
        """The body, compressed once and for all."""
        if coding not in self._coded:
            self._coded[coding] = await coding.coded(self.body)
        return self._coded[coding]


def kept(body: bytes, media: str, headers: Mapping[str, str] | None = None) -> Kept:
    """`body` with the headers that all bodies that are kept have, and `headers`."""
    all_of_them = {**_ALWAYS, "etag": f'"{sha256(body).hexdigest()[:16]}"', **(headers or {})}
    all_of_them["vary"] = ", ".join(filter(None, (all_of_them.get("vary"), ACCEPT)))
    return Kept(body, media, all_of_them)


async def sent(request: Request, kept: Kept) -> HTTPResponse:
    """The answer, to a client that has it already without the body. Raises HeaderInvalid."""
    headers = dict(kept.headers)
    if (known := known_as(request, headers["etag"])) is not None:
        return HTTPResponse(None, 304, headers | {"etag": known})
    coding = coding_for(request.headers) if len(kept.body) >= LEAST else None
    if coding is None:
        return HTTPResponse(kept.body, 200, headers, kept.media)
    coding.mark(headers)
    return HTTPResponse(await kept.coded(coding), 200, headers, kept.media)
