"""The flow of an import over HTTP: many lines under way at once, read no faster than they are answered.

    body -> lines -> up to 1,024 under way -> answers in the order of the lines -> the client
                     and 4 MiB of them        4 MiB of them wait for it

Whatever is full stops the reading; so a client that does not take its answers makes nothing grow.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from types import TracebackType

from app.importing.deciding import Decided
from app.importing.lines import Line

UNDER_WAY = 1024
MOST_BYTES = 4 * 2**20
MOST_ANSWERS = 4 * 2**20


class _Slot:
    """The place of one line in the order of answers."""

    __slots__ = ("answer", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.answer: bytes | None = None


class Flow:
    """Answers to lines, as an asynchronous iterator; within `async with`, which ends what is under way.

    fault: what ended the reading before the end of the body, None while nothing has. If no line came before
           it, the iterator raises it; else the answers end with what `last` makes of it.
    """

    NAME = "import"

    def __init__(
        self,
        lines: AsyncGenerator[Sequence[Line], None],
        decide: Callable[[Line], Awaitable[Decided]],
        last: Callable[[Exception | None], bytes],
    ) -> None:
        self.fault: Exception | None = None
        self._lines = lines
        self._decide = decide
        self._last: Callable[[Exception | None], bytes] | None = last
        self._slots: deque[_Slot] = deque()
        self._size = 0
        self._answers = bytearray()
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._moved = asyncio.Event()
        self._has_begun = False

    async def __aenter__(self) -> "Flow":
        self._reading = asyncio.create_task(self._read(), name=self.NAME)
        self._reading.add_done_callback(lambda _: self._moved.set())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unfinished = [self._reading, *self._tasks]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    def __aiter__(self) -> "Flow":
        return self

    async def __anext__(self) -> bytes:
        while not self._answers:
            if self._reading.done() and not self._slots:
                return self._end()
            self._moved.clear()
            await self._moved.wait()
        answers, self._answers = bytes(self._answers), bytearray()
        self._room.set()
        return answers

    def _end(self) -> bytes:
        if self._last is None:
            raise StopAsyncIteration
        if self.fault is not None and not self._has_begun:
            raise self.fault
        last, self._last = self._last(self.fault), None
        return last

    async def _read(self) -> None:
        try:
            async with aclosing(self._lines) as pieces:
                async for lines in pieces:
                    for line in lines:
                        await self._start(line)
        except Exception as fault:  # noqa: BLE001 - it is told at the end of the answers
            self.fault = fault

    async def _start(self, line: Line) -> None:
        while self._is_full:
            self._room.clear()
            await self._room.wait()
        self._has_begun = True
        slot = _Slot(len(line.text or b""))
        self._slots.append(slot)
        self._size += slot.size
        task = asyncio.create_task(self._settle(line, slot))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _settle(self, line: Line, slot: _Slot) -> None:
        slot.answer, fault = await self._decide(line)
        if fault is not None and self.fault is None:
            self.fault = fault
            self._reading.cancel()
        if slot is self._slots[0]:
            self._pass_on()

    def _pass_on(self) -> None:
        """Move the answers that are next in order to where they wait to be sent."""
        slots = self._slots
        while slots and (answer := slots[0].answer) is not None:
            self._size -= slots.popleft().size
            self._answers += answer
        self._moved.set()
        if not self._is_full:
            self._room.set()

    @property
    def _is_full(self) -> bool:
        return len(self._slots) >= UNDER_WAY or self._size >= MOST_BYTES or len(self._answers) >= MOST_ANSWERS
