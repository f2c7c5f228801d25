"""Routing: Sanic's, with the method QUERY (RFC 10008), and documents that are called like a word of ours."""

from typing import Any

from sanic.constants import HTTP_METHODS
from sanic.exceptions import MethodNotAllowed, NotFound
from sanic.router import Router

_WORD = "/query"


class Routing(Router):
    """Where `/query` below a collection is not served with a method, it is the document of that id."""

    ALLOWED_METHODS = (*HTTP_METHODS, "QUERY")  # type: ignore[arg-type]

    def _get(self, path: str, method: str, host: str | None) -> Any:
        try:
            return super()._get(path, method, host)
        except MethodNotAllowed as refused:
            if not path.endswith(_WORD):
                raise
            try:
                return super()._get(f"{path.removesuffix(_WORD)}/%71uery", method, host)
            except NotFound:
                raise refused from None
