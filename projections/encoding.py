"""The encoding of values: bytes that sort as the values do, one after the other, in either direction.

    kind (1 byte) · numbers: nearest double, made sortable (8), what it differs by (2) · strings: UTF-8, ended

No encoding is the beginning of another one, so several in a row sort by the first, then by the second, and so
on. Kinds sort as they stand below. Descending, every byte is turned over (255 - b).
"""

from collections.abc import Callable
from struct import Struct
from types import NoneType
from typing import Any

from projections.paths import Missing

_MISSING, _EMPTY, _NULL, _FALSE, _TRUE, _NUMBER, _STRING, _OPAQUE = (
    bytes([kind]) for kind in range(0x10, 0x50, 0x08)
)

OPAQUE = _OPAQUE
"""Objects, and arrays within arrays: they exist, and all are equal."""

_DOUBLE, _BITS, _SORTABLE = Struct(">d"), Struct(">Q"), Struct(">BQH")
_SIGN, _ALL = 1 << 63, (1 << 64) - 1
_NO_DIFFERENCE = 0x8000
_END = b"\0\x01"
_TURNED_OVER = bytes(range(255, -1, -1))


def encode(value: Any, *, descending: bool = False) -> bytes:
    """One value: JSON with numbers within int64 and double, or MISSING. 1 and 1.0 are one, 0.0 and -0.0 too.

    An array is taken as a whole: the empty one has a kind of its own, any other is opaque.
    """
    encoded = _ENCODERS[type(value)](value)
    return turned_over(encoded) if descending else encoded


def encode_start(text: str, *, descending: bool = False) -> bytes:
    """What the encodings of all strings that begin with `text` begin with, and no others."""
    start = _STRING + text.encode().replace(b"\0", b"\0\xff")
    return turned_over(start) if descending else start


def beyond(start: bytes) -> bytes:
    """Greater than all that begins with `start` (encodings, or `encode_start`), less than all else after it."""
    return start + b"\xff\xff"


def turned_over(encoded: bytes) -> bytes:
    """The same value in the other direction."""
    return encoded.translate(_TURNED_OVER)


def split(encoded: bytes) -> list[bytes]:
    """Encodings that stand one after the other, of either direction, each by itself."""
    found = []
    while encoded:
        end = _length(encoded)
        found.append(encoded[:end])
        encoded = encoded[end:]
    return found


def first(encoded: bytes, count: int) -> bytes:
    """The first `count` of encodings that stand one after the other, whatever comes behind them."""
    end = 0
    for _ in range(count):
        end += _length(encoded[end:])
    return encoded[:end]


BEHIND = f"""
-- Where the encoding that begins at `at`, in either direction, is behind us.
local function behind(encoded, at)
  local kind = string.byte(encoded, at)
  if kind == {_NUMBER[0]} or kind == {255 - _NUMBER[0]} then return at + {_SORTABLE.size} end
  local ending = kind == {_STRING[0]} and '\\0\\1' or kind == {255 - _STRING[0]} and '\\255\\254'
  return ending and string.find(encoded, ending, at + 1, true) + 2 or at + 1
end
"""
"""The same for scripts, one encoding after the other."""


def _length(encoded: bytes) -> int:
    """How long the first of encodings is."""
    kind = encoded[:1]
    if kind in (_NUMBER, turned_over(_NUMBER)):
        return _SORTABLE.size
    end = _END if kind == _STRING else turned_over(_END)
    return encoded.index(end) + len(end) if kind in (_STRING, turned_over(_STRING)) else 1


def _number(value: float) -> bytes:
    nearest = float(value) + 0.0
    difference = value - int(nearest) if type(value) is int else 0
    [bits] = _BITS.unpack(_DOUBLE.pack(nearest))
    sortable = bits ^ _ALL if bits & _SIGN else bits | _SIGN
    return _SORTABLE.pack(_NUMBER[0], sortable, _NO_DIFFERENCE + difference)


def _string(value: str) -> bytes:
    return _STRING + value.encode().replace(b"\0", b"\0\xff") + _END


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    Missing: lambda value: _MISSING,
    NoneType: lambda value: _NULL,
    bool: lambda value: _TRUE if value else _FALSE,
    int: _number,
    float: _number,
    str: _string,
    list: lambda value: _OPAQUE if value else _EMPTY,
    dict: lambda value: _OPAQUE,
}
