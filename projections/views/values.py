"""Values as views tell them apart and show them: 1 is 1.0, and is shown as 1 whichever came first."""

from struct import Struct
from typing import Any, TypeAlias

from projections.encoding import encode

Scalar: TypeAlias = str | int | float | bool | None
"""A JSON value that is no array and no object."""

SCALARS = frozenset((str, int, float, bool, type(None)))
_BEYOND_INTEGERS = 2.0**63
_NUMBER = Struct(">QH")
_DOUBLE, _BITS = Struct(">d"), Struct(">Q")
_SIGN, _ALL = 1 << 63, (1 << 64) - 1
_NO_DIFFERENCE = 0x8000
_PLAIN: dict[bytes, Scalar] = {encode(value): value for value in (None, False, True)}
_STRING = encode("")[:1]


def shown(value: Any) -> Scalar:
    """The one form of a scalar: whole numbers within 64 bits plainly. What is no scalar is null."""
    kind = type(value)
    if kind is float and value.is_integer() and -_BEYOND_INTEGERS <= value < _BEYOND_INTEGERS:
        return int(value)
    return value if kind in SCALARS else None


def decode(encoded: bytes) -> Scalar:
    """The scalar, as it is shown, that `encode` made this of."""
    if encoded in _PLAIN:
        return _PLAIN[encoded]
    if encoded[:1] == _STRING:
        return encoded[1:-2].replace(b"\0\xff", b"\0").decode()
    sortable, difference = _NUMBER.unpack_from(encoded, 1)
    bits = sortable ^ _SIGN if sortable & _SIGN else sortable ^ _ALL
    [nearest] = _DOUBLE.unpack(_BITS.pack(bits))
    return shown(nearest) if difference == _NO_DIFFERENCE else int(nearest) + difference - _NO_DIFFERENCE
