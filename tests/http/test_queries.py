"""Queries over HTTP: in an address, with QUERY and with POST, told how they were answered; politely refused."""

import re
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio

from tests.http.documents import Documents, problem
from tests.openapi.serving import Served
from tests.projections.world import until

JSON = {"content-type": "application/json"}
DECLARATION = {
    "schema": {"properties": {"code": {"type": "string"}}},
    "indexes": [["status", "-total"], ["tags"], ["code"], ["weird name é"]],
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(site: Served) -> Documents:
    """Forty documents, s0 to s39, in a collection with indexes. Leave it as it is."""
    return await filled(site, "shop")


@pytest_asyncio.fixture(loop_scope="session")
async def own_shop(site: Served, collection: str) -> Documents:
    """The same, for one test alone, which may change it."""
    return await filled(site, collection)


async def filled(site: Served, collection: str) -> Documents:
    declared = await site.admin.put(f"/v1/collections/{collection}", json=DECLARATION)
    assert declared.status_code == 201
    shop = Documents(site.user, collection)
    for n in range(40):
        written = await shop.put(f"s{n}", document(n))
    assert (await shop.get("s39", after=written)).status_code == 200
    return shop


def document(n: int) -> dict[str, Any]:
    return {
        "status": ("new", "paid", "lost")[n % 3],
        "total": n,
        "tags": [f"t{n % 4}", "all"],
        "code": str(n % 5),
        "customer": {"name": f"c{n}", "age": n},
    }


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def ask(shop: Documents, query: str) -> httpx.Response:
    return await shop.client.get(f"{shop.path}?{query}")


async def test_documents_are_filtered_sorted_and_counted_by_an_index(shop: Documents) -> None:
    answer = await ask(
        shop, "where[status]=paid&where[total][gte]=10&sort=-total&limit=2&count=true&explain=true"
    )
    told = answer.json()
    assert list(told) == ["items", "next", "count", "explain"]
    assert (ids(answer), told["count"]) == (["s37", "s34"], 10)
    assert told["explain"] == {"plan": "index", "index": "status,-total", "entries": 3}
    assert answer.headers["fold-plan"] == "index=status,-total"
    assert answer.headers["fold-position"].isdigit()


async def test_items_are_the_documents_as_they_are_read_alone(shop: Documents) -> None:
    answer = await ask(shop, "where[status]=paid&limit=3&sort=total")
    alone = [(await shop.get(id)).content for id in ("s1", "s4", "s7")]
    assert answer.content.startswith(b'{"items":[%b],"next":"' % b",".join(alone))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "where[status]=paid&sort=-total&count=true",
        "where%5Bstatus%5D=paid&fields=total",
        "where[tags]=all",
        "where[tags][in]=t1,t2&sort=-tags",
        "sort=-code",
    ],
)
async def test_the_link_to_the_next_page_keeps_the_query(query: str, shop: Documents) -> None:
    whole = ids(await ask(shop, f"{query}&limit=1000"))
    seen, path = [], f"{shop.path}?limit=7&{query}"
    while path:
        answer = await shop.client.get(path)
        seen += ids(answer)
        link = re.fullmatch('<(.+)>; rel="next"', answer.headers.get("link", ""))
        assert (link is None) == (answer.json()["next"] is None)
        path = link[1] if link else ""
        assert path == "" or (path.count("cursor=") == 1 and "limit=7" in path)
    assert len(seen) > 7
    assert seen == whole


@pytest.mark.parametrize(("method", "suffix"), [("QUERY", ""), ("POST", "/query")])
async def test_a_body_asks_what_an_address_asks(method: str, suffix: str, shop: Documents) -> None:
    body = {
        "where": {"status": {"in": ["paid", "lost"]}, "total": {"lt": 30}},
        "sort": ["-total"],
        "limit": 3,
        "count": True,
        "fields": ["customer.name"],
        "explain": True,
    }
    asked = await shop.client.request(method, shop.path + suffix, json=body)
    address = "where[status][in]=paid,lost&where[total][lt]=30&sort=-total&limit=3&count=true"
    same = await ask(shop, f"{address}&fields=customer.name&explain=true")
    assert asked.json() == same.json()
    assert asked.headers["fold-plan"] == same.headers["fold-plan"] == "index=status,-total"
    assert "link" not in asked.headers
    following = {**body, "cursor": asked.json()["next"]}
    assert ids(await shop.client.request(method, shop.path + suffix, json=following)) == ["s25", "s23", "s22"]


