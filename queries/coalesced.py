"""Coalesced reads: all gets asked for in one tick of the event loop go to Redis as one command."""

import asyncio
from functools import partial
from typing import Any, NamedTuple

from events.errors import FoldbaseError
from projections.row import Row, read_row
from queries.errors import ProjectionsAbsent
from queries.lane import Lane
from queries.scripts import GET
from queries.standing import Standing, read_told

MOST_IN_ONE = 500

Askers = dict[str, list["asyncio.Future[Served]"]]
Asked = dict[str, Askers]


class Served(NamedTuple):
    """A row, None where there is none, and where the projections stood when it was read."""

    row: Row | None
    standing: Standing


class CoalescedReads:
    """Reads rows by id, many with one command."""

    def __init__(self, redis: Any, prefix: str, log: str, partitions: int) -> None:
        self._lane = Lane(redis, GET)
        self._head = (prefix, partitions)
        self._log = log
        self._waiting: Asked = {}
        self._count = 0

    def get(self, collection: str, id: str) -> "asyncio.Future[Served]":
        """Ask for one row; await the answer. Raises ReadUnavailable, ProjectionsAbsent."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Served] = loop.create_future()
        if not self._count:
            loop.call_soon(self._send)
        self._waiting.setdefault(collection, {}).setdefault(id, []).append(answer)
        self._count += 1
        if self._count >= MOST_IN_ONE:
            self._send()
        return answer

    def _send(self) -> None:
        if self._count:
            waiting, self._waiting, self._count = self._waiting, {}, 0
            arguments: list[Any] = [*self._head]
            for collection, ids in waiting.items():
                arguments += (collection, len(ids), *ids)
            self._lane.call(arguments, partial(self._take, waiting))

    def _take(self, waiting: Asked, told: Any) -> None:
        """Hand out the rows that were found, or why there is none to be told of."""
        try:
            standing, found = read_told(told, self._log)
        except FoldbaseError as error:
            _fail(waiting, error)
        else:
            for ids, rows in zip(waiting.values(), found, strict=True):
                _answer(ids, rows, standing)


def _answer(ids: Askers, rows: list[bytes | None] | None, standing: Standing) -> None:
    if rows is None:
        _fail({"": ids}, ProjectionsAbsent())
        return
    for askers, row in zip(ids.values(), rows or [None] * len(ids), strict=True):
        served = Served(None if row is None else read_row(row), standing)
        for asker in askers:
            if not asker.done():
                asker.set_result(served)


def _fail(waiting: Asked, error: Exception) -> None:
    for ids in waiting.values():
        for askers in ids.values():
            for asker in askers:
                if not asker.done():
                    asker.set_exception(error)
