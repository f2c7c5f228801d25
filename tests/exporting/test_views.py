"""A view that is exported is what a reader of it sees at that position, and every format holds it exactly."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from commands.documents import Create
from projections.views.rows import read_body
from queries.errors import ViewMissing
from tests.exporting.files import cells, exported, lines, table
from tests.projections.histories import write
from tests.projections.world import World

MEASURES = {
    "documents": "count",
    "total": {"sum": "b"},
    "mean": {"avg": "b"},
    "least": {"min": "c"},
    "most": {"max": "c"},
    "kinds": {"distinct": "d"},
}


async def test_exported_rows_are_those_that_readers_get(world: World) -> None:
    await _declare(world, {"by_a": {"group_by": ["a"], "measures": MEASURES}})
    await write(world, Random(11), 120)
    async with world.projecting():
        await world.caught_up()
    assert sorted((await exported(world, "orders", "by_a")).splitlines()) == sorted(await _kept(world, "by_a"))


async def test_rows_are_of_the_position_that_is_asked_for(world: World) -> None:
    await _declare(world, {"all": {"measures": {"orders": "count"}}})
    await world.create("orders", ["o1", "o2"])
    before = ", ".join(map(str, await world.heads()))
    await world.create("orders", ["o3"])
    assert lines(await exported(world, "orders", "all", at=before)) == [{"orders": 2}]
    assert lines(await exported(world, "orders", "all")) == [{"orders": 3}]


async def test_rows_come_by_group(world: World) -> None:
    await _declare(world, {"by_n": {"group_by": ["n"], "measures": {"orders": "count"}}})
    for n, value in enumerate((10, "x", 9.5, None, True, "", -1)):
        await world.write("orders", f"o{n}", Create({"n": value}))
    found = [line["n"] for line in lines(await exported(world, "orders", "by_n"))]
    assert found == [None, True, -1, 9.5, 10, "", "x"]


async def test_sums_have_all_their_digits_in_text_and_the_nearest_double_in_a_table(world: World) -> None:
    await _declare(world, {"sums": {"measures": {"total": {"sum": "x"}}}})
    for n, value in enumerate((2**63 - 1, 2**63 - 1, 0.1)):
        await world.write("orders", f"o{n}", Create({"x": value}))
    exact = Decimal(2 * (2**63 - 1)) + Decimal("0.1")
    [row] = cells(await exported(world, "orders", "sums", format="csv"))
    assert Decimal(row["total"]) == exact
    for format in ("parquet", "arrow"):
        found = table(await exported(world, "orders", "sums", format=format))
        assert found.to_pydict() == {"total": [float(exact)]}


async def test_view_of_no_documents_has_columns_and_no_rows(world: World) -> None:
    await _declare(world, {"by_n": {"group_by": ["n"], "measures": {"orders": "count"}}})
    assert await exported(world, "orders", "by_n", format="csv") == b"n,orders\r\n"
    assert table(await exported(world, "orders", "by_n", format="parquet")).num_rows == 0


async def test_view_that_is_not_declared_is_refused(world: World) -> None:
    await world.declare("orders")
    with pytest.raises(ViewMissing):
        await exported(world, "orders", "by_n")


async def _declare(world: World, views: dict[str, Any]) -> None:
    await world.declare("users")
    await world.catalog.declare("orders", {"views": views})


async def _kept(world: World, name: str) -> list[bytes]:
    """The rows that Redis has."""
    live = await world.built.generations.live()
    rows = await world.redis.hgetall(world.layout.view("orders", live["orders"], name))
    return [read_body(row) for row in rows.values()]
