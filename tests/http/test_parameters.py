"""Query parameters: what is not known, or makes no sense, is refused with a hint."""

import httpx
import pytest

from tests.http.documents import Documents, problem

LIMITS = ["0", "-1", "1001", "9999", "10000000000000000000", "0000000019999", "1.0", "1e2", " 1", "+1", "x", "",
          "١", "1_0", "0x1", "%00", "null", "01"]  # fmt: skip


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_limit_that_is_no_number_from_1_to_1000_is_refused(limit: str, orders: Documents) -> None:
    answer = await orders.client.get(orders.path, params={"limit": limit})
    told = problem(answer, 400, "query-invalid")
    assert told["parameter"] == "limit"
    assert "1 to 1000" in told["detail"]


async def test_a_parameter_that_is_given_twice_is_refused(orders: Documents) -> None:
    answer = await orders.client.get(f"{orders.path}?limit=1&limit=1")
    assert "more than once" in problem(answer, 400, "query-invalid")["detail"]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("limt=1", "did you mean 'limit'?"),
        ("curser=1", "did you mean 'cursor'?"),
        ("LIMIT=1", "did you mean 'limit'?"),
        ("x", "there are: where, sort, limit, cursor, count, fields, explain"),
        ("limit=1&were%5Ba%5D=1", "did you mean 'where'?"),
        ("%00=1", "there are: where, sort, limit, cursor, count, fields, explain"),
        ("limit%20=1", "did you mean 'limit'?"),
    ],
)
async def test_an_unknown_parameter_is_refused_with_the_nearest_known(
    given: str, hint: str, orders: Documents
) -> None:
    told = problem(await orders.client.get(f"{orders.path}?{given}"), 400, "parameter-unknown")
    assert told["detail"].endswith(hint)


async def test_where_there_are_no_parameters_none_is_taken(orders: Documents, admin: httpx.AsyncClient) -> None:
    collection = f"/v1/collections/{orders.collection}"
    requests = [
        ("GET", orders.of("o1")),
        ("HEAD", orders.of("o1")),
        ("POST", orders.path),
        ("PUT", orders.of("o1")),
        ("PATCH", orders.of("o1")),
        ("DELETE", orders.of("o1")),
        ("POST", orders.of("o1/restore")),
        ("GET", "/v1/collections"),
        ("GET", collection),
        ("PUT", collection),
        ("DELETE", collection),
        ("GET", "/v1/projections"),
        ("POST", f"/v1/projections/{orders.collection}/rebuild"),
    ]
    for method, path in requests:
        body: dict[str, str] | None = {} if method in ("PUT", "POST", "PATCH") else None
        answer = await admin.request(method, f"{path}?verbose=1", json=body)
        assert answer.status_code == 400, (method, path)
        if method != "HEAD":
            assert "there are: none" in problem(answer, 400, "parameter-unknown")["detail"]
    assert (await admin.get(collection)).status_code == 200


@pytest.mark.parametrize("query", ["", "?", "?&", "?&&"])
async def test_a_query_that_says_nothing_is_no_query(query: str, orders: Documents) -> None:
    assert (await orders.client.get(orders.path + query)).status_code == 200
