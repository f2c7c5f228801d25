"""The state cache: what this process remembers of streams, bounded in number and in weight."""

from collections import OrderedDict
from typing import Generic, TypeVar

from events.position import StreamName

T = TypeVar("T")

MOST_WEIGHT = 64 * 2**20


class StateCache(Generic[T]):
    """Remembers by stream; what was used longest ago goes first."""

    def __init__(self, most: int, most_weight: int = MOST_WEIGHT) -> None:
        """most: streams. most_weight: what they may weigh together, in bytes of JSON."""
        self._most = most
        self._most_weight = most_weight
        self._kept: OrderedDict[StreamName, tuple[T, int]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, stream: StreamName) -> T | None:
        """What was put for the stream last, if it is still there."""
        found = self._kept.get(stream)
        if found is None:
            return None
        self._kept.move_to_end(stream)
        return found[0]

    def put(self, stream: StreamName, remembered: T, weight: int) -> None:
        """Remember this for the stream, in place of what was."""
        _, before = self._kept.pop(stream, (None, 0))
        self._kept[stream] = (remembered, weight)
        self.weight += weight - before
        while self._kept and (len(self._kept) > self._most or self.weight > self._most_weight):
            _, (_, gone) = self._kept.popitem(last=False)
            self.weight -= gone
