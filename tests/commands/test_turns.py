"""Turns at a stream: first come, first served, whoever goes away meanwhile."""

import asyncio

import pytest

from commands.turns import Turns
from events.position import StreamName

STREAM = StreamName("orders/o1")


class Queue:
    """Tasks that want a turn, and the order in which they had it."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.had: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def join(self, name: str, stream: StreamName = STREAM) -> "asyncio.Task[None]":
        """A task that takes a turn and keeps it until `leave(name)`."""
        self.gates[name] = asyncio.Event()
        task = asyncio.create_task(self._have(name, stream))
        await asyncio.sleep(0)
        return task

    def leave(self, name: str) -> None:
        """Let `name` end its turn."""
        self.gates[name].set()

    async def _have(self, name: str, stream: StreamName) -> None:
        async with self.turns.take(stream):
            self.had.append(name)
            await self.gates[name].wait()


async def test_turns_are_had_in_the_order_they_were_asked_for() -> None:
    queue = Queue()
    tasks = [await queue.join(name) for name in "abcd"]
    assert queue.had == ["a"]
    for name in "abcd":
        queue.leave(name)
    await asyncio.gather(*tasks)
    assert queue.had == list("abcd")


async def test_streams_do_not_wait_for_each_other() -> None:
    queue = Queue()
    await queue.join("a")
    other = await queue.join("b", StreamName("orders/o2"))
    assert queue.had == ["a", "b"]
    queue.leave("a")
    queue.leave("b")
    await other


async def test_a_turn_ends_when_its_work_fails() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError):
        async with turns.take(STREAM):
            raise ZeroDivisionError
    async with asyncio.timeout(1), turns.take(STREAM):
        pass


async def test_who_waits_and_goes_away_is_passed_over() -> None:
    queue = Queue()
    first, second, third = [await queue.join(name) for name in "abc"]
    second.cancel()
    queue.leave("a")
    queue.leave("c")
    await asyncio.gather(first, third)
    assert queue.had == ["a", "c"]
    assert second.cancelled()


async def test_who_goes_away_just_when_its_turn_came_passes_it_on() -> None:
    queue = Queue()
    async with queue.turns.take(STREAM):
        first, second = [await queue.join(name) for name in "ab"]
    first.cancel()
    queue.leave("b")
    async with asyncio.timeout(1):
        await second
    assert queue.had == ["b"]
    assert first.cancelled()


async def test_who_goes_away_in_its_turn_passes_it_on() -> None:
    queue = Queue()
    first, second = [await queue.join(name) for name in "ab"]
    first.cancel()
    queue.leave("b")
    async with asyncio.timeout(1):
        await second
    assert queue.had == ["a", "b"]


async def test_a_stream_that_nobody_works_at_costs_nothing() -> None:
    queue = Queue()
    tasks = [await queue.join(name) for name in "abc"]
    tasks[1].cancel()
    for name in "abc":
        queue.leave(name)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert queue.turns._taken == {}


@pytest.mark.parametrize("seed", range(20))
async def test_whoever_goes_away_nobody_else_waits_for_ever(seed: int) -> None:
    queue = Queue()
    names = [str(number) for number in range(12)]
    tasks = {name: await queue.join(name) for name in names}
    gone = {name for place, name in enumerate(names) if (seed * 7 + place * 5) % 3 == 0}
    for name in names:
        if name in gone:
            tasks[name].cancel()
        queue.leave(name)
        if (seed + int(name)) % 2:
            await asyncio.sleep(0)
    async with asyncio.timeout(2):
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert {name for name in names if not tasks[name].cancelled()} >= set(names) - gone
    assert queue.turns._taken == {}
