"""kill -9 in the middle of load: no acknowledged write is lost, and nothing is read but what the log says."""

import pytest

from tests.faults.history import Fate
from tests.faults.proof import under_load
from tests.faults.stage import Stage


async def test_every_write_is_kept_when_an_api_worker_is_killed(stage: Stage, seed: str) -> None:
    async with under_load(stage, seed) as load:
        await stage.replaced(stage.kill("api", only=0))
        await load.goes_on()
        await load.gets_going()
        await stage.replaced(stage.kill("api", only=1))


async def test_every_write_is_kept_when_mongod_is_killed(stage: Stage, seed: str) -> None:
    async with under_load(stage, seed):
        await stage.replaced(stage.kill("mongod"))


@pytest.mark.parametrize("kind", ["projector", "redis-server"])
async def test_every_write_is_acknowledged_while_the_read_side_is_killed(
    stage: Stage, seed: str, kind: str
) -> None:
    async with under_load(stage, seed) as load:
        await stage.replaced(stage.kill(kind))
    assert load.history.fates(Fate.UNKNOWN) == []


async def test_every_write_is_kept_when_all_processes_but_the_supervisor_are_killed(
    impatient: Stage, seed: str
) -> None:
    async with under_load(impatient, seed):
        await impatient.replaced(impatient.kill("mongod", "redis-server", "projector", "api"))


async def test_every_write_is_kept_when_the_supervisor_is_killed_and_the_next_up_goes_on(
    impatient: Stage, seed: str
) -> None:
    async with under_load(impatient, seed) as load:
        left = impatient.kill("supervisor", "projector")
        await impatient.raised_again()
        load.move(impatient.address)
    assert not left & set(impatient.up.every_pid)
