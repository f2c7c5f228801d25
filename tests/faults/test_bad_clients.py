"""Clients that hang up in the middle of a write, and clients that take their time."""

import asyncio

from tests.faults.bad_clients import DrippingConnection, Leaver
from tests.faults.connection import Connection
from tests.faults.history import Fate, History, Write
from tests.faults.proof import under_load
from tests.faults.stage import Stage
from tests.faults.writers import Writer

LEAVERS, DRIPPERS, SILENT = 6, 20, 50


def writes_of(history: History, who: str) -> list[Write]:
    """What those whose names begin like this wrote."""
    return [write for write in history.writes if write.mark.startswith(who)]


def last_marks(history: History) -> set[str]:
    """The marks of the documents there are in the end."""
    return {document["mark"] for document in history.reads[-1].found}


async def test_a_write_whose_client_leaves_is_stored_once_or_never_and_the_worker_lives_on(
    stage: Stage, seed: str
) -> None:
    workers = stage.up.pids["api"]
    async with under_load(stage, seed) as load:
        leavers = [
            Leaver(f"leaver{n}", load.history, Connection(stage.address), stage.token) for n in range(LEAVERS)
        ]
        await asyncio.gather(*(leaver.leave(50) for leaver in leavers))
    assert stage.up.pids["api"] == workers
    left = {write.mark for write in writes_of(load.history, "leaver")}
    assert left & last_marks(load.history)
    assert left - last_marks(load.history)


async def test_clients_that_drip_or_fall_silent_hold_up_nobody(stage: Stage, seed: str) -> None:
    gate = asyncio.Event()
    async with under_load(stage, seed) as load, asyncio.TaskGroup() as drippers:
        silent = [await asyncio.open_connection(*stage.address) for _ in range(SILENT)]
        for n in range(DRIPPERS):
            connection = DrippingConnection(stage.address, gate)
            drippers.create_task(Writer(f"dripper{n}", load.history, connection, stage.token).turn())
        await load.goes_on(60, 40)
        assert not any(write.answer for write in writes_of(load.history, "dripper"))
        gate.set()
        for _, writer in silent:
            writer.close()
    assert load.history.fates(Fate.UNKNOWN) == []
    assert len(writes_of(load.history, "dripper")) == DRIPPERS
