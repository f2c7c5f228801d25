"""The Idempotency-Key of a write (draft-ietf-httpapi-idempotency-key-header-07)."""

import re
from hashlib import blake2b

from sanic.request import Request

from app.errors import HeaderInvalid
from app.routes.reading import header
from commands.requests import Key

MOST = 200
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_VISIBLE = re.compile(f"[!-~]{{1,{MOST}}}")
_BYTES = 16


def key_of(request: Request, actor: str) -> Key | None:
    """The key of a request, as its caller's own; None where it has none. Raises HeaderInvalid.

    `"abc"` and `abc` are the same key. Of the request, method, path, content type and body count.
    """
    given = given_key(request)
    if given is None:
        return None
    return Key(_hash(f"{actor}\0{given}".encode()), _hash(_asked(request)))


def given_key(request: Request) -> str | None:
    """The key as its caller chose it; None where there is none. Raises HeaderInvalid."""
    given = header(request, "idempotency-key")
    return None if given is None else _read(given)


def _read(given: str) -> str:
    string = _STRING.fullmatch(given.strip())
    key = re.sub(r"\\(.)", r"\1", string[1]) if string else given.strip()
    if not _VISIBLE.fullmatch(key) or (string is None and '"' in key):
        raise HeaderInvalid(
            "Idempotency-Key", f'is a string of 1 to {MOST} visible characters, like "8e03-978e"'
        )
    return key


def _asked(request: Request) -> bytes:
    media = request.headers.getone("content-type", "")
    line = f"{request.method}\0{request.path}\0{media}\0"
    return line.encode(errors="surrogateescape") + request.body


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=_BYTES).digest()
