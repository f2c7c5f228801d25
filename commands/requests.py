"""Requests with a key: one effect each, and one answer, however often they are sent.

The key stands in the commit that is the request's effect, under a unique index: so effect and key are one
append. A request whose key stands in the log is answered from that commit, and decided no more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple

from commands.errors import RequestDiffers, RequestUnderWay


class Key(NamedTuple):
    """What makes a request one of a kind. Both are 16 bytes.

    request: of the caller and the idempotency key it chose.
    digest:  of what it asked for with it.
    """

    request: bytes
    digest: bytes

    def part(self, index: int) -> "Key":
        """The key of one command of several that came with this one."""
        return Key(blake2b(self.request + index.to_bytes(4, signed=True), digest_size=16).digest(), self.digest)

    def check(self, digest: bytes | None) -> None:
        """Raises RequestDiffers unless what was asked for with this key is the same."""
        if digest != self.digest:
            raise RequestDiffers


class Requests:
    """The keyed requests that this process has under way."""

    def __init__(self) -> None:
        self._digests: dict[bytes, bytes] = {}

    @contextmanager
    def under_way(self, key: Key) -> Iterator[None]:
        """Raises RequestUnderWay, RequestDiffers while another request has the key.

        Does not know of other processes: there the unique index decides, and whoever comes second is answered
        from the effect of the first.
        """
        if key.request in self._digests:
            key.check(self._digests[key.request])
            raise RequestUnderWay
        self._digests[key.request] = key.digest
        try:
            yield
        finally:
            del self._digests[key.request]
