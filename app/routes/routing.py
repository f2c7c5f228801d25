"""Routing: Sanic's, with QUERY (RFC 10008), OPTIONS everywhere, and documents called like words of ours."""

from contextlib import suppress
from typing import Any

from sanic.constants import HTTP_METHODS
from sanic.exceptions import MethodNotAllowed, NotFound
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.router import Router

from app.errors import METHODS
from app.routes.reading import JSON, PATCH_TYPES

_EVERYTHING = "*"
_WORDS = ("/query", "/import")


class Routing(Router):
    """OPTIONS is answered wherever anything is, and for `*`.

    Where one of our words below a collection is not served with a method, it is the document of that id.
    """

    ALLOWED_METHODS = (*HTTP_METHODS, "QUERY")  # type: ignore[arg-type]

    def allowed(self, path: str) -> list[str]:
        """The methods that an address is served for, OPTIONS last; none where there is nothing."""
        found = []
        for method in METHODS:
            with suppress(NotFound, MethodNotAllowed):
                self._served(path, method, None)
                found.append(method)
        return [*found, "OPTIONS"] if found else []

    def _get(self, path: str, method: str, host: str | None) -> Any:
        if method == "OPTIONS":
            return self._options(path)
        return self._served(path, method, host)

    def _served(self, path: str, method: str, host: str | None) -> Any:
        try:
            found = super()._get(path, method, host)
        except MethodNotAllowed as refused:
            if not path.endswith(_WORDS):
                raise
            above, _, word = path.rpartition("/")
            try:
                return super()._get(f"{above}/{_as_id(word)}", method, host)
            except NotFound:
                raise refused from None
        if path.rstrip("/").count("/") > len(found[0].parts):
            return super()._get(self._below_an_id(path), method, host)
        return found

    def _below_an_id(self, path: str) -> str:
        """A path that Sanic took for a shorter one, as it does below our words, with the word as an id.

        Raises: NotFound where there is no word of ours before its end.
        """
        above, word, below = path.rsplit("/", 2)
        if f"/{word}" not in _WORDS:
            raise NotFound(f"there is nothing at {path}")
        return f"{above}/{_as_id(word)}/{below}"

    def _options(self, path: str) -> Any:
        """A route of the address, and a handler that tells its methods. Raises NotFound."""
        allowed = [*METHODS, "OPTIONS"] if path == _EVERYTHING else self.allowed(path)
        if not allowed:
            raise NotFound(f"there is nothing at {path}")
        route = next(iter(self.routes)) if path == _EVERYTHING else self._served(path, allowed[0], None)[0]
        headers = _options_headers(allowed)

        async def told(_: Request) -> HTTPResponse:
            return HTTPResponse(None, 204, headers)

        return route, told, {}


def _options_headers(allowed: list[str]) -> dict[str, str]:
    headers = {"allow": ", ".join(allowed)}
    if "PATCH" in allowed:
        headers["accept-patch"] = ", ".join(PATCH_TYPES)
    if "QUERY" in allowed:
        headers["accept-query"] = JSON
    return headers


def _as_id(word: str) -> str:
    """A word of ours, spelt so that it is none."""
    return f"%{ord(word[0]):x}{word[1:]}"
