"""Strict JSON for request bodies: orjson reads, and what it lets pass is refused here."""

import re
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson

from events.errors import FoldbaseError

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

_KEY_END: Final = re.compile(rb'"[ \t\r\n]*+:')
_TOKEN: Final = re.compile(
    rb'(?P<key>"(?:[^"\\]++|\\.)*+"(?=[ \t\r\n]*+:))'
    rb'|"(?:[^"\\]++|\\.)*+"'
    rb"|(?P<opening>\{)|(?P<closing>\})"
    rb"|(?P<integer>-?+[0-9]++(?![.eE]))"
    rb"|[-0-9.eE]++",
    re.DOTALL,
)
_INT64_BOUND: Final = 2.0**63
_LONGEST_INT64: Final = len(b"-9223372036854775808")
_SHOWN_OF_A_KEY: Final = 60


@dataclass(eq=False)
class JsonInvalid(FoldbaseError):
    """A body that is not the JSON foldbase takes. `offset` counts bytes from 0, None where unknown."""

    reason: str
    offset: int | None = None

    def __str__(self) -> str:
        return self.reason if self.offset is None else f"{self.reason} (at byte {self.offset})"


def parse(body: bytes) -> JsonValue:
    """The value that `body` holds.

    Raises:   JsonInvalid for anything but one RFC 8259 text in UTF-8; for a key that stands twice in an
              object, an integer outside int64, a number too big for a double, a lone surrogate, a byte
              order mark; and for nesting over 1024 (a bound of safety: what a document may nest is
              decided elsewhere).
    Promises: time linear in the body; no recursion; int and float are told apart as written.
    """
    try:
        value: JsonValue = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _invalid(body, error) from None
    keys, wide = _survey(value)
    if wide or (body.count(b":") != keys and len(_KEY_END.findall(body)) != keys):
        _scan(body)
    return value


def _survey(value: JsonValue) -> tuple[int, bool]:
    """How many keys `value` holds at all depths, and whether a number of it may lie outside int64.

    The text of a body has at least as many `":` as it has keys: where their number is the number of
    keys that came out of it, no key was lost to another of the same name.
    """
    keys = 0
    wide = False
    containers: list[Any] = [[value]]
    for container in containers:
        items = container
        if type(container) is dict:
            keys += len(container)
            items = container.values()
        for item in items:
            kind = type(item)
            if kind is str:
                continue
            if kind is dict or kind is list:
                containers.append(item)
            elif (kind is int or kind is float) and not -_INT64_BOUND < item < _INT64_BOUND:
                wide = True
    return keys, wide


def _scan(body: bytes) -> None:
    """Go through the tokens of `body`, which orjson took, for what it took too readily."""
    objects: list[set[bytes]] = []
    for token in _TOKEN.finditer(body):
        match token.lastgroup:
            case "key":
                _remember(token, objects[-1])
            case "opening":
                objects.append(set())
            case "closing":
                objects.pop()
            case "integer":
                _check_integer(token)


def _remember(token: re.Match[bytes], names: set[bytes]) -> None:
    name = token.group()
    if b"\\" in name:
        name = orjson.dumps(orjson.loads(name))
    if name in names:
        shown = orjson.loads(name)[:_SHOWN_OF_A_KEY]
        raise JsonInvalid(f"the key {shown!r} stands twice in one object", token.start())
    names.add(name)


def _check_integer(token: re.Match[bytes]) -> None:
    digits = token.group()
    if len(digits) > _LONGEST_INT64 or not -_INT64_BOUND <= int(digits) < _INT64_BOUND:
        raise JsonInvalid("an integer lies outside int64", token.start())


def _invalid(body: bytes, error: orjson.JSONDecodeError) -> JsonInvalid:
    try:
        text = body.decode()
    except UnicodeDecodeError as broken:
        return JsonInvalid("the body is not valid UTF-8", broken.start)
    if not text.strip(" \t\r\n"):
        return JsonInvalid("the body is empty")
    return JsonInvalid(error.msg, len(text[: error.pos].encode()))
