"""Preconditions of RFC 9110: If-Match and If-None-Match on writes, If-None-Match on reads."""

import httpx
import pytest

from tests.http.documents import Documents, problem

HOLDS = ['"2"', '"1", "2"', '"2","7"', '"1" ,\t"2"', '"x", "2"', "*", 'W/"1", "2"']
FAILS = ['"1"', '"3"', 'W/"2"', '"02"', '"2.0"', '"+2"', '""', '"x"', f'"{"9" * 5000}"']
BROKEN = ["2", "", '"2', '2"', '"2" "3"', '"2";', '*, "2"', "**", '"1" , 2', 'w/"2"', '" 2"']


async def at_version_2(orders: Documents) -> None:
    await orders.put("o1", {"n": 1})
    await orders.put("o1", {"n": 2})


@pytest.mark.parametrize("tags", HOLDS)
async def test_if_match_holds_for_the_version_that_is_there(tags: str, orders: Documents) -> None:
    await at_version_2(orders)
    answer = await orders.put("o1", {"n": 3}, if_match=tags)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"3"')


@pytest.mark.parametrize("tags", FAILS)
async def test_if_match_fails_for_any_other(tags: str, orders: Documents) -> None:
    await at_version_2(orders)
    for answer in (
        await orders.put("o1", {"n": 3}, if_match=tags),
        await orders.put("o1", {"n": 2}, if_match=tags),
        await orders.patch("o1", {"n": 3}, if_match=tags),
        await orders.delete("o1", if_match=tags),
    ):
        told = problem(answer, 412, "version-conflict")
        assert told["version"] == 2
        assert "version 2" in told["detail"]
    assert (await orders.patch("o1", {})).json()["n"] == 2


@pytest.mark.parametrize("tags", BROKEN)
async def test_an_if_match_that_is_no_list_of_tags_is_refused(tags: str, orders: Documents) -> None:
    await at_version_2(orders)
    told = problem(await orders.put("o1", {"n": 3}, if_match=tags), 400, "header-invalid")
    assert told["detail"].startswith("If-Match")


async def test_if_match_never_holds_where_there_is_no_document(orders: Documents) -> None:
    await orders.put("gone", {})
    await orders.delete("gone")
    for id in ("new", "gone"):
        for tags in ("*", '"0"', '"1"', '"2"'):
            assert problem(await orders.put(id, {}, if_match=tags), 412, "version-conflict")["version"] == 0
            problem(await orders.delete(id, if_match=tags), 412, "version-conflict")


async def test_if_none_match_creates_and_never_replaces(orders: Documents) -> None:
    assert (await orders.put("o1", {"n": 1}, if_none_match="*")).status_code == 201
    told = problem(await orders.put("o1", {"n": 1}, if_none_match="*"), 412, "version-conflict")
    assert told["version"] == 1
    problem(await orders.patch("o1", {"n": 2}, if_none_match="*"), 412, "version-conflict")
    problem(await orders.delete("o1", if_none_match="*"), 412, "version-conflict")


@pytest.mark.parametrize("value", ['"1"', "x", "", "* *"])
async def test_on_a_write_if_none_match_can_only_be_a_star(value: str, orders: Documents) -> None:
    problem(await orders.put("o1", {}, if_none_match=value), 400, "header-invalid")


async def test_both_conditions_at_once_must_hold_both_and_never_do(orders: Documents) -> None:
    await orders.put("o1", {"n": 1})
    for id in ("o1", "new"):
        for tags in ("*", '"1"'):
            answer = await orders.put(id, {"n": 2}, if_match=tags, if_none_match="*")
            problem(answer, 412, "version-conflict")


async def test_tags_may_come_in_several_lines(orders: Documents) -> None:
    await at_version_2(orders)
    lines = [("if-match", '"1"'), ("if-match", '"2"'), ("content-type", "application/json")]
    answer = await orders.client.put(orders.of("o1"), content=b'{"n":3}', headers=lines)
    assert answer.status_code == 200


async def test_restoring_can_demand_that_there_is_nothing(orders: Documents) -> None:
    await orders.put("o1", {"n": 1})
    problem(await orders.restore("o1", if_none_match="*"), 412, "version-conflict")
    await orders.delete("o1")
    assert (await orders.restore("o1", if_none_match="*")).status_code == 201


async def test_a_collection_may_demand_conditions(orders: Documents, admin: httpx.AsyncClient) -> None:
    await admin.put(f"/v1/collections/{orders.collection}", json={"require_if_match": True})
    told = problem(await orders.put("o1", {}), 428, "condition-required")
    assert "If-Match" in told["detail"]
    assert (await orders.post({"id": "o1"})).status_code == 201
    assert (await orders.put("o2", {}, if_none_match="*")).status_code == 201
    problem(await orders.patch("o1", {"n": 1}), 428, "condition-required")
    problem(await orders.delete("o1"), 428, "condition-required")
    assert (await orders.patch("o1", {"n": 1}, if_match='"1"')).status_code == 200
    assert (await orders.delete("o1", if_match="*")).status_code == 204
    problem(await orders.restore("o1"), 428, "condition-required")
    assert (await orders.restore("o1", if_none_match="*")).status_code == 201


