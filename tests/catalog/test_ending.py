"""Tasks that are ended have ended, whatever they and others do."""

import asyncio
from contextlib import suppress

import pytest

from catalog.ending import end


async def test_tasks_that_swallow_cancellations_have_ended_also_when_the_one_who_waits_is_cancelled() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 3:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            swallowed += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    ending = asyncio.create_task(end({task}))
    while not swallowed:
        await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert (task.done(), swallowed) == (True, 3)
