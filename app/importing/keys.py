"""Keys of lines: one for each line of an import that came with an Idempotency-Key."""

from hashlib import blake2b

from commands.requests import Key

_BYTES = 16


class LineKeys:
    """Derives the keys: a line sent again, in the same place of the same import, is the same request."""

    def __init__(self, actor: str, chosen: str, asked: str) -> None:
        """chosen: the key of the import, its caller's own. asked: what is asked for with every line."""
        caller = f"{actor}\0{chosen}\0".encode()
        self._request = blake2b(caller, digest_size=_BYTES, person=b"line of import")
        self._digest = blake2b(asked.encode(errors="surrogateescape"), digest_size=_BYTES)

    def of(self, number: int, text: bytes) -> Key:
        """The key of a line."""
        request, digest = self._request.copy(), self._digest.copy()
        request.update(b"%d" % number)
        digest.update(text)
        return Key(request.digest(), digest.digest())
