"""Races between processes that declare, and what nobody sees of them."""

import asyncio
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from catalog.catalog import Catalog

Database = AsyncDatabase[dict[str, Any]]


async def catalogs(database: Database, number: int) -> list[Catalog]:
    return [await Catalog.open(database, prefix=f"p{n}") for n in range(number)]


async def test_of_declarations_at_one_time_the_last_one_stands_and_none_fails(database: Database) -> None:
    racing = await catalogs(database, 6)
    bodies: list[dict[str, Any]] = [{"indexes": [[f"field_{n}"]]} for n in range(6)]
    outcomes = await asyncio.gather(
        *(catalog.declare("orders", body) for catalog, body in zip(racing, bodies, strict=True))
    )
    assert sorted(declared.revision for declared, _ in outcomes) == [1, 2, 3, 4, 5, 6]
    assert [created for _, created in outcomes].count(True) == 1
    last = max((declared for declared, _ in outcomes), key=lambda declared: declared.revision)
    for catalog in racing:
        await catalog.refresh()
        standing = catalog.get("orders")
        assert standing is not None
        assert (standing.revision, standing.body) == (6, last.body)


async def test_of_the_same_declarations_at_one_time_one_makes_it(database: Database) -> None:
    racing = await catalogs(database, 6)
    outcomes = await asyncio.gather(*(catalog.declare("orders", {"indexes": [["a"]]}) for catalog in racing))
    assert [created for _, created in outcomes].count(True) == 1
    assert {declared.revision for declared, _ in outcomes} == {1}


async def test_declaring_by_itself_loses_to_a_declaration_at_the_same_time(database: Database) -> None:
    racing = await catalogs(database, 6)
    said = {"indexes": [["a"]]}
    for name in ("orders", "users", "shops"):
        await asyncio.gather(
            *(catalog.auto_declare(name) for catalog in racing[1:]), racing[0].declare(name, said)
        )
        await racing[1].refresh()
        assert (await racing[1].find(name)).body == said


async def test_changes_of_many_collections_at_one_time_are_all_numbered(database: Database) -> None:
    racing = await catalogs(database, 4)
    names = [f"c{n}" for n in range(5)]
    await asyncio.gather(*(catalog.auto_declare(name) for catalog in racing for name in names))
    await asyncio.gather(*(racing[0].drop(name, {0: 1}) for name in names))
    records = await database["collections"].find().sort("change").to_list()
    assert [record["change"] for record in records] == [6, 7, 8, 9, 10]
    assert [record["revision"] for record in records] == [2] * 5
