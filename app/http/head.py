"""The head of a request, read strictly: what two parsers could understand in two ways is refused."""

import re
import string
from collections.abc import Collection
from typing import Final, NamedTuple, Self

from sanic.compat import Header
from sanic.exceptions import BadRequest

from app.http.refusals import VersionNotSupported

_COMMON_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]++")
_OTHER_VERSION: Final = re.compile(r"HTTP/[0-9]\.[0-9]")
_ABSOLUTE: Final = re.compile(r"https?+://([^/?#]++)(/.*+)", re.IGNORECASE)
_TOKEN_BYTES: Final = b"!#$%&'*+-.^_`|~" + (string.digits + string.ascii_letters).encode()
_FIELD_BYTES: Final = bytes([9, *range(32, 127), *range(128, 256)])
_HOST: Final = re.compile(
    r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]++|\[[0-9A-Za-z:.%_~-]++\])(?::[0-9]{1,5})?+",
)
_LENGTH: Final = re.compile(r"[0-9]{1,15}")
_SINGLE: Final = ("Authorization", "Content-Type", "Expect", "Origin")
"""Fields of which two would leave open which one counts, besides Host and those of the framing."""


def read_request_line(line: bytes) -> tuple[str, str, str, str]:
    """Method, target in origin form, HTTP version ("1.1" or "1.0") and authority ("" in origin form).

    The method is any token: whether it exists is the router's business. `*` is a target of OPTIONS only.
    Raises: BadRequest, VersionNotSupported.
    """
    try:
        text = str(line, "ascii")
        method, target, version = text.split(" ")
    except ValueError:
        raise BadRequest("The request line is malformed") from None
    if not text.isprintable() or (method not in _COMMON_METHODS and not _TOKEN.fullmatch(method)):
        raise BadRequest("The request line is malformed")
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        _refuse_version(method, version)
    authority = ""
    if target[:1] != "/" and (target != "*" or method != "OPTIONS"):
        authority, target = _split_absolute(target)
    if target[:2] == "//":
        raise BadRequest("The request target begins with two slashes; leave one out")
    if "#" in target:
        raise BadRequest("The request target has a fragment")
    return method, target, version[5:], authority


def _refuse_version(method: str, version: str) -> None:
    if method != "PRI" and _OTHER_VERSION.fullmatch(version):
        raise VersionNotSupported("HTTP/1.1 is spoken here")
    raise BadRequest("The request line is malformed")


def _split_absolute(target: str) -> tuple[str, str]:
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        raise BadRequest("The request target is not a path")
    return absolute[1], absolute[2]


class Fields(NamedTuple):
    """The header fields of one request, and what they say about its framing and its connection."""

    headers: Header
    host: str | None
    length: int
    """Content-Length, 0 where none is declared."""
    chunked: bool
    connection: Collection[str]
    """The options of Connection, in lower case."""
    expects: str | None

    @classmethod
    def read(cls, block: bytes) -> Self:
        """Read `block`, in which CR LF stands before every field and after none.

        Raises:   BadRequest for a name that is no token, a line that continues another, a control
                  character, a Host that is no host or stands twice, a length that is not 1 to 15 digits
                  or stands twice, a length beside a coding, any coding but exactly `chunked`, and two of
                  Authorization, Content-Type, Expect or Origin.
        Promises: values are stripped of white space around them and hold no control character and no
                  lone surrogate.
        """
        pairs = _pairs(block)
        headers = Header(pairs)
        if len({name for name, _ in pairs}) < len(pairs):
            _check_single(headers)
        return cls(
            headers=headers,
            host=_host(headers),
            length=_length(headers),
            chunked=_chunked(headers),
            connection=_options(headers),
            expects=headers.getone("expect", None),
        )

    def keeps_alive(self, version: str) -> bool:
        """Whether the connection outlives a request of HTTP `version` with these fields (RFC 9112, 9.3)."""
        if version == "1.0":
            return "keep-alive" in self.connection and "close" not in self.connection
        return "close" not in self.connection

    def check_target(self, version: str, authority: str) -> None:
        """Refuse a request of HTTP/1.1 without Host, and one whose target names another host than Host."""
        if self.host is None and version == "1.1":
            raise BadRequest("The Host header is missing")
        if authority and authority.lower() != (self.host or authority).lower():
            raise BadRequest("The request target and the Host header differ")
        if self.chunked and version == "1.0":
            raise BadRequest("HTTP/1.0 has no Transfer-Encoding")


def _pairs(block: bytes) -> list[tuple[str, str]]:
    before, *lines = block.decode(errors="replace").split("\r\n")
    split = [line.partition(":") for line in lines]
    names = "".join([name for name, _, _ in split]).encode()
    if (
        before
        or block.translate(None, _FIELD_BYTES) != b"\r\n" * len(lines)
        or names.translate(None, _TOKEN_BYTES)
        or not all(name and colon for name, colon, _ in split)
    ):
        raise BadRequest("A header field is malformed")
    return [(name.lower(), value.strip(" \t")) for name, _, value in split]


def _check_single(headers: Header) -> None:
    for name in _SINGLE:
        if len(headers.getall(name.lower(), ())) > 1:
            raise BadRequest(f"There is more than one {name} header")


def _host(headers: Header) -> str | None:
    hosts = headers.getall("host", [])
    if len(hosts) > 1:
        raise BadRequest("There is more than one Host header")
    if hosts and not _HOST.fullmatch(hosts[0]):
        raise BadRequest("The Host header is malformed")
    return hosts[0] if hosts else None


def _length(headers: Header) -> int:
    lengths = headers.getall("content-length", ["0"])
    if len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0]):
        raise BadRequest("The Content-Length header is malformed")
    return int(lengths[0])


def _chunked(headers: Header) -> bool:
    codings = headers.getall("transfer-encoding", [])
    if not codings:
        return False
    if codings != ["chunked"]:
        raise BadRequest("The only Transfer-Encoding is chunked")
    if "content-length" in headers:
        raise BadRequest("Content-Length and Transfer-Encoding exclude each other")
    return True


def _options(headers: Header) -> Collection[str]:
    lists = headers.getall("connection", [])
    return [option.strip(" \t").lower() for listed in lists for option in listed.split(",")]