async def test_head_tells_how_a_query_would_be_answered(shop: Documents) -> None:
    head = await shop.client.head(f"{shop.path}?where[status]=paid")
    assert (head.status_code, head.content, head.headers["fold-plan"]) == (200, b"", "index=status,-total")


async def test_a_document_may_be_called_like_the_address_of_queries(orders: Documents) -> None:
    written = await orders.put("query", {"n": 1})
    assert written.status_code == 201
    assert written.headers["location"] == orders.of("query")
    assert (await orders.get("query", after=written)).json()["n"] == 1
    assert (await orders.patch("query", {"n": 2})).status_code == 200
    assert (await orders.send("POST", "query", {})).json()["items"][0]["id"] == "query"
    assert (await orders.delete("query")).status_code == 204
    assert (await orders.restore("query")).status_code == 201
    refused = await orders.client.request("OPTIONS", orders.of("query"))
    assert refused.headers["allow"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"


async def test_fields_are_answered_nested_and_as_they_are(shop: Documents) -> None:
    item = (await ask(shop, "fields=customer.age,total,nothing&limit=1")).json()["items"][0]
    assert {name: value for name, value in item.items() if name != "_meta"} == {
        "id": "s39",
        "total": 39,
        "customer": {"age": 39},
    }
    assert item["_meta"]["version"] == 1


async def test_the_schema_says_what_a_value_without_quotes_is(shop: Documents) -> None:
    for value in ("3", '"3"'):
        assert (await ask(shop, f"where[code]={value}&count=true")).json()["count"] == 8
    assert (await ask(shop, "where[total]=3&where[status]=new&count=true")).json()["count"] == 1
    assert (await ask(shop, 'where[total]="3"&where[status]=new&count=true')).json()["count"] == 0


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("where[tags]=t1", 10),
        ("where[tags]=all", 40),
        ("where[tags][prefix]=", 40),
        ("where[tags][in]=t1,t2,all", 40),
        ("where[tags][lt]=t1", 40),
        ("where[tags][gt]=t2", 10),
    ],
)
async def test_arrays_are_found_by_each_element_and_counted_once(
    query: str, count: int, shop: Documents
) -> None:
    answer = (await ask(shop, f"{query}&count=true&limit=1000")).json()
    assert (answer["count"], len(answer["items"])) == (count, count)


async def test_a_large_collection_without_an_index_is_refused_with_the_index_to_declare(
    own_shop: Documents, admin: httpx.AsyncClient
) -> None:
    query = "where[customer.name]=c3&sort=-total"
    told = problem(await ask(own_shop, query), 400, "index-needed")
    assert told["indexes"] == [["customer.name", "-total"]]
    assert '{"indexes":[["customer.name","-total"]]}' in told["detail"]
    declaration = {**DECLARATION, "indexes": [*DECLARATION["indexes"], *told["indexes"]]}
    assert (await admin.put(f"/v1/collections/{own_shop.collection}", json=declaration)).status_code == 200
    answers: list[httpx.Response] = []

    async def is_answered() -> bool:
        answers.append(await ask(own_shop, query))
        return answers[-1].status_code == 200

    await until(is_answered)
    for waiting in answers[:-1]:
        assert "customer.name,-total" in problem(waiting, 503, "projection-building")["detail"]
        assert int(waiting.headers["retry-after"]) > 0
    assert (ids(answers[-1]), answers[-1].headers["fold-plan"]) == (["s3"], "index=customer.name,-total")


async def test_a_small_collection_is_scanned_and_says_so(orders: Documents) -> None:
    for n in range(3):
        written = await orders.put(f"o{n}", {"n": n})
    await orders.get("o2", after=written)
    answer = await ask(orders, "where[n][gt]=0&sort=-n&explain=true")
    assert (ids(answer), answer.headers["fold-plan"]) == (["o2", "o1"], "scan")
    assert answer.json()["explain"] == {"plan": "scan", "index": None, "entries": 3}


