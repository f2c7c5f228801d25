"""A rebuild that the log outruns says so, and what to do; and goes on, until it comes nearer again."""

from collections.abc import Awaitable, Callable

import pytest

from events.background import Background
from events.position import beginning
from projections.jobs import Job
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold
from tests.projections.rebuilding import filled, job_of, writing
from tests.projections.world import World, until

pytestmark = [*KILLING, pytest.mark.usefixtures("small_batches")]


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks often."""
    monkeypatch.setattr("projections.nearing.LOOK_EVERY", 0.3)
    monkeypatch.setattr("projections.expected.LOOK_EVERY", 0.3)


def says(world: World, *words: str) -> Callable[[], Awaitable[bool]]:
    """Whether the trouble of the rebuild is told in these words, or is none at all."""

    async def is_said() -> bool:
        trouble = (await job_of(world)).trouble
        return all(word in (trouble or "") for word in words) and bool(trouble) == bool(words)

    return is_said


async def test_a_rate_below_the_rate_of_writes_is_told_and_the_rebuild_ends_when_they_do(
    wide_world: World,
) -> None:
    world = wide_world
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        async with writing(world, breath=0):
            await world.built.jobs.ask("orders", {"max_rate": 20})
            await until(says(world, "grows as fast", "at 20 commits/s", "higher --max-rate"))
            done = (await job_of(world)).done
            await until(lambda: _is_further(world, done))
            assert (await job_of(world)).state == "running"
        await until(says(world))
        assert (await job_of(world)).state in ("running", "done")


async def test_what_there_is_to_do_grows_with_what_is_written_and_is_never_less_than_what_is_done(
    wide_world: World,
) -> None:
    world = wide_world
    await filled(world)
    at_first = await commits_of_orders(world)
    told: list[Job] = []

    async def is_far_behind() -> bool:
        told.append(await job_of(world))
        return told[-1].done > at_first and told[-1].total > told[-1].done + 30

    async with world.projecting():
        await world.caught_up()
        async with writing(world, breath=0):
            await world.built.jobs.ask("orders", {"max_rate": 20})
            await until(is_far_behind)
        await world.built.steering.cancel("orders")
    totals = [job.total for job in told if job.total]
    assert totals == sorted(totals)
    assert at_first <= totals[0] < totals[-1] <= await commits_of_orders(world)
    assert not any(0 < job.total < job.done for job in told)


async def test_a_rebuild_that_is_done_has_done_all_that_was_written_meanwhile(wide_world: World) -> None:
    world = wide_world
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        before = await commits_of_orders(world)
        async with writing(world, breath=0):
            await world.rebuild("orders")
        job = await job_of(world)
        assert before < job.done == job.total <= await commits_of_orders(world)


async def commits_of_orders(world: World) -> int:
    """How many commits of the orders the log has."""
    counted = 0
    for partition, head in enumerate(await world.heads()):
        counted += await world.log.count(after=beginning(partition), until=head, collection="orders")
    return counted


async def test_a_rebuild_without_a_rate_that_is_outrun_does_not_speak_of_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.nearing.LOOK_EVERY", 0.0)
    monkeypatch.setattr("projections.pace.BATCH", 1)
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        async with Background() as background:
            background.start(_many(world), "many")
            await world.built.jobs.ask("orders")
            await until(says(world, "grows as fast", "less is written"))
        assert "max-rate" not in str((await job_of(world)).trouble)


async def test_a_rebuild_that_comes_nearer_however_slowly_is_in_no_trouble(world: World) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.built.jobs.ask("orders", {"max_rate": 40})
        told: set[str | None] = set()

        async def is_done() -> bool:
            job = await job_of(world)
            told.add(job.trouble)
            return job.state == "done"

        await until(is_done)
        await assert_equals_fold(world)
    assert told == {None}


async def _is_further(world: World, done: int) -> bool:
    return (await job_of(world)).done > done


async def _many(world: World) -> None:
    turn = 0
    while True:
        turn += 1
        await world.create("orders", [f"many-{turn}-{n}" for n in range(50)])
