"""A projector may be killed anywhere: at every moment the rows are the fold of the log up to the checkpoint."""

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from commands.documents import Put
from projections import follower
from tests.examples import seeds
from tests.projections.histories import assert_is_fold, watching, write
from tests.projections.marks import KILLING
from tests.projections.oracle import assert_equals_fold, seen
from tests.projections.wire import Fate, Wire
from tests.projections.world import World, until

pytestmark = KILLING


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even few commits take many steps."""
    monkeypatch.setattr(follower, "SMALLEST_BATCH", 3)
    monkeypatch.setattr(follower, "LARGEST_BATCH", 3)
    monkeypatch.setattr("projections.batches.BATCH", 3)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Projectors that try again soon."""
    monkeypatch.setattr("projections.projector.PAUSE", 0.02)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(("fate", "first"), [(Fate.LOST, 1), (Fate.ANSWER_LOST, 2)])
async def test_killed_at_any_message_of_a_bring_up_it_leaves_nothing_half_done(
    world: World, wire: Wire, fate: Fate, first: int
) -> None:
    await world.declare("orders", "users")
    await write(world, Random(7), 10)
    message, was_killed = first - 2, True
    while was_killed:
        message += 2
        await world.redis.flushall()
        was_killed = await killed_at(world, wire, message, fate)
        await assert_is_fold(world, await seen(world))
    assert message > 15
    await assert_goes_on(world)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(("fate", "first"), [(Fate.LOST, 1), (Fate.ANSWER_LOST, 2)])
async def test_killed_at_any_message_while_it_follows_it_leaves_a_fold(
    world: World, wire: Wire, fate: Fate, first: int
) -> None:
    await world.declare("orders", "users")
    async with world.projecting():
        await world.caught_up()
    message, was_killed = first - 2, True
    while was_killed:
        message += 2
        await write(world, Random(message), 4)
        await world.write("orders", "all the time", Put({"n": message}))
        was_killed = await killed_at(world, wire, message, fate)
        await assert_is_fold(world, await seen(world))
    assert message > 15
    await assert_goes_on(world)


@pytest.mark.usefixtures("small_batches", "impatient")
@seeds(2)
async def test_cut_off_and_killed_again_and_again_while_documents_change_it_ends_with_the_fold(
    wide_world: World, wire: Wire, seed: int
) -> None:
    world, random = wide_world, Random(seed)
    await world.declare("orders", "users")
    async with watching(world) as moments:
        for _ in range(6):
            if random.random() < 0.2:
                await world.redis.flushall()
            one = world.projecting_through(wire.url)
            async with one as first, world.projecting_through(wire.url) as second:
                if random.random() < 0.6:
                    first.cancel()
                for _ in range(random.randint(1, 4)):
                    victim = random.choice((first, second, None))
                    wire.expect(random.randint(1, 40), random.choice(list(Fate)), _killing(victim))
                    await write(world, random, random.randint(2, 12))
                    await until_caught_up_or_over(world, first, second)
        async with world.projecting(), world.projecting():
            await write(world, random, 20)
            await world.caught_up()
    assert len(moments) > 10
    await assert_equals_fold(world)


def _killing(victim: "asyncio.Task[None] | None") -> Callable[[], object]:
    return (lambda: None) if victim is None else victim.cancel


async def assert_goes_on(world: World) -> None:
    """The next projector brings everything to the head of the log."""
    async with world.projecting():
        await world.caught_up()
    await assert_equals_fold(world)


async def killed_at(world: World, wire: Wire, message: int, fate: Fate) -> bool:
    """Whether a projector was killed at a message, before it had caught up."""
    async with world.projecting_through(wire.url) as task:
        wire.expect(message, fate, task.cancel)
        await until_caught_up_or_over(world, task)
        return task.done()


async def until_caught_up_or_over(world: World, *tasks: "asyncio.Task[None]") -> None:
    """Wait until the projections stand at the head of the log, or every projector is dead."""

    async def is_over() -> bool:
        return all(task.done() for task in tasks) or await world.checkpoints() == await world.heads()

    await until(is_over)
