"""Rebuilds that several processes share: the very same rows, also when some of them are lost."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from app.forking_fillers import TITLE
from commands.documents import MergePatch
from tests.projections.histories import write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold, seen
from tests.projections.processes import projector_process
from tests.projections.rebuilding import (
    STANDING,
    crewed,
    filled,
    has_begun,
    is_free,
    job_of,
    kept_equals_live,
    writing,
)
from tests.projections.world import World, until

pytestmark = [*KILLING, pytest.mark.usefixtures("small_batches")]


@pytest.mark.parametrize(("partitions", "workers"), [(1, 3), (3, 2)], indirect=["partitions"])
async def test_processes_that_share_a_rebuild_make_the_very_same(wide_world: World, workers: int) -> None:
    world = wide_world
    await filled(world)
    await write(world, Random(8), 120)
    async with crewed(world):
        await world.caught_up()
        before = await seen(world)
        live = await world.built.generations.live()
        await world.built.jobs.ask("orders", {"workers": workers, "verify": True})
        await world.rebuilt("orders")
        assert (await world.built.generations.live())["orders"] > live["orders"]
        assert await seen(world) == before
        await until(lambda: is_free(world))
        await assert_equals_fold(world)


async def test_processes_share_a_rebuild_while_documents_change(world: World) -> None:
    await filled(world)
    async with crewed(world):
        await world.caught_up()
        async with writing(world):
            await world.built.jobs.ask("orders", {"workers": 2, "keep": True})
            await world.rebuilt("orders")
        await world.write("orders", STANDING[0], MergePatch({"n": "last"}))
        await world.caught_up()
        await kept_equals_live(world)
        await world.built.steering.forget("orders")
        await until(lambda: is_free(world))
        await assert_equals_fold(world)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_shared_rebuild_goes_on_when_its_processes_or_its_projector_are_lost(
    world: World, number: signal.Signals
) -> None:
    await filled(world)
    async with crewed(world):
        await world.caught_up()
        await world.built.jobs.ask("orders", {"workers": 2, "max_rate": 40})
        await until(lambda: has_begun(world), 30)
        begun = await world.redis.hget(world.layout.build("orders").generations, "orders")
        lost = fillers_of_this_process()
        assert lost
        for pid in lost:
            os.kill(pid, number)
        if number == signal.SIGKILL:
            await until(lambda: _has_trouble(world), 30)
    for pid in lost:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    async with crewed(world):
        await until(lambda: _is_done(world), 60)
        assert (await world.redis.hget(world.layout.live.generations, "orders")) == begun
        await until(lambda: is_free(world))
        await assert_equals_fold(world)


async def test_a_rebuild_does_not_wait_for_a_process_that_was_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.fillers.SILENT_FOR", 1.5)
    await filled(world)
    async with crewed(world):
        await world.caught_up()
        await world.built.jobs.ask("orders", {"workers": 3, "max_rate": 60})
        await until(lambda: has_begun(world), 30)
        stopped, *_ = fillers_of_this_process()
        os.kill(stopped, signal.SIGSTOP)
        await until(lambda: _is_done(world), 60)
        assert stopped not in fillers_of_this_process()
        await until(lambda: is_free(world))
        await assert_equals_fold(world)


async def test_a_projector_that_can_start_no_others_any_more_ends_and_says_why(world: World) -> None:
    """Whoever keeps it running starts it anew; others have its partitions meanwhile."""
    async with projector_process(world) as process:
        (server,) = children_of(process.pid)
        os.kill(server, signal.SIGKILL)
        assert await process.wait() == 1
    assert "start this one again" in (world.built.settings.data / "projector.log").read_text()


def fillers_of_this_process() -> list[int]:
    """The processes that were started to fill ranges for this one."""
    servers = children_of(os.getpid())
    return [pid for server in servers for pid in children_of(server) if _title(pid) == f"{TITLE} of orders"]


def children_of(pid: int) -> list[int]:
    """The processes that a process of one thread started, and that thread of this one."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _title(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().strip("\0")


async def _is_done(world: World) -> bool:
    return (await job_of(world)).state == "done"


async def _has_trouble(world: World) -> bool:
    job = await job_of(world)
    return job.trouble is not None or job.state == "done"
