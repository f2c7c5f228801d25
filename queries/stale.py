"""Stale documents on a page: a parked one is told by the bytes that it ends with; nothing is parsed."""

from collections.abc import Iterable

from events.position import Position, Version, partition_of
from projections.row import Row

_QUOTE = ord('"')


def stale_since(bodies: Iterable[bytes]) -> list[Position]:
    """Since when documents among `bodies` are stale: of each partition the earliest such position, in order.

    bodies: as they are answered, whole or with some fields alone.
    """
    parked = [body for body in bodies if body[-3] != _QUOTE]
    if not parked:
        return []
    earliest: dict[int, Position] = {}
    for body in parked:
        position = Row(Version(0), body).stale_since
        if position is not None:
            partition = partition_of(position)
            earliest[partition] = min(position, earliest.get(partition, position))
    return sorted(earliest.values())
