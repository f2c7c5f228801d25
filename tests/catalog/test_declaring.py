"""Declaring, changing, finding and dropping collections."""

from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from catalog.catalog import Catalog
from catalog.declaration import Declaration
from catalog.declared import Condition, Declared, Group, IndexField, Measure
from catalog.errors import CatalogUnavailable, CollectionMissing, DeclarationInvalid, UniqueNeedsEmpty

Database = AsyncDatabase[dict[str, Any]]

FLIGHTS: dict[str, Any] = {
    "schema": {
        "type": "object",
        "properties": {"a.b": {"$ref": "#/$defs/text"}},
        "$defs": {"text": {"type": "string"}},
    },
    "unique": [["carrier", "number"]],
    "indexes": [["carrier", "-departed_at"]],
    "views": {
        "days": {
            "group_by": ["origin", {"field": "departed_at", "bucket": "day", "as": "day"}],
            "measures": {"flights": "count", "delay": {"avg": "delay"}},
            "where": {"cancelled": {"eq": False}, "carrier": {"in": ["UA", "AA"]}},
        }
    },
    "require_if_match": True,
}


async def has_some(_: str) -> bool:
    return True


async def has_none(_: str) -> bool:
    return False


async def test_a_declared_collection_is_found_as_it_was_declared(catalog: Catalog) -> None:
    declared, created = await catalog.declare("flights", FLIGHTS)
    assert created
    assert catalog.get("flights") == declared
    assert await catalog.find("flights") == declared
    assert await catalog.all() == [declared]
    assert declared.body == FLIGHTS


async def test_a_declared_collection_is_ready_to_be_used(catalog: Catalog) -> None:
    declared, _ = await catalog.declare("flights", FLIGHTS)
    [index] = declared.indexes
    view = declared.views["days"]
    assert (declared.name, declared.revision, declared.require_if_match) == ("flights", 1, True)
    assert declared.unique == (("carrier", "number"),)
    assert index.fields == (IndexField("carrier", False), IndexField("departed_at", True))
    assert index.name == "carrier,-departed_at"
    assert view.groups == (Group("origin", "origin", None, None), Group("day", "departed_at", "day", "UTC"))
    assert view.measures == (Measure("flights", "count", None), Measure("delay", "avg", "delay"))
    assert view.where == (Condition("cancelled", "eq", False), Condition("carrier", "in", ("UA", "AA")))
    assert declared.schema is not None
    assert [at for at, _ in declared.schema.check({"a.b": 5})] == ["/a.b"]


async def test_another_catalog_reads_what_was_declared(catalog: Catalog, database: Database) -> None:
    declared, _ = await catalog.declare("flights", FLIGHTS)
    opened = await Catalog.open(database, prefix="another")
    found = opened.get("flights")
    assert found is not None
    assert comparable(found) == comparable(declared)


async def test_a_collection_that_was_never_declared_is_missing(catalog: Catalog) -> None:
    assert catalog.get("flights") is None
    assert not await catalog.exists_now("flights")
    with pytest.raises(CollectionMissing, match='no collection "flights" is declared'):
        await catalog.find("flights")


async def test_a_name_that_cannot_be_is_refused_and_never_found(catalog: Catalog) -> None:
    for name in ("$where", "batch"):
        for declaring in (catalog.declare(name, {}), catalog.auto_declare(name)):
            with pytest.raises(DeclarationInvalid):
                await declaring
        with pytest.raises(CollectionMissing):
            await catalog.find(name)
        with pytest.raises(CollectionMissing):
            await catalog.drop(name, {})
    assert await catalog.all() == []


async def test_the_same_declaration_again_changes_nothing(catalog: Catalog) -> None:
    first, _ = await catalog.declare("flights", FLIGHTS)
    heard: list[str] = []
    catalog.on_change(lambda name, _: heard.append(name))
    again, created = await catalog.declare("flights", dict(reversed(FLIGHTS.items())))
    assert not created
    assert again is first
    assert heard == []


async def test_a_declaration_is_compiled_once_by_all_who_read_it(catalog: Catalog, database: Database) -> None:
    declared, _ = await catalog.declare("flights", FLIGHTS)
    again, _ = await catalog.declare("flights", {**FLIGHTS, "require_if_match": False})
    back, _ = await catalog.declare("flights", FLIGHTS)
    other = await Catalog.open(database, prefix=database.name)
    assert declared.schema is not None
    assert declared.schema is back.schema is (await other.find("flights")).schema
    assert again.schema is not declared.schema


async def test_a_changed_declaration_is_the_next_revision(catalog: Catalog) -> None:
    first, _ = await catalog.declare("flights", FLIGHTS)
    second, created = await catalog.declare("flights", {**FLIGHTS, "require_if_match": False})
    assert not created
    assert (second.revision, second.require_if_match) == (2, False)
    assert second.created_at == first.created_at
    assert second.updated_at >= first.updated_at


async def test_a_declaration_may_be_given_parsed_and_is_still_checked(catalog: Catalog) -> None:
    declared, _ = await catalog.declare("flights", Declaration(require_if_match=True))
    assert declared.require_if_match
    with pytest.raises(DeclarationInvalid):
        await catalog.declare("flights", Declaration(indexes=(("a",), ("a",))))


