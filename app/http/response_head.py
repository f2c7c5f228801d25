"""The head of a response, written in one go: what Sanic does field by field, at a fraction of the time."""

from collections.abc import Mapping
from typing import Final

from sanic.helpers import STATUS_CODES

_STATUS_LINES: Final = {
    status: f"HTTP/1.1 {status} {phrase.decode()}\r\nconnection: "
    for status, phrase in STATUS_CODES.items()
    if status >= 200
}
_BODILESS: Final = frozenset({204, 304})


def write_head(
    status: int,
    fields: Mapping[str, str],
    content_type: str | None,
    length: int | None,
    keep_alive: bool,
    *,
    chunked: bool = True,
) -> bytes | None:
    """The head of a response with a body of `length` bytes, the empty line included.

    length: None where it is not known: the body comes in chunks, or ends with the connection.

    A status that has no body says nothing of one, whatever `length` is.
    Returns None for what Sanic is left to write: a status that is interim or has no name, fields that speak
    of framing themselves, and a field with a line break or NUL in it, which Sanic takes out.
    """
    status_line = _STATUS_LINES.get(status)
    if (
        status_line is None
        or "content-length" in fields
        or "transfer-encoding" in fields
        or "connection" in fields
    ):
        return None
    lines = [f"{name}: {value}" for name, value in fields.items()]
    if status not in _BODILESS:
        if content_type is not None and "content-type" not in fields:
            lines.append(f"content-type: {content_type}")
        if length is not None:
            lines.append(f"content-length: {length}")
        elif chunked:
            lines.append("transfer-encoding: chunked")
    text = "\r\n".join(lines)
    breaks = max(len(lines) - 1, 0)
    if text.count("\n") != breaks or text.count("\r") != breaks or "\0" in text:
        return None
    connection = "keep-alive" if keep_alive else "close"
    end = "\r\n\r\n" if lines else "\r\n"
    return f"{status_line}{connection}\r\n{text}{end}".encode(errors="surrogateescape")
