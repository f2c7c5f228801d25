"""Rebuilds under load: readers never notice, a killed one goes on, and no byte is different in the end."""

from collections.abc import Iterator

import pytest

from projections.client import RedisClient
from tests.faults.filling import fill
from tests.faults.proof import under_load
from tests.faults.rebuilding import Projection, being_built, rebuild, rebuild_in_the_middle
from tests.faults.stage import Stage


@pytest.fixture
def redis(stage: Stage) -> Iterator[RedisClient]:
    """The deployment's own Redis."""
    with stage.redis() as client:
        yield client


async def test_a_rebuild_goes_on_when_its_projector_was_killed_and_readers_never_notice(
    stage: Stage, seed: str, redis: RedisClient
) -> None:
    async with under_load(stage, seed) as load:
        name = load.history.collection
        await fill(stage, load.history, documents=12, commits=25)
        async with rebuild_in_the_middle(stage, redis, name) as asked:
            begun = being_built(redis, name)
            await stage.replaced(stage.kill("projector"))
            assert await asked.wait() == 0
    assert Projection.live(redis, name).generation == begun


async def test_a_rebuild_makes_the_very_same_bytes(stage: Stage, seed: str, redis: RedisClient) -> None:
    async with under_load(stage, seed) as load:
        name = load.history.collection
    before = Projection.live(redis, name)
    async with rebuild(stage, name) as asked:
        assert await asked.wait() == 0
    after = Projection.live(redis, name)
    assert after.generation > before.generation
    assert (after.rows, after.index) == (before.rows, before.index)
    assert before.rows