async def test_a_dropped_collection_is_missing(catalog: Catalog) -> None:
    await catalog.declare("flights", FLIGHTS)
    await catalog.drop("flights", {0: 812})
    assert catalog.get("flights") is None
    assert await catalog.all() == []
    assert not await catalog.exists_now("flights")
    with pytest.raises(CollectionMissing):
        await catalog.drop("flights", {0: 900})
    assert catalog.floor("flights", 0) == 812


async def test_a_dropped_collection_declared_again_keeps_its_floors_and_counts_on(catalog: Catalog) -> None:
    await catalog.declare("flights", FLIGHTS)
    await catalog.drop("flights", {0: 2**52, 3: 7})
    again, created = await catalog.declare("flights", {})
    assert created
    assert again.revision == 3
    assert again.body == {}
    assert again.floors == {0: 2**52, 3: 7}


async def test_floors_never_sink(catalog: Catalog) -> None:
    await catalog.declare("flights", {})
    await catalog.drop("flights", {0: 500, 1: 10})
    await catalog.declare("flights", {})
    await catalog.drop("flights", {0: 400, 2: 20})
    assert [catalog.floor("flights", partition) for partition in range(4)] == [500, 10, 20, 0]


async def test_a_unique_set_is_added_to_a_new_or_an_empty_collection(catalog: Catalog) -> None:
    await catalog.declare("flights", {"unique": [["a"]]}, has_documents=has_some)
    declared, _ = await catalog.declare("flights", {"unique": [["a"], ["b"]]}, has_documents=has_none)
    assert declared.unique == (("a",), ("b",))


@pytest.mark.parametrize("has_documents", [has_some, None])
async def test_a_unique_set_is_not_added_to_a_collection_with_documents(
    catalog: Catalog, has_documents: Any
) -> None:
    await catalog.declare("flights", {"unique": [["a"]]})
    with pytest.raises(UniqueNeedsEmpty) as refused:
        await catalog.declare("flights", {"unique": [["b", "c"], ["a"]]}, has_documents=has_documents)
    assert refused.value.added == (("b", "c"),)
    assert "b+c cannot become unique" in str(refused.value)
    assert (await catalog.find("flights")).revision == 1


async def test_a_unique_set_is_removed_whatever_documents_there_are(catalog: Catalog) -> None:
    await catalog.declare("flights", {"unique": [["a"], ["b"]]})
    declared, _ = await catalog.declare("flights", {"unique": [["b"]]}, has_documents=has_some)
    assert declared.unique == (("b",),)


async def test_a_dropped_collection_may_become_unique(catalog: Catalog) -> None:
    await catalog.declare("flights", {})
    await catalog.drop("flights", {0: 1})
    declared, _ = await catalog.declare("flights", {"unique": [["a"]]}, has_documents=has_some)
    assert declared.unique == (("a",),)


async def test_declaring_by_itself_never_changes_what_is_declared(catalog: Catalog, database: Database) -> None:
    unaware = await Catalog.open(database, prefix="unaware")
    await catalog.declare("flights", FLIGHTS)
    assert (await unaware.auto_declare("flights")).revision == 1
    assert (await catalog.auto_declare("planes")).body == {}


async def test_declaring_by_itself_brings_a_dropped_collection_back_empty(catalog: Catalog) -> None:
    await catalog.declare("flights", FLIGHTS)
    await catalog.drop("flights", {0: 812})
    again = await catalog.auto_declare("flights")
    assert (again.body, again.floors) == ({}, {0: 812})


async def test_keys_of_a_schema_never_become_keys_in_mongodb(catalog: Catalog, database: Database) -> None:
    await catalog.declare("flights", FLIGHTS)
    record = await database["collections"].find_one({"_id": "flights"})
    assert record is not None
    assert isinstance(record["declaration"], str)
    assert "$defs" in record["declaration"]


async def test_a_declaration_of_a_newer_foldbase_stops_nobody_else(
    catalog: Catalog, database: Database
) -> None:
    await catalog.declare("flights", FLIGHTS)
    await catalog.declare("planes", {})
    newer = {"$set": {"declaration": '{"rules": []}', "change": 100}}
    await database["collections"].update_one({"_id": "flights"}, newer)
    assert [declared.name for declared in await catalog.all()] == ["planes"]
    with pytest.raises(CatalogUnavailable, match="newer foldbase"):
        await catalog.find("flights")


def comparable(declared: Declared) -> tuple[Any, ...]:
    """Everything but the compiled schema, of which each process has its own."""
    return (
        *(declared.name, declared.revision, declared.unique, declared.indexes, dict(declared.views)),
        *(declared.require_if_match, declared.created_at, declared.updated_at, declared.floors, declared.body),
    )


async def test_a_dropped_name_begins_anew_above_all_that_was_written_until_then(database: Database) -> None:
    async def heads() -> dict[int, int]:
        return {0: 900, 1: 10}

    catalog = await Catalog.open(database, prefix="test", heads=heads)
    await catalog.declare("flights", {})
    await catalog.drop("flights", {0: 812})
    declared, _ = await catalog.declare("flights", {})
    assert dict(declared.floors) == {0: 900, 1: 10}
    await catalog.drop("flights", {0: 950})
    assert dict((await catalog.auto_declare("flights")).floors) == {0: 950, 1: 10}