async def test_a_cursor_too_long_for_an_address_is_not_linked_to_and_holds_in_a_body(orders: Documents) -> None:
    for n in range(3):
        written = await orders.put(f"o{n}", {"text": "x" * 50_000 + str(n)})
    await orders.get("o2", after=written)
    first = await ask(orders, "sort=text&limit=1")
    assert (ids(first), "link" in first.headers) == (["o0"], False)
    asked = {"sort": ["text"], "limit": 2, "cursor": first.json()["next"]}
    assert ids(await orders.client.request("QUERY", orders.path, json=asked)) == ["o1", "o2"]


async def test_a_plan_is_told_in_ascii(shop: Documents) -> None:
    answer = await ask(shop, "where[weird name é]=1")
    assert answer.headers["fold-plan"] == "index=weird%20name%20%C3%A9"


@pytest.mark.parametrize(
    ("query", "parameter", "told"),
    [
        ("where[total][ge]=1", "where[total][ge]", "did you mean 'gte'?"),
        ("where[customer][name]=c1", "where[customer][name]", "customer.name"),
        ("limit=1001", "limit", "1 to 1000"),
        ("cursor=x", "cursor", "begin again without it"),
        ("cursor=", "cursor", "begin again without it"),
        ("cursor=a&cursor=b", "cursor", "more than once"),
        ("sort=total,total", "sort", "twice"),
        ("where[a]=1e999", "where[a]", "outside int64"),
        ("where[total][gt]=1&where[code][gt]=1", "where", "no index can serve this"),
        ("count=yes", "count", "true or false"),
        ("where[a]=%FF", "where[a]", "UTF-8"),
        ("where%5Ba%5D=%00%ED%A0%80", "where[a]", "UTF-8"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_parameter_to_mend(
    query: str, parameter: str, told: str, shop: Documents
) -> None:
    refused = problem(await ask(shop, query), 400, "query-invalid")
    assert refused["parameter"] == parameter
    assert told in refused["detail"]


@pytest.mark.parametrize(("method", "suffix"), [("QUERY", ""), ("POST", "/query")])
async def test_a_body_that_makes_no_sense_is_refused(method: str, suffix: str, shop: Documents) -> None:
    path = shop.path + suffix
    unknown = await shop.client.request(method, path, json={"were": {}})
    assert problem(unknown, 400, "parameter-unknown")["detail"].endswith("did you mean 'where'?")
    for body in (
        [],
        {"where": {"a": {"$gt": 1}}},
        {"limit": 1001},
        {"cursor": "x"},
        {"where": {"a": [1]}},
        1,
        None,
    ):
        problem(
            await shop.client.request(method, path, content=orjson.dumps(body), headers=JSON),
            400,
            "query-invalid",
        )
    for text in (b"", b"{", b'{"limit":1,"limit":2}', b'{"where":{"a":18446744073709551616}}'):
        problem(await shop.client.request(method, path, content=text, headers=JSON), 400, "json-invalid")
    problem(await shop.client.request(method, path, content=b"{}"), 415, "media-type-unsupported")
    address = await shop.client.request(method, f"{path}?limit=1", json={})
    assert problem(address, 400, "parameter-unknown")["parameter"] == "limit"


async def test_a_cursor_with_a_character_changed_is_refused(shop: Documents) -> None:
    query = "where[status]=paid&limit=2"
    cursor = (await ask(shop, query)).json()["next"]
    assert ids(await ask(shop, f"{query}&cursor={cursor}"))
    for place in range(0, len(cursor), 7):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        problem(await ask(shop, f"{query}&cursor={changed}"), 400, "query-invalid")
    problem(await ask(shop, f"where[status]=new&cursor={cursor}"), 400, "query-invalid")


async def test_a_query_sees_what_was_written_before_it_where_it_says_so(own_shop: Documents) -> None:
    for n in range(5):
        written = await own_shop.put("s1", {**document(1), "status": "paid", "total": 100 + n})
        headers = {"fold-after": written.headers["fold-position"]}
        answer = await own_shop.client.get(
            f"{own_shop.path}?where[status]=paid&sort=-total&limit=1", headers=headers
        )
        assert answer.json()["items"][0]["total"] == 100 + n
