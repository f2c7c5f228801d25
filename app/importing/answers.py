"""Answers to lines, as lines: what became of each, and at the end of all."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from commands.writing import Written
from events.document import CREATED
from events.effects import Effect
from events.position import Position, Version, id_of, partition_of


class Stored(NamedTuple):
    """The document of a line is there. created: by the line. changed: it was not just like that before."""

    id: str
    version: Version
    position: Position
    created: bool
    changed: bool


def stored_now(written: Written) -> Stored:
    """What a line has just led to."""
    document = written.document
    return Stored(written.id, document.version, document.position, written.created, written.changed)


def stored_before(effect: Effect) -> Stored:
    """What a line led to when it was sent before. effect: with events."""
    created = effect.first == CREATED
    return Stored(id_of(effect.stream), effect.version, effect.position, created, changed=True)


class Answers:
    """Writes the answers of one import, and counts what they say.

    minimal: lines that went in, or were skipped, have none.
    """

    def __init__(self, *, minimal: bool) -> None:
        self._minimal = minimal
        self._counts = {"lines": 0, "written": 0, "unchanged": 0, "skipped": 0, "refused": 0}
        self._reached: dict[int, Position] = {}

    def stored(self, line: int, stored: Stored) -> bytes:
        """The document of the line is there: created, replaced, or just like that before."""
        self._count("written" if stored.changed else "unchanged")
        place = stored.position
        partition = partition_of(place)
        if place > self._reached.get(partition, 0):
            self._reached[partition] = place
        if self._minimal:
            return b""
        return b'{"line":%d,"status":%d,"id":"%b","version":%d,"position":%d}\n' % (
            line,
            201 if stored.created else 200,
            stored.id.encode(),
            stored.version,
            place,
        )

    def skipped(self, line: int, id: str | None) -> bytes:
        """There is a document of that id, and it is left alone."""
        self._count("skipped")
        if self._minimal:
            return b""
        return _written({"line": line, "status": 200, "id": id, "skipped": True})

    def refused(self, line: int, problem: Mapping[str, Any]) -> bytes:
        """The line did not go in, or nobody knows."""
        self._count("refused")
        return _written({"line": line, "status": problem["status"], "problem": problem})

    def summary(self, problem: Mapping[str, Any] | None) -> bytes:
        """The last line. problem: why it is the last before the end of the body; None: it is the end."""
        told: dict[str, Any] = dict(self._counts)
        if self._reached:
            told["fold_after"] = ",".join(str(place) for _, place in sorted(self._reached.items()))
        if problem is not None:
            told["problem"] = problem
        return _written(told)

    def _count(self, what: str) -> None:
        self._counts["lines"] += 1
        self._counts[what] += 1


def _written(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
