"""Keys of lines: one for each line of an import that came with an Idempotency-Key."""

from hashlib import blake2b

from commands.requests import Key

MOST_LINE = 10**11
"""The largest number that a line can have."""

_IMPORT_BYTES, _LINE_BYTES, _DIGEST_BYTES = 11, 5, 16


class LineKeys:
    """Derives the keys: a line sent again, in the same place of the same import, is the same request.

    Keys of one import follow each other, so that they go into their index at one place: keys without any order
    cost MongoDB more than all else that it does with a line.
    """

    def __init__(self, actor: str, chosen: str, asked: str) -> None:
        """chosen: the key of the import, its caller's own. asked: what is asked for with every line."""
        caller = f"{actor}\0{chosen}".encode()
        self._import = blake2b(caller, digest_size=_IMPORT_BYTES, person=b"import").digest()
        self._asked = blake2b(asked.encode(errors="surrogateescape"), digest_size=_DIGEST_BYTES)

    def of(self, number: int, text: bytes) -> Key:
        """The key of a line."""
        digest = self._asked.copy()
        digest.update(text)
        return Key(self.request(number), digest.digest())

    def request(self, number: int) -> bytes:
        """The part of a key that names the line, and is in the order of lines."""
        return self._import + number.to_bytes(_LINE_BYTES, "big")
