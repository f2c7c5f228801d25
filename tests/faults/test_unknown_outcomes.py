"""A deployment that waits for MongoDB a second only, so that nobody can say what became of many a write."""

import asyncio

from tests.deployments import alive
from tests.faults.history import Fate
from tests.faults.proof import under_load
from tests.faults.stage import WORKERS, Stage

PAUSE = 2.0
"""Seconds. No write waits so long for MongoDB here."""


async def test_a_write_of_unknown_outcome_is_stored_once_or_never(impatient: Stage, seed: str) -> None:
    async with under_load(impatient, seed) as load:
        with impatient.frozen("mongod"):
            await asyncio.sleep(PAUSE)
    assert load.history.fates(Fate.UNKNOWN) != []


async def test_a_worker_that_stood_still_stores_nothing_twice(impatient: Stage, seed: str) -> None:
    """One of the workers appends for all; the others give it up, and send again what it may still send."""
    async with under_load(impatient, seed) as load:
        for worker in range(WORKERS):
            with impatient.frozen("api", only=worker):
                await asyncio.sleep(PAUSE * 0.75)
            await load.goes_on()
            await load.gets_going()


async def test_every_write_is_kept_when_all_processes_but_the_supervisor_are_killed(
    impatient: Stage, seed: str
) -> None:
    async with under_load(impatient, seed):
        await impatient.replaced(impatient.kill("mongod", "redis-server", "projector", "api"))


async def test_every_write_is_kept_when_the_supervisor_is_killed_and_the_next_up_goes_on(
    impatient: Stage, seed: str
) -> None:
    async with under_load(impatient, seed) as load:
        before = impatient.up.every_pid
        impatient.kill("supervisor")
        await impatient.raised_again()
        load.move(impatient.address)
        assert not any(alive(pid) for pid in before)
