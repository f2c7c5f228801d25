"""Packing: the arguments of one question as one argument of a script, in MessagePack, which Redis's Lua reads.

redis-py takes microseconds for every argument of a command, and a page has dozens of them.
"""

from collections.abc import Iterable
from struct import Struct

_ARRAY, _BYTES, _INTEGER = (Struct(layout) for layout in (">BI", ">BI", ">Bq"))
_ARRAY_CODE, _BYTES_CODE, _INTEGER_CODE = 0xDD, 0xDB, 0xD3

Argument = str | bytes | int


def packed(arguments: Iterable[Argument]) -> bytes:
    """An array of strings of bytes and of 64-bit integers."""
    parts = [_packed(argument) for argument in arguments]
    return _ARRAY.pack(_ARRAY_CODE, len(parts)) + b"".join(parts)


def _packed(argument: Argument) -> bytes:
    if isinstance(argument, int):
        return _INTEGER.pack(_INTEGER_CODE, argument)
    content = argument if isinstance(argument, bytes) else argument.encode()
    return _BYTES.pack(_BYTES_CODE, len(content)) + content
