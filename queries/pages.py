"""Questions for pages and counts: those of one tick of the event loop go to Redis in a few commands."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from events.errors import FoldbaseError
from queries.errors import ProjectionsAbsent
from queries.lane import Lane
from queries.page_script import OTHER, PAGES
from queries.standing import Standing, read_told

MOST_IN_ONE = 8  # Redis reads the first pages while the questions for the others are still being asked
MOST_ROWS_IN_ONE = 2000
_VACANT = b"0"


class OtherGeneration(Exception):
    """Another generation is live than the one planned for: nothing was read. Plan for this one.

    generation: its number as Redis has it, "" where there is none. shape: as text, None where there is none.
    """

    def __init__(self, generation: str, shape: bytes | None, standing: Standing) -> None:
        self.generation = generation
        self.shape = shape
        self.standing = standing


class Question(NamedTuple):
    """One question, packed, and how many rows the answer may have, about.

    generation: the one that the question is for.
    """

    generation: str
    asked: bytes
    rows: int


class Told(NamedTuple):
    """What the script answered to one question, and where the projections stood.

    standing: one object for all that was answered with one command, and so is of one moment.
    """

    parts: Sequence[Any]
    standing: Standing


Asked = list[tuple[Question, "asyncio.Future[Told]"]]


class CoalescedPages:
    """Asks questions, many with one command."""

    def __init__(self, redis: Any, prefix: str, log: str, partitions: int) -> None:
        self._lane = Lane(redis, PAGES)
        self._head = (prefix, partitions)
        self._log = log
        self._waiting: Asked = []
        self._rows = 0

    def ask(self, question: Question) -> "asyncio.Future[Told]":
        """Ask; await the answer. Raises OtherGeneration, ReadUnavailable, ProjectionsAbsent.

        The answer has no parts where the collection has no generation, as the question supposed.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Told] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._send)
        self._waiting.append((question, answer))
        self._rows += question.rows
        if len(self._waiting) >= MOST_IN_ONE or self._rows >= MOST_ROWS_IN_ONE:
            self._send()
        return answer

    def _send(self) -> None:
        if self._waiting:
            waiting, self._waiting, self._rows = self._waiting, [], 0
            asked = [*self._head, *(each.asked for each, _ in waiting)]
            self._lane.call(asked, partial(self._take, waiting))

    def _take(self, waiting: Asked, told: Any) -> None:
        """Hand out what was told, or why nothing was."""
        try:
            standing, answers = read_told(told, self._log)
        except FoldbaseError as error:
            _fail(waiting, error)
        else:
            for (question, answer), parts in zip(waiting, answers, strict=True):
                if not answer.done():
                    _settle(question, answer, parts, standing)


def _settle(question: Question, answer: "asyncio.Future[Told]", told: list[Any], standing: Standing) -> None:
    kind, *parts = told
    if kind != OTHER:
        answer.set_result(Told(parts, standing))
        return
    generation, shape = parts
    if generation == _VACANT:
        answer.set_exception(ProjectionsAbsent())
    elif generation is None and not question.generation:
        answer.set_result(Told((), standing))
    else:
        answer.set_exception(OtherGeneration((generation or b"").decode(), shape, standing))


def _fail(waiting: Asked, error: Exception) -> None:
    for _, answer in waiting:
        if not answer.done():
            answer.set_exception(error)
