"""An answer that is known whole: Sanic's response, with a table of its headers only where one is asked for."""

from collections.abc import Mapping

from sanic.compat import Header
from sanic.response import HTTPResponse


class Answer(HTTPResponse):
    """`fields`: header fields by names in small letters, none of them of framing or the content type."""

    __slots__ = ("_fields", "_table")

    def __init__(self, body: bytes, status: int, fields: Mapping[str, str], media: str | None = None) -> None:
        # Sanic's own would make two tables of headers
        self.asgi = False
        self.body = body
        self.content_type = media
        self.status = status
        self.stream = None
        self._cookies = None
        self._fields = fields
        self._table: Header | None = None

    @property
    def headers(self) -> Header:  # type: ignore[override]
        """The fields, to be changed at will."""
        if self._table is None:
            self._table = Header(self._fields)
        return self._table

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields as they are to be sent, to be read only."""
        return self._fields if self._table is None else self._table
