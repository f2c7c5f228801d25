"""An extent: a collection as the log had it at one position per partition, and how a page of it is asked for.

Commits are read in the order of the unique index on stream and version, so that the history of one document
comes in one piece, and documents come by id. A page is bounded by what it passes over, not by what it finds: a
position long ago is read as steadily as the head. What lies outside is left out by the reader: MongoDB takes
twice as long for a page where it is asked to look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bson.min_key import MinKey

from events.commit import Commit
from events.position import Position, StreamName, Version, beginning, partition_of

NAMES_AFTER = "0"
""" "0" follows "/": streams of collection c lie between "c/" and "c0"."""

ORDER = [("stream", 1), ("version", 1)]
_LAST = Version(2**62)

Bound = list[tuple[str, Any]]


class Place(NamedTuple):
    """Where a page ended: what comes next is behind this version of this stream."""

    stream: StreamName
    version: Version


class Stretch(NamedTuple):
    """A page: the commits of the extent in it, and where it ended; None: there is nothing behind it."""

    commits: list[Commit]
    end: Place | None


@dataclass(frozen=True, slots=True)
class Extent:
    """upto: the last position of each partition, that of partition 0 first.

    floors: partition -> position; commits at or below it do not count, their collection was dropped since.
    below:  streams before this one alone; None: all there are.
    """

    collection: str
    upto: Sequence[Position]
    floors: Mapping[int, int]
    below: StreamName | None = None

    def floor(self, partition: int) -> Position:
        """The position in `partition` after which this collection begins; 0 where it was never dropped."""
        return Position(self.floors.get(partition, 0))

    def bounds(self, after: Place | None) -> tuple[Bound, Bound]:
        """The keys of the index on stream and version to begin with, and to end before."""
        stream, version = (f"{self.collection}/", 0) if after is None else (after.stream, after.version + 1)
        stop = self.below or f"{self.collection}{NAMES_AFTER}"
        return [("stream", stream), ("version", version)], [("stream", stop), ("version", MinKey())]

    def holds(self, position: Position) -> bool:
        """Whether a commit of the collection lies within."""
        part = partition_of(position)
        return self._above(part) < position <= self.upto[part]

    def place_of(self, stored: Mapping[str, Any]) -> Place:
        """Where a page has ended whose last commit is `stored`.

        Behind a commit later than the extent there are later ones only, up to the end of its stream: a reader
        is never kept by a stream that grows as fast as it is read.
        """
        is_later = stored["_id"] > self.upto[partition_of(stored["_id"])]
        return Place(stored["stream"], _LAST if is_later else stored["version"])

    def _above(self, partition: int) -> int:
        return max(beginning(partition), self.floor(partition))


def streams_of(collection: str) -> dict[str, str]:
    """The condition that a stream is of the collection."""
    return {"$gte": f"{collection}/", "$lt": f"{collection}{NAMES_AFTER}"}
