"""A read without a token finds what its own process wrote a moment ago, if it waits a little for it."""

import asyncio
import time

import pytest

from commands.documents import Put
from queries import documents
from queries.errors import RowMissing
from tests.projections.world import World, until


async def test_a_read_waits_for_what_this_process_wrote(
    wide_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PATIENCE_FOR_OUR_OWN", 30.0)
    world = wide_world
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    written = await world.write("orders", "o1", Put({"n": 1}))
    world.queries.wrote(written.document.position)
    reading = asyncio.create_task(world.queries.get("orders", "o1"))
    await until(lambda: bool(world.queries._waiters._waiting))
    async with world.projecting():
        row, _ = await reading
    assert row.body == written.body


async def test_what_was_not_written_is_missing_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "PATIENCE_FOR_OUR_OWN", 30.0)
    await world.declare("orders")
    written = await world.write("orders", "o1", Put({"n": 1}))
    world.queries.wrote(written.document.position)
    async with world.projecting():
        await world.caught_up()
        begun = time.monotonic()
        with pytest.raises(RowMissing):
            await world.queries.get("orders", "o2")
    assert time.monotonic() - begun < 10


async def test_a_projector_that_stands_still_delays_no_read_for_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PATIENCE_FOR_OUR_OWN", 0.05)
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    written = await world.write("orders", "o1", Put({"n": 1}))
    world.queries.wrote(written.document.position)
    with pytest.raises(RowMissing):
        await world.queries.get("orders", "o1")
