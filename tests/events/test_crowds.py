"""A batch waits for those who are on their way: never long, and not for those who have left."""

import asyncio
from collections.abc import Callable

import pytest

from events import crowd as crowds
from events.batch import MOST_BATCH_BYTES, LocalAppend, Waiting
from events.crowd import CROWD, SHARE, Crowd
from tests.events.commits import new
from tests.events.stalling import on_its_way

PATIENCE = 10.0
LONG = 3600.0


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def many() -> Crowd:
    """A crowd of 100 callers."""
    crowd = Crowd()
    crowd.seen(100)
    return crowd


@pytest.fixture
def without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is saved by the clock."""
    monkeypatch.setattr(crowds, "LINGER", LONG)


def arrive(waiting: Waiting, count: int) -> None:
    for number in range(count):
        waiting.put(on_its_way(new(f"orders/{number}")))


async def gathered(crowd: Crowd, waiting: Waiting) -> None:
    async with asyncio.timeout(PATIENCE):
        await crowd.gather(waiting)


async def turns(count: int = 50) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.usefixtures("without_end")
async def test_a_batch_waits_for_a_large_share_of_the_crowd(many: Crowd, waiting: Waiting) -> None:
    enough = int(100 * SHARE)
    arrive(waiting, enough - 1)
    gathering = asyncio.create_task(gathered(many, waiting))
    await turns()
    assert not gathering.done()
    arrive(waiting, 1)
    await gathering


@pytest.mark.usefixtures("without_end")
async def test_a_batch_does_not_wait_for_more_than_it_can_take(waiting: Waiting) -> None:
    crowd = Crowd()
    crowd.seen(20_000)
    arrive(waiting, 1000)
    await gathered(crowd, waiting)


@pytest.mark.usefixtures("without_end")
async def test_a_batch_does_not_wait_for_more_bytes_than_it_can_take(many: Crowd, waiting: Waiting) -> None:
    large = on_its_way(new("orders/large"))
    large.stored = bytes(MOST_BATCH_BYTES)
    gathering = asyncio.create_task(gathered(many, waiting))
    await turns()
    waiting.put(large)
    await gathering


async def test_a_batch_waits_for_those_who_do_not_come_but_a_moment(many: Crowd, waiting: Waiting) -> None:
    arrive(waiting, 1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await gathered(many, waiting)
    assert loop.time() - began >= crowds.LINGER * 0.9
    assert len(waiting) == 1


@pytest.mark.usefixtures("without_end")
async def test_those_who_left_are_not_waited_for_much_longer(many: Crowd, waiting: Waiting) -> None:
    for _ in range(50):
        many.seen(1)
    arrive(waiting, 1)
    await gathered(many, waiting)


@pytest.mark.usefixtures("without_end")
async def test_one_small_batch_does_not_end_a_crowd(many: Crowd, waiting: Waiting) -> None:
    many.seen(1)
    arrive(waiting, CROWD)
    gathering = asyncio.create_task(gathered(many, waiting))
    await turns()
    assert not gathering.done()
    gathering.cancel()


@pytest.mark.usefixtures("without_end")
@pytest.mark.parametrize("callers", [0, 1, CROWD - 1])
async def test_few_callers_never_wait_by_the_clock(callers: int, waiting: Waiting) -> None:
    crowd = Crowd()
    crowd.seen(callers)
    arrive(waiting, 1)
    await gathered(crowd, waiting)


@pytest.mark.parametrize(
    "tell",
    [
        lambda append: append.done(7),
        lambda append: append.outcome.cancel(),
    ],
    ids=["told", "gone"],
)
async def test_what_is_told_later_is_not_heard(tell: Callable[[LocalAppend], object]) -> None:
    append = on_its_way(new("orders/o1"))
    tell(append)
    append.failed(RuntimeError("too late"))
    append.done(8)  # type: ignore[arg-type]
    assert append.outcome.cancelled() or append.outcome.result() == 7
