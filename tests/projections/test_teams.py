"""Teams: ranges are taken one after the other, and what ends a worker ends the work, for now or for good."""

import asyncio
import errno
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from app.fillers import AGAIN, HERE, fillers
from app.forking.copies import Copy, Forked, fork
from app.forking.server import fork_server
from app.forking_fillers import forking_fillers
from events.background import end
from projections.errors import ProjectionAway
from projections.fence import Fence
from projections.filler import Filler
from projections.layout import RANGES_AT_ONCE
from projections.projector import Projector
from projections.ranges import Range, Ranges
from projections.team import Fill, FillerFailed, Start
from tests.projections.oracle import assert_equals_fold
from tests.projections.rebuilding import crewed, filled, is_free, job_of, until_it_is, writing
from tests.projections.world import World, until

pytestmark = pytest.mark.usefixtures("small_batches")
MARK = b"mine"
WORKERS = 2
ENDING = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@asynccontextmanager
async def teamed(world: World, start: Start) -> AsyncIterator[None]:
    """A projector runs that has others beside it by `start`."""
    stores = world.built.stores
    projector = Projector(stores.redis, stores.listening, stores.layout, stores.log, stores.catalog, start)
    task = asyncio.create_task(projector.run())
    try:
        yield
    finally:
        await end([task])


def starting(of: Callable[[Fence], Fill]) -> Start:
    """Starts what is no process of its own."""

    @asynccontextmanager
    async def start(_: str, fence: Fence, __: int | None) -> AsyncIterator[Fill]:
        yield of(fence)

    return start


async def test_who_has_filled_a_range_takes_the_next(world: World) -> None:
    """The one beside us waits until there is nothing but its first ranges left."""
    await filled(world)
    stores, taken = world.built.stores, []
    ranges = _ranges(world)

    def slow(fence: Fence) -> Fill:
        filler = Filler(stores.redis, stores.layout, stores.log, stores.catalog, "orders", fence, None)

        async def fill(number: int) -> None:
            taken.append(number)
            await until(lambda: _all_but(taken, ranges))
            await filler.fill(number)

        return fill

    async with teamed(world, starting(slow)):
        await world.caught_up()
        await world.built.jobs.ask("orders", {"workers": WORKERS, "verify": True})
        await world.rebuilt("orders")
        await until(lambda: is_free(world))
    assert len(taken) == RANGES_AT_ONCE
    await assert_equals_fold(world)


async def test_a_worker_that_fails_fails_the_rebuild_and_says_why(world: World) -> None:
    await filled(world)

    def broken(_: Fence) -> Fill:
        async def fill(number: int) -> None:
            raise FillerFailed(f"range {number} is not to be filled")

        return fill

    async with teamed(world, starting(broken)):
        await world.caught_up()
        await world.built.jobs.ask("orders", {"workers": WORKERS})
        job = await until_it_is(world, "failed")
        assert "is not to be filled" in (job.error or "")
        await until(lambda: is_free(world))
    await assert_equals_fold(world)