NOT_MODIFIED = ['"2"', 'W/"2"', '"1", "2"', "*", '"1", W/"2"', '"2-gzip"', 'W/"2-zstd"']
MODIFIED = ['"1"', '"02"', '"x"', '"2x"', '"1", "3"', '"2-br"', '"-gzip"', '"*"']


@pytest.mark.parametrize("tags", NOT_MODIFIED)
async def test_a_read_of_what_is_known_already_is_304(tags: str, orders: Documents) -> None:
    await at_version_2(orders)
    last = await orders.patch("o1", {})
    answer = await orders.get("o1", after=last, if_none_match=tags)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] in ('"2"', tags.removeprefix("W/"))
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "authorization, accept-encoding"
    assert int(answer.headers["fold-position"]) >= int(last.headers["fold-position"])


@pytest.mark.parametrize("tags", MODIFIED)
async def test_a_read_of_something_newer_is_answered(tags: str, orders: Documents) -> None:
    await at_version_2(orders)
    last = await orders.patch("o1", {})
    answer = await orders.get("o1", after=last, if_none_match=tags)
    assert (answer.status_code, answer.json()["n"]) == (200, 2)


@pytest.mark.parametrize("name", ["If-None-Match", "If-Match"])
@pytest.mark.parametrize("tags", BROKEN)
async def test_a_read_with_tags_that_are_none_is_refused(tags: str, name: str, orders: Documents) -> None:
    last = await orders.put("o1", {})
    told = problem(await orders.get("o1", after=last, **{name: tags}), 400, "header-invalid")
    assert told["detail"].startswith(name)


async def test_a_read_of_nothing_is_404_whatever_is_known(orders: Documents) -> None:
    problem(await orders.get("o1", if_none_match="*"), 404, "document-missing")
    problem(await orders.get("o1", if_match='"1"'), 404, "document-missing")


@pytest.mark.parametrize("tags", HOLDS)
async def test_a_read_of_the_version_demanded_is_answered(tags: str, orders: Documents) -> None:
    await at_version_2(orders)
    last = await orders.patch("o1", {})
    assert (await orders.get("o1", after=last, if_match=tags)).status_code == 200
    assert (await orders.get("o1", if_match=tags, if_none_match='"2"')).status_code == 304


@pytest.mark.parametrize("tags", FAILS)
async def test_a_read_of_another_version_than_demanded_is_412(tags: str, orders: Documents) -> None:
    await at_version_2(orders)
    last = await orders.patch("o1", {})
    answer = await orders.get("o1", after=last, if_match=tags, if_none_match='"2"')
    assert problem(answer, 412, "version-conflict")["version"] == 2


async def test_dates_are_not_looked_at(orders: Documents) -> None:
    last = await orders.put("o1", {"n": 1})
    past, future = "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
    for name in ("if_modified_since", "if_unmodified_since", "if_range"):
        for date in (past, future, "yesterday"):
            assert (await orders.get("o1", after=last, **{name: date})).status_code == 200
            assert (await orders.put("o1", {"n": 1}, **{name: date})).status_code == 200


async def test_a_creation_takes_the_only_condition_that_it_can_hold(orders: Documents) -> None:
    assert (await orders.post({"id": "o1"}, if_none_match="*")).status_code == 201
    problem(await orders.post({"id": "o1"}, if_none_match="*"), 409, "document-exists")
    odd = [
        {"if_match": '"1"'},
        {"if_match": "*"},
        {"if_none_match": '"1"'},
        {"if_match": '"1"', "if_none_match": "*"},
    ]
    for headers in odd:
        problem(await orders.post({"id": "o2"}, **headers), 400, "header-invalid")
    assert (await orders.post({"id": "o2"})).status_code == 201


async def test_a_write_takes_the_tag_of_a_compressed_answer(orders: Documents) -> None:
    last = await orders.put("o1", {"text": "long " * 1000})
    read = await orders.get("o1", after=last, accept_encoding="gzip")
    assert (read.headers["content-encoding"], read.headers["etag"]) == ("gzip", '"1-gzip"')
    changed = await orders.patch("o1", {"n": 1}, if_match=read.headers["etag"], accept_encoding="zstd")
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2-zstd"')
    problem(await orders.patch("o1", {"n": 2}, if_match=read.headers["etag"]), 412, "version-conflict")
