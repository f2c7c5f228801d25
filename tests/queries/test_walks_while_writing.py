"""A page of a view is of one moment, also where it has to be walked, or sorted, while the view is written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from catalog.declared import Condition, Group, IndexField, Measure, View
from queries import view_walk
from queries.lists import Page
from queries.packing import packed
from queries.pages import MOST_IN_ONE, CoalescedPages, Question
from queries.plan import standard_plan
from queries.query import Query
from queries.view_walk import Walk
from tests.projections.marks import KILLING
from tests.queries.gallery import Gallery
from tests.queries.shelf import LAYOUT, LOG

pytestmark = KILLING

GROUPS = tuple(Group(name, name, None, None) for name in ("carrier", "day"))
VIEW = View("v", GROUPS, (Measure("turn", "max", "turn"),), ())
ROUNDS, AT_ONCE = 8, 5


def documents(turn: int) -> dict[str, dict[str, Any]]:
    """One for each of 12 carriers and 10 days, all of this turn; at odd turns half of them are of c00."""
    return {
        f"o{n}": {"carrier": f"c{n % 12:02}" if n % 2 or turn % 2 == 0 else "c00", "day": n // 12, "turn": turn}
        for n in range(120)
    }


@asynccontextmanager
async def turning(gallery: Gallery) -> AsyncIterator[None]:
    """Every document is written again and again, all at once."""

    async def turn() -> None:
        for number in count(2):
            await gallery.put(documents(number))
            if enough.is_set():
                return

    enough = asyncio.Event()
    await gallery.put(documents(1))
    work = asyncio.create_task(turn())
    try:
        yield
    finally:
        enough.set()
        await work


@pytest.mark.parametrize("scan_limit", [10, 45, 1000])
@pytest.mark.parametrize("sort", ["day", "carrier", "turn"])
async def test_rows_and_count_of_a_page_are_of_one_moment(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, sort: str, scan_limit: int
) -> None:
    monkeypatch.setattr(view_walk, "WALKED_AT_ONCE", 5)
    gallery = Gallery(redis, VIEW, scan_limit)
    await gallery.open()
    asked = Query((Condition("carrier", "gte", "c06"),), (IndexField(sort, False),), 20, count=True)
    turns: set[int] = set()
    async with turning(gallery):
        for _ in range(ROUNDS):
            pages = await asyncio.gather(*(gallery.page(asked) for _ in range(AT_ONCE)))
            turns |= {checked(page, sort) for page in pages}
    assert len(turns) > 1


def checked(page: Page, sort: str) -> int:
    """The one turn that everything on a page is of."""
    rows = [orjson.loads(row) for row in page.items]
    [turn] = {int(row["turn"]) for row in rows}
    assert (len(rows), page.count) == (20, 60 if turn % 2 == 0 else 30)
    assert rows == sorted(rows, key=lambda row: row[sort])
    return turn


async def test_rows_and_count_that_two_commands_answered_are_asked_for_again(redis: Redis) -> None:
    gallery = Gallery(redis, VIEW, 10)
    await gallery.open()
    await gallery.put(documents(1))
    pages = CoalescedPages(redis, LAYOUT.prefix, LOG, 1)
    source = gallery.queries.named(gallery.declared, "v").source
    table = source.table("1", gallery.shape)
    plan = standard_plan(table.standard, backwards=False)
    walk = Walk(pages, source, table, Query(limit=5, count=True), plan, plan)

    async def ask() -> None:
        await pages.ask(Question("", packed(("nothing", "")), 1))

    async def ask_all(times: int) -> None:
        await asyncio.gather(*(ask() for _ in range(times)))

    for others, commands in ((0, 1), (MOST_IN_ONE - 1, 3)):
        before = await scripts_run(redis)
        _, page = await asyncio.gather(ask_all(others), walk.page(None))
        assert page.count == 70
        assert await scripts_run(redis) - before == commands


async def scripts_run(redis: Redis) -> int:
    """How many scripts Redis has run."""
    return int((await redis.info("commandstats")).get("cmdstat_evalsha", {"calls": 0})["calls"])
