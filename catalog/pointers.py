"""JSON pointers (RFC 6901)."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote


def pointer(segments: Iterable[str | int]) -> str:
    """The pointer that goes through `segments`; "" when there is none."""
    return "".join(f"/{escaped(segment)}" for segment in segments)


def escaped(segment: str | int) -> str:
    """One segment as it stands in a pointer."""
    return str(segment).replace("~", "~0").replace("/", "~1")


def existing(body: Any, segments: Sequence[str | int]) -> list[str | int]:
    """The longest start of `segments` that leads somewhere in `body`."""
    passed: list[str | int] = []
    for segment in segments:
        try:
            body = body[segment]
        except (KeyError, IndexError, TypeError):
            break
        passed.append(segment)
    return passed


def resolved(root: Any, fragment: str) -> Any:
    """What `fragment` ("#", or "#/$defs/a" percent-encoded) stands for in `root`.

    Raises: LookupError: it leads nowhere, or is no pointer fragment.
    """
    if fragment == "#":
        return root
    if not fragment.startswith("#/"):
        raise LookupError(fragment)
    for segment in unquote(fragment[2:]).split("/"):
        root = _step(root, segment.replace("~1", "/").replace("~0", "~"))
    return root


def _step(value: Any, segment: str) -> Any:
    if isinstance(value, dict):
        return value[segment]
    if isinstance(value, list) and segment.isdecimal() and segment.isascii():
        return value[int(segment)]
    raise LookupError(segment)
