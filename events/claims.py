"""Claims on their way: the unique values that a batch takes and releases, in as few steps as keep its order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from events.batch import Ready
from events.commit import JsonObject
from events.position import Position, StreamName


class Holding(NamedTuple):
    """A claim, the stream that holds it, and the position of the commit that took it."""

    claim: str
    stream: StreamName
    at: Position


@dataclass(slots=True)
class Step:
    """Claims that can move at once: first all that are released, then all that are taken.

    deletes: as MongoDB's command wants them; a claim is released by its owner only.
    taken:   the documents of the claims.
    takers:  for each of them, the place in the batch of the commit that takes it.
    """

    deletes: list[JsonObject] = field(default_factory=list)
    taken: list[JsonObject] = field(default_factory=list)
    takers: list[int] = field(default_factory=list)


def steps(batch: Sequence[Ready], places: Sequence[Position]) -> Iterator[Step]:
    """What the batch, whose commits are to stand at `places`, does to claims.

    A claim that is released after somebody wanted it earlier in the batch begins a new step.
    """
    step = Step()
    wanted: set[str] = set()
    for index, (ready, place) in enumerate(zip(batch, places, strict=True)):
        new = ready.new
        if not wanted.isdisjoint(new.released):
            yield step
            step = Step()
            wanted.clear()
        if new.released:
            owned = {"_id": {"$in": list(new.released)}, "stream": new.stream}
            step.deletes.append({"q": owned, "limit": 0})
        for claim in new.taken:
            step.taken.append({"_id": claim, "stream": new.stream, "at": place})
            step.takers.append(index)
        wanted.update(new.taken)
    yield step
