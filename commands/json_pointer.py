"""JSON Pointer, RFC 6901: the names of places in a JSON value."""

import re

from commands.errors import PatchInvalid

Pointer = tuple[str, ...]

_ESCAPED = re.compile(r"(?:[^~]|~[01])*", re.DOTALL)


def read_pointer(text: object) -> Pointer:
    """The reference tokens of a pointer, unescaped; () is the whole value. Raises PatchInvalid."""
    if not isinstance(text, str):
        raise PatchInvalid("a JSON pointer is a string")
    if text and not text.startswith("/"):
        raise PatchInvalid(f"the JSON pointer {text[:80]!r} must be empty or begin with /")
    if not _ESCAPED.fullmatch(text):
        raise PatchInvalid(f"in the JSON pointer {text[:80]!r} a ~ must be written ~0")
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in text.split("/")[1:])


def write_pointer(pointer: Pointer) -> str:
    """The pointer as text."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in pointer)
