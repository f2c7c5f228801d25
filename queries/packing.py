"""Packing: the arguments of one question as one argument of a script, in MessagePack, which Redis's Lua reads.

redis-py takes microseconds for every argument of a command, and a page has dozens of them.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from struct import Struct

_ARRAY, _BYTES, _INTEGER = (Struct(layout) for layout in (">BI", ">BI", ">Bq"))
_ARRAY_CODE, _BYTES_CODE, _INTEGER_CODE = 0xDD, 0xDB, 0xD3

Argument = str | bytes | int


def packed(arguments: Sequence[Argument]) -> bytes:
    """An array of strings of bytes and of 64-bit integers."""
    return array(len(arguments), elements(arguments))


def elements(arguments: Iterable[Argument]) -> bytes:
    """Some of the elements of an array."""
    return b"".join([_bytes(each) if type(each) is bytes else _repeated(each) for each in arguments])


def array(count: int, content: bytes) -> bytes:
    """An array of so many elements, which are packed already."""
    return _ARRAY.pack(_ARRAY_CODE, count) + content


def _bytes(content: bytes) -> bytes:
    return _BYTES.pack(_BYTES_CODE, len(content)) + content


@lru_cache(maxsize=4096)
def _repeated(argument: Argument) -> bytes:
    """Keys and small numbers: the same ones in every question."""
    if isinstance(argument, int):
        return _INTEGER.pack(_INTEGER_CODE, argument)
    return _bytes(argument if isinstance(argument, bytes) else argument.encode())
