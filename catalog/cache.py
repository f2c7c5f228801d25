"""The collections a process knows, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from catalog.collection import Collection
from catalog.declared import Declared
from catalog.errors import DeclarationInvalid

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    change: int
    floors: Mapping[int, int]
    is_readable: bool


class Cache:
    """The newest record seen of each collection. `live` holds what is declared now, by name."""

    def __init__(self) -> None:
        self.live: dict[str, Declared] = {}
        self._known: dict[str, _Known] = {}

    def admit(self, record: Collection) -> bool:
        """Take `record` in; False when it, or a newer one of the same name, was taken in before."""
        known = self._known.get(record.id)
        if known is not None and known.change >= record.change:
            return False
        declared, is_readable = _readable(record)
        floors = {int(partition): position for partition, position in record.floors.items()}
        self._known[record.id] = _Known(record.change, floors, is_readable)
        if declared is None:
            self.live.pop(record.id, None)
        else:
            self.live[record.id] = declared
        return True

    def forget(self) -> set[str]:
        """Know nothing any more; the names that were declared."""
        names = set(self.live)
        self.live.clear()
        self._known.clear()
        return names

    def floor(self, name: str, partition: int) -> int:
        """The position up to which documents of `name` were dropped; 0 where none was."""
        known = self._known.get(name)
        return 0 if known is None else known.floors.get(partition, 0)

    def is_unreadable(self, name: str) -> bool:
        """Whether `name` is declared in a way this version does not know."""
        known = self._known.get(name)
        return known is not None and not known.is_readable


def _readable(record: Collection) -> tuple[Declared | None, bool]:
    try:
        return record.declared(), True
    except DeclarationInvalid as invalid:
        _log.error("declaration not understood", collection=record.id, problems=str(invalid))
        return None, False
