"""Nonces: by them an appender tells its own commits from those of others, where an answer was lost."""

import os
from itertools import count

NONCE_BYTES = 8


class Nonces:
    """Counts from a random start: no two of one process are the same, and of two processes hardly ever."""

    def __init__(self) -> None:
        self._numbers = count(int.from_bytes(os.urandom(NONCE_BYTES)))

    def next(self) -> bytes:
        """8 bytes, given out once."""
        number: int = next(self._numbers) % 2**64
        return number.to_bytes(NONCE_BYTES)
