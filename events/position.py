"""Positions: the place of a commit in the log, and the partition it belongs to.

    position = partition * 2**40 + sequence

8192 partitions and 2**40 commits in each stay below 2**53, so every position is a safe JSON number.
Sequences count from 1; sequence 0 is the place before the first commit of a partition.
"""

from typing import NewType
from zlib import crc32

Position = NewType("Position", int)
Version = NewType("Version", int)
StreamName = NewType("StreamName", str)

SEQUENCE_BITS = 40
MOST_PARTITIONS = 8192
NO_STREAM = Version(0)
NOWHERE = Position(0)
"""The place of what is not in the log (yet): no commit ever stands there."""


def position(partition: int, sequence: int) -> Position:
    """The position of the `sequence`-th commit (1, 2, 3…) of `partition` (0-based)."""
    return Position((partition << SEQUENCE_BITS) + sequence)


def partition_of(place: Position) -> int:
    """The partition a position lies in."""
    return place >> SEQUENCE_BITS


def beginning(partition: int) -> Position:
    """The place before the first commit of `partition`: reading after it reads everything."""
    return position(partition, 0)


def end(partition: int) -> Position:
    """The last position that `partition` can ever have."""
    return position(partition + 1, -1)


def stream_name(collection: str, id: str) -> StreamName:
    """The stream of one document."""
    return StreamName(f"{collection}/{id}")


def collection_of(stream: StreamName) -> str:
    """The collection whose document the stream tells of."""
    return stream[: stream.index("/")]


def id_of(stream: StreamName) -> str:
    """The id of the document the stream tells of."""
    return stream[stream.index("/") + 1 :]


def partition_for(stream: StreamName, partitions: int) -> int:
    """The partition a stream belongs to, for ever: CRC-32 of its name modulo `partitions`."""
    return crc32(stream.encode()) % partitions if partitions > 1 else 0
