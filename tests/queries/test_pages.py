"""Pages: newest first, none twice, and nothing skipped that was there all the time."""

from random import Random

import orjson
import pytest

from commands.documents import Create, Delete, MergePatch, Restore
from queries.documents import Page
from queries.errors import QueryInvalid
from tests.examples import seeds
from tests.projections.marks import KILLING
from tests.projections.world import World

pytestmark = KILLING


def ids(page: Page) -> list[str]:
    """The ids of a page's documents, in order."""
    return [orjson.loads(item)["id"] for item in page.items]


async def pages(world: World, limit: int) -> list[list[str]]:
    """The ids of all pages."""
    found, cursor = [], None
    while True:
        page = await world.queries.list("orders", limit, cursor)
        found.append(ids(page))
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 6), (2, [2, 2, 2]), (4, [4, 2]), (6, [6]), (1000, [6])])
async def test_all_documents_are_on_pages_of_the_size_asked_for_newest_first(
    world: World, limit: int, sizes: list[int]
) -> None:
    await world.declare("orders")
    for n in range(6):
        await world.write("orders", f"o{n}", Create({}))
    async with world.projecting():
        await world.caught_up()
    found = await pages(world, limit)
    assert [len(page) for page in found] == sizes
    assert [id for page in found for id in page] == [f"o{n}" for n in reversed(range(6))]


async def test_a_change_keeps_a_document_where_it_is_and_a_restore_brings_it_back_there(world: World) -> None:
    await world.declare("orders")
    for id in ("a", "b", "c"):
        await world.write("orders", id, Create({}))
    for command in (MergePatch({"n": 1}), Delete(), Restore()):
        await world.write("orders", "b", command)
    async with world.projecting():
        await world.caught_up()
        assert await pages(world, 9) == [["c", "b", "a"]]
        await world.write("orders", "b", Delete())
        await world.write("orders", "b", Create({}))
        await world.caught_up()
        assert await pages(world, 9) == [["b", "c", "a"]]


async def test_a_collection_without_documents_is_one_empty_page(world: World) -> None:
    await world.declare("orders")
    async with world.projecting():
        await world.caught_up()
    page = await world.queries.list("orders", 10)
    assert (page.items, page.next) == ([], None)


@seeds(2)
async def test_pages_are_stable_while_documents_come_and_go(wide_world: World, seed: int) -> None:
    world, random = wide_world, Random(seed)
    standing = {f"always-{n}" for n in range(12)}
    await world.declare("orders")
    everybody = sorted(standing | {f"passing-{n}" for n in range(12)}, key=lambda _: random.random())
    for id in everybody:
        await world.write("orders", id, Create({}))
    gone: list[str] = []
    async with world.projecting():
        await world.caught_up()
        cursor, seen = None, list[str]()
        while True:
            page = await world.queries.list("orders", random.randint(1, 5), cursor)
            seen += ids(page)
            cursor = page.next
            if cursor is None:
                break
            gone += await _come_and_go(world, random, sorted(set(everybody) - standing - set(gone)))
            await world.caught_up()
    assert len(seen) == len(set(seen))
    assert standing <= set(seen)
    assert not {id for id in seen if id.startswith("new")}


async def test_a_cursor_outlives_a_rebuild_and_the_document_it_was_made_at(world: World) -> None:
    await world.declare("orders")
    for n in range(6):
        await world.write("orders", f"o{n}", Create({}))
    async with world.projecting():
        await world.caught_up()
        first = await world.queries.list("orders", 2)
        await world.write("orders", "o4", Delete())
        await world.rebuild("orders")
        await world.caught_up()
        second = await world.queries.list("orders", 10, first.next)
        assert (ids(first), ids(second)) == (["o5", "o4"], ["o3", "o2", "o1", "o0"])


async def test_a_cursor_of_another_collection_is_refused(world: World) -> None:
    await world.declare("orders", "users")
    await world.create("orders", ["a", "b"])
    async with world.projecting():
        await world.caught_up()
    page = await world.queries.list("orders", 1)
    with pytest.raises(QueryInvalid, match="cursor"):
        await world.queries.list("users", 1, page.next)


async def _come_and_go(world: World, random: Random, passing: list[str]) -> list[str]:
    """Create one document and change one; delete one, which is answered."""
    await world.write("orders", f"new-{random.random()}", Create({}))
    await world.write("orders", "always-1", MergePatch({"n": random.random()}))
    gone = random.sample(passing, min(1, len(passing)))
    for id in gone:
        await world.write("orders", id, Delete())
    return gone
