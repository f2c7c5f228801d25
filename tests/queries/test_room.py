"""Room: what is under way at one time is bounded, nobody is passed by, and what is given up comes back."""

import asyncio

import pytest

from events.background import end
from queries.errors import ReadUnavailable
from queries.room import Room


class Askers:
    """Those who ask a room of 10 bytes, by name, and who of them is in it."""

    def __init__(self, patience: float = 60) -> None:
        self.room = Room(10, patience)
        self.inside: list[str] = []
        self._leave: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, name: str, size: int) -> None:
        """Somebody more asks."""
        self._leave[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._stay(name, size))
        await self._settle()

    async def leave(self, name: str) -> None:
        """Somebody who is in it leaves."""
        self._leave[name].set()
        await self._settle()

    async def give_up(self, *names: str) -> None:
        """Some, who wait or are in it, are cancelled."""
        for name in names:
            self.tasks[name].cancel()
        await self._settle()

    async def _stay(self, name: str, size: int) -> None:
        async with self.room.of(size):
            self.inside.append(name)
            try:
                await self._leave[name].wait()
            finally:
                self.inside.remove(name)

    async def _settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


async def test_who_finds_no_room_waits_and_small_ones_do_not_pass_large_ones_by() -> None:
    askers = Askers()
    for name, size in (("a", 4), ("b", 4), ("large", 9), ("small", 1), ("c", 9)):
        await askers.ask(name, size)
    assert askers.inside == ["a", "b"]
    await askers.leave("a")
    assert askers.inside == ["b"]
    await askers.leave("b")
    assert askers.inside == ["large", "small"]
    await askers.leave("small")
    assert askers.inside == ["large"]
    await askers.leave("large")
    assert askers.inside == ["c"]
    await end(askers.tasks.values())


async def test_what_is_larger_than_the_room_gets_all_of_it() -> None:
    askers = Askers()
    await askers.ask("huge", 1000)
    await askers.ask("tiny", 1)
    assert askers.inside == ["huge"]
    await askers.leave("huge")
    assert askers.inside == ["tiny"]
    await end(askers.tasks.values())


@pytest.mark.parametrize("names", [("inside",), ("waiting",), ("inside", "waiting"), ("waiting", "inside")])
async def test_what_is_given_up_comes_back(names: tuple[str, ...]) -> None:
    askers = Askers()
    await askers.ask("inside", 6)
    await askers.ask("waiting", 6)
    await askers.ask("behind", 4)
    assert askers.inside == ["inside"]
    await askers.give_up(*names)
    await askers.leave("inside")
    await askers.leave("waiting")
    assert askers.inside == ["behind"]
    await askers.leave("behind")
    await askers.ask("all", 10)
    assert askers.inside == ["all"]
    await end(askers.tasks.values())


async def test_who_waits_too_long_is_told_so_and_the_others_get_on() -> None:
    askers = Askers(patience=0.05)
    for name, size in (("inside", 6), ("late", 6)):
        await askers.ask(name, size)
    with pytest.raises(ReadUnavailable, match="without an index"):
        await askers.tasks["late"]
    await askers.ask("small", 4)
    assert askers.inside == ["inside", "small"]
    await askers.leave("inside")
    await askers.leave("small")
    await askers.ask("all", 10)
    assert askers.inside == ["all"]
    await end(askers.tasks.values())


async def test_who_is_cancelled_as_the_turn_comes_gives_it_to_the_next() -> None:
    askers = Askers()
    for name in ("inside", "cancelled", "next"):
        await askers.ask(name, 10)
    askers._leave["inside"].set()
    while askers.inside:
        await asyncio.sleep(0)
    askers.tasks["cancelled"].cancel()
    await askers.leave("inside")
    assert askers.inside == ["next"]
    await end(askers.tasks.values())
