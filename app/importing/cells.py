"""CSV cells: texts that become JSON values by what the collection's schema says of their column."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson

from app.http.json import JsonValue
from app.importing.errors import RecordInvalid

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "false": False, "TRUE": True, "FALSE": False, "True": True, "False": False}

LONGEST_INTEGER = 18
REMEMBERED = 65_536  # columns repeat themselves

Convert = Callable[[str], JsonValue]


class Cells:
    """Types the cells of one import. A text that does not fit its type stays a text: the schema will say so."""

    def __init__(self, schema: Any, absent: Sequence[str] = ()) -> None:
        """schema: the collection's, or None. absent: texts that mean no value, besides the empty one."""
        properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
        self._properties = properties if isinstance(properties, dict) else {}
        self._absent = frozenset(("", *absent))

    def reader(self, header: Sequence[str]) -> "Callable[[Sequence[str]], JsonValue | RecordInvalid]":
        """What turns rows of texts under these names into objects."""
        columns = [(name, self._convert(name)) for name in header]
        width, absent = len(header), self._absent

        def read(row: Sequence[str]) -> "JsonValue | RecordInvalid":
            if len(row) != width:
                return RecordInvalid(f"has {len(row)} cells under {width} names")
            return {
                name: text if convert is None else convert(text)
                for (name, convert), text in zip(columns, row, strict=True)
                if text not in absent
            }

        return read

    def _convert(self, name: str) -> Convert | None:
        declared = self._properties.get(name)
        kinds = declared.get("type") if isinstance(declared, dict) else None
        kinds = [kinds] if isinstance(kinds, str) else kinds or []
        for kind, convert in _BY_TYPE.items():
            if kind in kinds:
                return convert
        return None


@lru_cache(maxsize=REMEMBERED)
def _number(text: str) -> JsonValue:
    """A number as JSON would have it: whole where it is written so, else the nearest double."""
    if len(text) < LONGEST_INTEGER and text.isdecimal() and text.isascii():
        return int(text)
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    return number if isfinite(number) else text


def _boolean(text: str) -> JsonValue:
    return _BOOLEANS.get(text, text)


def _json(text: str) -> JsonValue:
    try:
        value: JsonValue = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value


_BY_TYPE: dict[str, Convert] = {
    "integer": _number,
    "number": _number,
    "boolean": _boolean,
    "object": _json,
    "array": _json,
}
