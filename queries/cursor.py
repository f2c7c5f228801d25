"""Cursors: where the next page begins, sealed so that nobody can make one up or carry it to another query."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b

from queries.errors import QueryInvalid

SEAL_BYTES = 16


class Cursors:
    """Seals places in an order. Cursors do not expire; all processes of a deployment share the key."""

    def __init__(self, key: bytes) -> None:
        """key: the deployment's key; a key of our own is derived from it."""
        own = blake2b(b"foldbase cursor", key=blake2b(key).digest()).digest()
        self._unsealed = blake2b(digest_size=SEAL_BYTES, key=own)

    def seal(self, query: str, place: bytes) -> str:
        """A cursor for `place`, good for `query` only."""
        return urlsafe_b64encode(self._seal(query, place) + place).rstrip(b"=").decode()

    def open(self, query: str, cursor: str) -> bytes:
        """The place a cursor stands for. Raises QueryInvalid for any other than one sealed for `query`."""
        try:
            sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (Error, ValueError):
            sealed = b""
        place = sealed[SEAL_BYTES:]
        if not hmac.compare_digest(self.seal(query, place).encode(), cursor.encode(errors="replace")):
            raise QueryInvalid("cursor", "was changed, or belongs to another query; begin again without it")
        return place

    def _seal(self, query: str, place: bytes) -> bytes:
        sealing = self._unsealed.copy()
        sealing.update(len(query).to_bytes(4) + query.encode() + place)
        return sealing.digest()
