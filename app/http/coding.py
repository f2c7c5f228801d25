"""Content codings: large answers are compressed with zstd or gzip where the client takes it (RFC 9110, 12.5.3).

A coded body is another representation, so a strong entity tag names its coding: `"3"` becomes `"3-gzip"`. Both
are good in If-Match and If-None-Match, where `reading` looks past the coding: the version is the same.
"""

import asyncio
import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

import zstandard
from sanic.compat import Header

LEAST: Final = 1500
"""Bytes from which on a body is worth the while: less fits one packet as it is."""

INLINE: Final = 64 * 1024
"""Bytes that are compressed at once, in less than a millisecond; more of them are given to a thread."""

ACCEPT: Final = "accept-encoding"

_GZIP_LEVEL: Final = 4
_GZIP_WINDOW: Final = 31
_ZSTD_LEVEL: Final = 3
_ACCEPTED: Final = re.compile(
    r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)\s*(?:;\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


class Compressor(Protocol):
    """What zlib and zstandard give to compress a stream."""

    def compress(self, data: bytes, /) -> bytes:
        """What there is to send after `data`, possibly nothing yet."""

    def flush(self) -> bytes:
        """The rest."""


class Coding(NamedTuple):
    """A content coding. `begin` makes a compressor for one body."""

    name: str
    begin: Callable[[], Compressor]

    async def coded(self, body: bytes) -> bytes:
        """A whole body."""
        if len(body) <= INLINE:
            return self._coded(body)
        return await asyncio.to_thread(self._coded, body)

    def _coded(self, body: bytes) -> bytes:
        compressor = self.begin()
        return compressor.compress(body) + compressor.flush()

    def mark(self, headers: Any) -> None:
        """Say in the headers of an answer that its body is coded so."""
        headers["content-encoding"] = self.name
        if (tag := headers.get("etag", "")).startswith('"'):
            headers["etag"] = f'{tag[:-1]}-{self.name}"'


ZSTD: Final = Coding("zstd", lambda: zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj())
GZIP: Final = Coding("gzip", lambda: zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_WINDOW))


def coding_for(headers: Header) -> Coding | None:
    """The coding that a request's headers like best; None where the body is to stay as it is."""
    return _preferred(", ".join(headers.getall(ACCEPT, ())))


@lru_cache(maxsize=256)
def _preferred(accepted: str) -> Coding | None:
    """As Accept-Encoding weighs them; zstd where it does not matter. What can not be read is passed over.

    A body that stays as it is always remains possible: a client that refuses even that gets it all the same.
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        if read := _ACCEPTED.fullmatch(part):
            weights[read[1].removeprefix("x-")] = float(read[2] or 1)
    others = weights.get("*", 0.0)
    best = max((ZSTD, GZIP), key=lambda coding: weights.get(coding.name, others))
    weight = weights.get(best.name, others)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None
