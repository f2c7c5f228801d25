"""Views over HTTP: rows of groups, asked for as documents are, at the position of the last write."""

from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.http.documents import Documents, problem
from tests.openapi.serving import Served
from tests.projections.world import until

DECLARATION: dict[str, Any] = {
    "schema": {"properties": {"carrier": {"type": "string"}}},
    "views": {
        "by_year": {
            "group_by": [
                "carrier",
                {"field": "at", "bucket": "year", "time_zone": "Europe/Berlin", "as": "year"},
            ],
            "measures": {"flights": "count", "miles": {"sum": "miles"}, "mean": {"avg": "miles"}},
        },
        "totals": {"measures": {"miles": {"sum": "miles"}, "last": {"max": "at"}}},
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def flights(site: Served) -> Documents:
    """Sixty flights of six carriers in twelve years, in a collection with views. Leave it as it is."""
    return await filled(site, "flights")


@pytest_asyncio.fixture(loop_scope="session")
async def own_flights(site: Served, collection: str) -> Documents:
    """The same, for one test alone, which may change it."""
    return await filled(site, collection)


async def filled(site: Served, collection: str) -> Documents:
    assert (await site.admin.put(f"/v1/collections/{collection}", json=DECLARATION)).status_code == 201
    flights = Documents(site.user, collection)
    for n in range(60):
        written = await flights.put(f"f{n}", flight(n))
    assert (await flights.get("f59", after=written)).status_code == 200
    return flights


def flight(n: int) -> dict[str, Any]:
    return {"carrier": str(10 + n % 6), "at": f"{2000 + n % 12}-12-31T23:30:00Z", "miles": n / 10}


async def rows(flights: Documents, asked: str, view: str = "by_year") -> list[dict[str, Any]]:
    answer = await flights.client.get(f"/v1/views/{flights.collection}/{view}?{asked}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_rows_are_filtered_sorted_and_counted(flights: Documents) -> None:
    answer = await flights.client.get(
        f"/v1/views/{flights.collection}/by_year?where[carrier]=15&sort=-miles&limit=1&count=true&explain=true"
    )
    told = answer.json()
    assert told["items"] == [{"carrier": "15", "year": "2012", "flights": 5, "miles": 17.5, "mean": 3.5}]
    assert (told["count"], told["explain"]["index"]) == (2, "carrier,year")
    assert answer.headers["fold-plan"] == "index=carrier,year"
    following = await flights.client.get(answer.links["next"]["url"])
    assert [row["year"] for row in following.json()["items"]] == ["2006"]
    assert following.json()["next"] is None


async def test_a_view_is_found_by_its_name_percent_encoded(flights: Documents) -> None:
    address = f"/v1/views/{flights.collection}/%62y_year"
    read = await flights.client.get(f"{address}?limit=1")
    asked = await flights.client.request("QUERY", address, json={"limit": 1})
    assert read.json() == asked.json() == {"items": await rows(flights, "limit=1"), "next": read.json()["next"]}
    assert (
        "'by/year'"
        in problem(await flights.client.get(f"{address[:-5]}%2Fyear"), 404, "view-missing")["detail"]
    )


async def test_the_group_of_null_is_found_by_the_null_of_a_bucket(own_flights: Documents) -> None:
    written = await own_flights.put("f60", {"carrier": "16"})
    await own_flights.get("f60", after=written)
    for asked in ("where[year]=null", "where[year][in]=null,1999"):
        assert await rows(own_flights, f"{asked}&fields=carrier,year") == [{"carrier": "16", "year": None}]
    for asked in ("where[carrier]=null", "where[year][prefix]=null", "where[year][gt]=null"):
        assert await rows(own_flights, asked) == []
    address = f"/v1/views/{own_flights.collection}/by_year"
    told = await own_flights.client.request("QUERY", address, json={"where": {"year": "null"}})
    assert told.json()["items"] == []


async def test_buckets_and_declared_strings_are_texts_without_quotes(flights: Documents) -> None:
    found = await rows(flights, "where[year]=2001&where[carrier][in]=10,11&fields=year,carrier")
    assert found == [{"carrier": "10", "year": "2001"}]
    assert await rows(flights, "where[year][gte]=2010&where[carrier]=13&sort=year&fields=year") == [
        {"year": "2010"}
    ]


@pytest.mark.parametrize(("method", "ending"), [("QUERY", ""), ("POST", "/query")])
async def test_a_body_asks_the_same(flights: Documents, method: str, ending: str) -> None:
    asked = {"where": {"miles": {"lt": 14}}, "sort": ["miles"], "limit": 3, "count": True, "fields": ["miles"]}
    path = f"/v1/views/{flights.collection}/by_year{ending}"
    answer = await flights.client.request(method, path, json=asked)
    assert [row["miles"] for row in answer.json()["items"]] == [12, 12.5, 13]
    assert answer.json()["count"] == 4
    again = await flights.client.request(method, path, json=asked | {"cursor": answer.json()["next"]})
    assert again.json() == {"items": [{"miles": 13.5}], "next": None, "count": 4}


async def test_a_row_is_as_of_the_position_asked_for(own_flights: Documents) -> None:
    for n in range(5):
        written = await own_flights.put("f0", {"miles": 1000 + n, "at": "2100-01-01"})
        path = f"/v1/views/{own_flights.collection}/totals"
        after = {"Fold-After": written.headers["Fold-Position"]}
        answer = await own_flights.client.get(path, headers=after)
        assert answer.json()["items"] == [{"miles": 1177 + n, "last": "2100-01-01"}]
        assert answer.headers["Fold-Position"] >= after["Fold-After"]


async def test_views_that_are_not_there_are_missing(flights: Documents) -> None:
    answer = await flights.client.get(f"/v1/views/{flights.collection}/by_years")
    assert 'did you mean "by_year"?' in problem(answer, 404, "view-missing")["detail"]
    problem(await flights.client.get("/v1/views/nothing/by_year"), 404, "collection-missing")


async def test_a_view_has_no_document_called_query(flights: Documents) -> None:
    answer = await flights.client.get(f"/v1/views/{flights.collection}/by_year/query")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("where[carier]=10", "where[carier]"),
        ("sort=-mile", "sort"),
        ("fields=id", "fields"),
        ("where[_meta.version]=1", "where[_meta.version]"),
    ],
)
async def test_columns_that_are_not_there_are_named(flights: Documents, asked: str, parameter: str) -> None:
    answer = await flights.client.get(f"/v1/views/{flights.collection}/by_year?{asked}")
    assert problem(answer, 400, "query-invalid")["parameter"] == parameter


async def test_a_new_view_says_that_it_is_being_built_and_then_is_there(
    own_flights: Documents, admin: httpx.AsyncClient
) -> None:
    fresh = {"group_by": ["carrier"], "measures": {"miles": {"sum": "miles"}}}
    declaration = {**DECLARATION, "views": {**DECLARATION["views"], "fresh": fresh}}  # type: ignore[dict-item]
    await admin.put(f"/v1/collections/{own_flights.collection}", json=declaration)

    async def is_there() -> bool:
        assert (await own_flights.get("f1")).status_code == 200
        assert len(await rows(own_flights, "")) == 12
        answer = await own_flights.client.get(f"/v1/views/{own_flights.collection}/fresh")
        if answer.status_code == 200:
            assert sum(row["miles"] for row in answer.json()["items"]) == pytest.approx(177)
            return True
        problem(answer, 503, "projection-building")
        assert answer.headers["Retry-After"]
        return False

    await until(is_there)


async def test_an_order_that_is_declared_later_makes_its_filter_and_sort_flat(
    own_flights: Documents, admin: httpx.AsyncClient
) -> None:
    name = own_flights.collection
    asked = f"/v1/views/{name}/by_year?where[carrier]=10&sort=-miles&limit=1&explain=true"
    before = (await own_flights.client.get(asked)).json()
    again = {"where": {"carrier": "10"}, "sort": ["-miles"], "limit": 1, "cursor": before["next"]}
    views = dict(DECLARATION["views"])
    views["by_year"] = {**views["by_year"], "orders": [["carrier", "-miles"]]}
    declaration = {**DECLARATION, "views": views}
    assert (await admin.put(f"/v1/collections/{name}", json=declaration)).json()["views"] == views
    after: dict[str, Any] = {}

    async def is_built() -> bool:
        answer = await own_flights.client.get(asked)
        assert answer.status_code == 200
        following = await own_flights.client.post(f"/v1/views/{name}/by_year/query", json=again)
        assert [row["miles"] for row in following.json()["items"]] == [12]
        after.update(answer.json())
        return after["explain"] != before["explain"]

    await until(is_built)
    assert after["items"] == before["items"]
    assert before["explain"]["entries"] == 2
    assert after["explain"] == {"plan": "index", "index": "carrier,-miles,-year", "entries": 2}
