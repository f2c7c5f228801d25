"""Groups: the column and the key that a document gets from a field that a view groups by."""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from catalog.declared import Group
from events.document import Present
from projections.encoding import encode
from projections.paths import reader
from projections.views.buckets import bucket_of
from projections.views.values import shown

MOST_REMEMBERED = 20_000

Naming = Callable[[Any], Any]


class Column(NamedTuple):
    """One field of a group. `json` is `"name":value`; keys sort as the values do."""

    key: bytes
    json: bytes


class GroupField:
    """Tells the column of a document; remembers the columns of texts, since few documents bring a new one."""

    def __init__(self, group: Group) -> None:
        self._read = reader(group.path)
        self._name = orjson.dumps(group.name)
        self._naming = _naming(group)
        self._texts: dict[str, Column] = {}

    def column(self, id: str, document: Present) -> Column:
        """A missing field, an object and an array group under null, as what is in no bucket does."""
        value = self._read(id, document)
        if type(value) is not str:
            return self._column(value)
        found = self._texts.get(value)
        if found is None:
            found = self._column(value)
            if len(self._texts) >= MOST_REMEMBERED:
                self._texts.clear()
            self._texts[value] = found
        return found

    def _column(self, value: Any) -> Column:
        named = self._naming(value)
        return Column(encode(named), self._name + b":" + orjson.dumps(named))


def _naming(group: Group) -> Naming:
    if group.bucket is None or group.time_zone is None:
        return shown
    bucket = bucket_of(group.bucket, group.time_zone)
    return lambda value: bucket(value) if type(value) is str else None
