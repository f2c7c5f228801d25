"""The flow of an import: answers in the order of lines, a bounded number under way, an end whatever happens."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from app.importing.deciding import Decided
from app.importing.flow import MOST_BYTES, UNDER_WAY, Flow
from app.importing.lines import Line
from events.errors import LogUnavailable

Decide = Callable[[Line], Awaitable[Decided]]


async def pieces(count: int, size: int = 1, after: Exception | None = None) -> AsyncGenerator[list[Line], None]:
    """So many lines, ten in a piece, then what goes wrong."""
    for begin in range(1, count + 1, 10):
        yield [Line(number, b"x" * size) for number in range(begin, min(begin + 10, count + 1))]
    if after is not None:
        raise after


async def answers_of(lines: AsyncGenerator[list[Line], None], decide: Decide) -> list[bytes]:
    """All answers, and last what the end is told."""
    async with Flow(lines, decide, lambda fault: b"end: %b\n" % str(fault).encode()) as flow:
        return b"".join([part async for part in flow]).splitlines()


def told(line: Line) -> bytes:
    return b"%d\n" % line.number


async def test_answers_keep_the_order_of_lines_whichever_is_decided_first() -> None:
    chance = random.Random(7)

    async def decide(line: Line) -> Decided:
        for _ in range(chance.randrange(20)):
            await asyncio.sleep(0)
        return Decided(told(line))

    found = await answers_of(pieces(3000), decide)
    assert found == [*(b"%d" % number for number in range(1, 3001)), b"end: None"]


@pytest.mark.parametrize(("size", "most"), [(1, UNDER_WAY), (MOST_BYTES // 8, 8), (2 * MOST_BYTES, 1)])
async def test_no_more_lines_are_under_way_than_there_may_be(size: int, most: int) -> None:
    now = reached = 0

    async def decide(line: Line) -> Decided:
        nonlocal now, reached
        now += 1
        reached = max(reached, now)
        await asyncio.sleep(0)
        now -= 1
        return Decided(told(line))

    count = 3 * most
    assert len(await answers_of(pieces(count, size), decide)) == count + 1
    assert reached == most


async def test_what_is_wrong_with_more_than_one_line_ends_the_import_when_all_under_way_are_answered() -> None:
    fault = LogUnavailable("away")

    async def decide(line: Line) -> Decided:
        await asyncio.sleep(0)
        return Decided(told(line), fault if line.number == 25 else None)

    async def endless() -> AsyncGenerator[list[Line], None]:
        for number in range(1, 31):
            yield [Line(number, b"x")]
        await asyncio.Event().wait()

    found = await answers_of(endless(), decide)
    assert found == [*(b"%d" % number for number in range(1, 31)), b"end: %b" % str(fault).encode()]


async def test_body_that_breaks_off_is_told_after_the_answers() -> None:
    async def decide(line: Line) -> Decided:
        await asyncio.sleep(0)
        return Decided(told(line))

    found = await answers_of(pieces(3, after=ValueError("cut")), decide)
    assert found == [b"1", b"2", b"3", b"end: cut"]


async def test_body_that_breaks_off_before_any_line_is_raised() -> None:
    async def decide(line: Line) -> Decided:
        raise AssertionError(line)

    with pytest.raises(ValueError, match="cut"):
        await answers_of(pieces(0, after=ValueError("cut")), decide)


async def test_leaving_ends_what_is_under_way() -> None:
    cancelled = 0

    async def decide(line: Line) -> Decided:
        nonlocal cancelled
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled += 1
            raise
        return Decided(told(line))

    before = asyncio.all_tasks()
    async with Flow(pieces(30), decide, lambda _: b"") as flow:
        waiting = asyncio.ensure_future(anext(flow))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert cancelled == 30
    assert asyncio.all_tasks() == before
