"""A client of MongoDB outlives whoever is cancelled while it waits for a server."""

import asyncio

from pymongo import lock

from app import mongo_client

PATIENCE = 0.01


async def test_a_wait_that_is_cancelled_as_its_time_is_over_leaves_its_lock_to_others() -> None:
    assert mongo_client
    condition = lock._async_create_condition(lock._async_create_lock())

    async def wait() -> None:
        async with condition:
            await lock._async_cond_wait(condition, PATIENCE)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    async with condition:  # what waits must have this back before it can end
        await asyncio.sleep(2 * PATIENCE)
        waiting.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({waiting})
    async with asyncio.timeout(1), condition:
        assert condition.locked()