async def test_what_there_is_to_do_grows_while_processes_share_a_rebuild(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    async with crewed(world):
        await world.caught_up()
        async with writing(world):
            await world.built.jobs.ask("orders", {"workers": WORKERS, "max_rate": 20})
            await until(lambda: _expects_more_than(world, 0), 30)
            first = (await job_of(world)).total
            await until(lambda: _expects_more_than(world, first), 30)
            assert await _ranges(world).all()
        await world.built.steering.cancel("orders")


async def test_a_process_fills_a_range_again_and_again_and_says_what_it_fails_of(world: World) -> None:
    await filled(world)
    build = world.layout.build("orders")
    fence = Fence(f"{build.base}:fence", MARK)
    await world.redis.set(fence.key, MARK)
    ended = Range(stands=[int(head) for head in await world.heads()], ended=True)
    await world.redis.set(build.ranges[0], ended.model_dump_json())
    await world.redis.set(build.ranges[1], "no range")
    with forking_fillers(world.built.settings) as forks:
        start = fillers(forks)
        async with start("orders", fence, None) as fill:
            for _ in range(3):
                await fill(0)
            with pytest.raises(FillerFailed, match="validation error for Range"):
                await fill(1)
        async with start("orders", fence, None) as fill:
            told = await asyncio.gather(fill(1), fill(1), return_exceptions=True)
            assert all("validation error for Range" in str(each) for each in told)
        async with start("orders", fence, None) as fill:
            with pytest.raises(ProjectionAway, match="ended"):
                await fill(2)


@pytest.mark.parametrize(
    ("end", "error", "reason"),
    [
        (lambda: sys.exit(3), FillerFailed, "exit status 3"),
        (lambda: sys.exit(AGAIN), ProjectionAway, "exit status"),
        *((lambda n=n: os.kill(os.getpid(), n), ProjectionAway, "ended") for n in ENDING),  # type: ignore[misc]
    ],
)
async def test_all_who_wait_are_told_how_a_process_ended_that_heard_only_its_order(
    end: Callable[[], object], error: type[Exception], reason: str
) -> None:
    def program(talking: socket.socket) -> None:
        with talking.makefile("rb", buffering=0) as words:
            words.readline()
        end()

    with fork_server(lambda: program, "foldbase test: fork server", "foldbase test: filler") as forks:
        for _ in range(5):
            async with fillers(forks)("orders", Fence("fence", MARK), None) as fill:
                told = await asyncio.gather(*(fill(number) for number in range(3)), return_exceptions=True)
                assert [type(each) for each in told] == [error] * 3
                assert all(reason in str(each) for each in told)


async def test_a_process_that_stands_still_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that it is there for a while, and then is stopped."""
    monkeypatch.setattr("app.fillers.SILENT_FOR", 0.3)

    def program(talking: socket.socket) -> None:
        for _ in range(6):
            talking.sendall(HERE)
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGSTOP)

    with fork_server(lambda: program, "foldbase test: fork server", "foldbase test: filler") as forks:
        async with fillers(forks)("orders", Fence("fence", MARK), None) as fill:
            begun = time.monotonic()
            told = await asyncio.gather(fill(0), fill(1), return_exceptions=True)
            assert [type(each) for each in told] == [ProjectionAway] * 2
            assert all("stands still" in str(each) for each in told)
            assert time.monotonic() - begun > 0.6


async def test_a_rebuild_goes_on_later_where_no_process_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = os.getpid()

    def only_here(copy: Copy) -> Forked:
        if os.getpid() != here:
            raise BlockingIOError(errno.EAGAIN, "no more processes")
        return fork(copy)

    monkeypatch.setattr("app.forking.server.fork", only_here)
    with fork_server(lambda: print, "foldbase test: fork server", "foldbase test: filler") as forks:
        async with fillers(forks)("orders", Fence("fence", MARK), None) as fill:
            told = await asyncio.gather(fill(0), fill(1), return_exceptions=True)
            assert [type(each) for each in told] == [ProjectionAway] * 2
            assert all("no more processes" in str(each) for each in told)
    with pytest.raises(ProjectionAway, match="can not be started"):
        async with fillers(forks)("orders", Fence("fence", MARK), None):
            pass


async def test_a_rebuild_goes_on_later_where_nothing_more_can_be_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with fork_server(lambda: print, "foldbase test: fork server", "foldbase test: filler") as forks:
        monkeypatch.setattr("app.forking.server.socket.socketpair", full)
        with pytest.raises(ProjectionAway, match="Too many open files"):
            async with fillers(forks)("orders", Fence("fence", MARK), None):
                pass
        monkeypatch.undo()


def _ranges(world: World) -> Ranges:
    return Ranges(world.redis, world.layout.build("orders"), world.log)


async def _all_but(taken: Sequence[int], ranges: Ranges) -> bool:
    found = await ranges.all()
    assert len(found) > WORKERS * RANGES_AT_ONCE
    return all(each.ended for at, each in enumerate(found) if at not in taken)


async def _expects_more_than(world: World, commits: int) -> bool:
    return (await job_of(world)).total > commits
