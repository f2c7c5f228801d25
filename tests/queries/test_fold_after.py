"""A read that asks for a position is answered there or later, or says that it can not be."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

import pytest

from commands.documents import MergePatch, Put
from events.background import Background, end
from events.position import Position, position
from events.wakeup import Wakeups
from queries import waiting
from queries.cursor import Cursors
from queries.documents import DocumentQueries
from queries.errors import ProjectionBehind, QueryInvalid, RowMissing
from queries.freshness import Freshness
from queries.standing import read_positions
from queries.waiting import Waiters
from tests.projections.marks import KILLING
from tests.projections.world import World, until
from tests.queries.test_coalesced_reads import commands

pytestmark = KILLING


async def test_whoever_reads_after_his_write_reads_what_he_wrote(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders")
    async with world.projecting():
        for n in range(30):
            written = await world.write("orders", f"o{n % 3}", Put({"n": n}))
            fresh = Freshness([written.document.position], 5)
            row, standing = await world.queries.get("orders", written.id, fresh)
            assert (row.version, row.body) == (written.document.version, written.body)
            assert standing.reached(fresh.after)
            page = await world.queries.list("orders", 1000, fresh=fresh)
            assert written.body in page.items


async def test_a_token_of_one_collection_holds_for_every_other(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders", "users")
    async with world.projecting():
        await world.create("orders", ["o1", "o2", "o3"])
        fresh = Freshness(await world.heads(), 5)
        with pytest.raises(RowMissing) as missing:
            await world.queries.get("users", "u1", fresh)
    served = read_positions(missing.value.served_at, world.log.partitions)
    assert all(there >= asked for there, asked in zip(served, fresh.after, strict=True))


async def test_a_position_that_is_not_reached_in_time_is_said_to_be_behind(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
        begun = time.monotonic()
        with pytest.raises(ProjectionBehind) as behind:
            await world.queries.get("orders", "o1", Freshness([Position(7)], 0.3))
        assert 0.3 <= time.monotonic() - begun < 1.5
        assert (behind.value.after, behind.value.waited) == (7, 0.3)
        with pytest.raises(ProjectionBehind):
            await world.queries.list("orders", 3, None, Freshness([Position(7)], 0.0))


async def test_what_is_lost_again_before_it_is_read_is_behind(world: World) -> None:
    await world.declare("orders")
    await world.create("orders", ["o1", "o2"])

    class Overtaken(Waiters):
        """When a reader has waited for his position, Redis comes back with an older copy."""

        async def wait(self, after: Sequence[Position], patience: float) -> None:
            await super().wait(after, patience)
            await world.put_checkpoint(1)

    stores = world.built.stores
    overtaken = Overtaken(stores.redis, world.layout, world.log.id, 1, Wakeups())
    queries = DocumentQueries(stores.redis, world.layout.prefix, world.log.id, 1, Cursors(b""), overtaken)
    async with Background() as background:
        background.start(overtaken.run(), "waiters")
        for read in (partial(queries.get, "orders", "o2"), partial(queries.list, "orders", 3)):
            reading = asyncio.create_task(read(fresh=Freshness([Position(2)], 10)))
            await until(lambda: bool(overtaken._waiting))
            async with world.projecting():
                with pytest.raises(ProjectionBehind):
                    await reading
            await world.put_checkpoint(1)


async def test_readers_that_wait_are_woken_and_need_no_clock(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOOK_ANYWAY", 3600.0)
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
        await until(lambda: _is_listening(world))
        reads = [asyncio.create_task(_read_at(world, position)) for position in (1, 2, 3)]
        await until(lambda: len(_waiting(world)) == 3)
        await world.create("orders", ["o1", "o2", "o3"])
        async with asyncio.timeout(10):
            assert all(await asyncio.gather(*reads))


async def test_readers_that_wait_need_no_wake_up_either(world: World) -> None:
    await world.declare("orders")
    deaf = Waiters(world.built.stores.redis, world.layout, world.log.id, 1, Wakeups())
    task = asyncio.create_task(deaf.run())
    async with world.projecting():
        waiter = asyncio.create_task(deaf.wait([Position(1)], 10))
        await until(lambda: bool(deaf._waiting))
        await world.create("orders", ["o1"])
        await waiter
    await end([task])


async def test_five_hundred_that_wait_are_a_handful_of_looks(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    reads = [asyncio.create_task(_read_at(world, 1)) for _ in range(500)]
    await until(lambda: len(_waiting(world)) == 500)
    await world.redis.config_resetstat()
    begun = time.monotonic()
    await world.create("orders", ["o1"])
    async with world.projecting():
        assert all(await asyncio.gather(*reads))
    looks = (time.monotonic() - begun) / waiting.LOOK_ANYWAY
    assert (await commands(world.redis))["mget"] < looks + 30
    assert _waiting(world) == []


async def test_whoever_stops_waiting_leaves_nothing_behind(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    reads = [asyncio.create_task(_read_at(world, 9)) for _ in range(3)]
    await until(lambda: len(_waiting(world)) == 3)
    await end(reads)
    assert _waiting(world) == []


async def test_reads_with_the_last_seen_token_never_go_back(wide_world: World) -> None:
    world = wide_world
    await world.declare("orders")
    await world.create("orders", ["o1"])
    async with world.projecting():
        fresh, last = Freshness(await world.heads(), 5), 0
        for n in range(40):
            await world.write("orders", "o1", MergePatch({"n": n}))
            row, standing = await world.queries.get("orders", "o1", fresh)
            assert row.version >= last
            assert standing.reached(fresh.after)
            fresh, last = Freshness(standing.positions, 5), row.version


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("0", [0]),
        ("812", [812]),
        ("3, 1099511627777", [3, position(1, 1)]),
        ("2199023255552,5", [position(2, 0), 5]),
    ],
)
def test_a_header_names_one_position_or_several(header: str, places: list[int]) -> None:
    assert read_positions(header, 3) == tuple(places)


@pytest.mark.parametrize(
    "header",
    ["", ",", "1,", "-1", "+1", "1.0", "1e3", "0x1", "one", "1 2", "٣", "1_000", "9" * 17, str(position(3, 0))],
)
def test_a_header_that_names_no_position_of_this_log_is_refused(header: str) -> None:
    with pytest.raises(QueryInvalid, match="Fold-After"):
        read_positions(header, 3)


def _waiting(world: World) -> list[object]:
    return list(world.queries._waiters._waiting)


async def _read_at(world: World, after: int) -> bool:
    _, standing = await world.queries._reads.get("orders", "o1")
    page = await world.queries.list("orders", 1, None, Freshness([Position(after)], 10))
    assert standing.positions[0] < after
    return page.standing.reached([Position(after)])


async def _is_listening(world: World) -> bool:
    [(_, count)] = await world.redis.pubsub_numsub(world.layout.moved)
    return bool(count)
