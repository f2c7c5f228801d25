"""Equality of JSON values, RFC 6902 section 4.6."""

from typing import Any


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: 1 equals 1.0, true equals only true, and order of names is nothing.

    Any depth will do: it does not recurse.
    """
    pairs: list[tuple[Any, Any]] = [(one, other)]
    for left, right in pairs:
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return False
            pairs += [(left[name], right[name]) for name in left]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            pairs += zip(left, right, strict=True)
        elif isinstance(left, bool) or isinstance(right, bool):
            if left is not right:
                return False
        elif left != right:
            return False
    return True
