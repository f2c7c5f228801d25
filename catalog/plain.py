"""Plain JSON: what can be kept exactly, as every declaration must be."""

import math
from collections.abc import Iterator
from typing import Any

from catalog.errors import Problem
from catalog.pointers import escaped

MAX_NESTING = 64


def unfit(value: Any, place: str = "", nesting: int = 0) -> Iterator[Problem]:
    """What in `value` is no JSON, or cannot be kept: in order, each with its pointer below `place`.

    Refused are numbers outside int64 and double, lone surrogates, keys that are not strings, and
    arrays and objects nested deeper than 64.
    """
    match value:
        case dict() | list() if nesting == MAX_NESTING:
            yield Problem(place, f"nested deeper than {MAX_NESTING}")
        case dict():
            for key, member in value.items():
                if not isinstance(key, str) or not _is_text(key):
                    yield Problem(place, "a key is not a Unicode string")
                else:
                    yield from unfit(member, f"{place}/{escaped(key)}", nesting + 1)
        case list():
            for index, member in enumerate(value):
                yield from unfit(member, f"{place}/{index}", nesting + 1)
        case _:
            if reason := _unfit_scalar(value):
                yield Problem(place, reason)


def _unfit_scalar(value: Any) -> str | None:
    match value:
        case None | bool():
            return None
        case str():
            return None if _is_text(value) else "the text holds a lone surrogate"
        case int():
            return None if -(2**63) <= value < 2**63 else "the number is outside int64"
        case float():
            return None if math.isfinite(value) else "the number is not finite"
        case _:
            return f"{type(value).__name__} is no JSON"


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
