"""The head of a response, written in one go: what Sanic does field by field, at a fraction of the time."""

from typing import Final

from sanic.compat import Header
from sanic.helpers import STATUS_CODES

_STATUS_LINES: Final = {
    status: f"HTTP/1.1 {status} {phrase.decode()}" for status, phrase in STATUS_CODES.items() if status >= 200
}
_BODILESS: Final = frozenset({204, 304})
_KEEP: Final = "connection: keep-alive"
_CLOSE: Final = "connection: close"


def write_head(
    status: int, headers: Header, content_type: str | None, length: int, keep_alive: bool
) -> bytes | None:
    """The head of a response with a body of `length` bytes, the empty line included.

    A status that has no body says nothing of one, whatever `length` is.
    Returns None for what Sanic is left to write: a status that is interim or has no name, fields that speak
    of framing themselves, and a field with a line break or NUL in it, which Sanic takes out.
    """
    status_line = _STATUS_LINES.get(status)
    if (
        status_line is None
        or "content-length" in headers
        or "transfer-encoding" in headers
        or "connection" in headers
    ):
        return None
    lines = [status_line, _KEEP if keep_alive else _CLOSE]
    if status not in _BODILESS:
        lines.append(f"content-length: {length}")
        if content_type is not None and "content-type" not in headers:
            lines.append(f"content-type: {content_type}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    text = "\r\n".join(lines)
    breaks = len(lines) - 1
    if text.count("\n") != breaks or text.count("\r") != breaks or "\0" in text:
        return None
    return f"{text}\r\n\r\n".encode(errors="surrogateescape")
