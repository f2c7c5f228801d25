"""Imports over HTTP: an answer for every line, in their order; what is wrong with one stays with it."""

from typing import Any

import httpx
import pytest

from app.importing.lines import LONGEST_LINE
from events.values import MOST_DOCUMENT_BYTES
from tests.http.documents import Documents, problem
from tests.http.importing import NDJSON, lines, take, told


async def test_every_line_is_answered_in_order_and_the_last_answer_counts_them(orders: Documents) -> None:
    of_lines, summary = told(await take(orders, lines({"id": "a", "n": 1}, {"n": 2}, {"id": "c", "n": 3})))
    assert [(each["line"], each["status"], each["version"]) for each in of_lines] == [
        (1, 201, 1),
        (2, 201, 1),
        (3, 201, 1),
    ]
    assert [each["id"] for each in of_lines[::2]] == ["a", "c"]
    assert summary == {
        "lines": 3,
        "written": 3,
        "unchanged": 0,
        "skipped": 0,
        "refused": 0,
        "fold_after": str(max(each["position"] for each in of_lines)),
    }
    for each in of_lines:
        read = await orders.get(each["id"], fold_after=summary["fold_after"])
        assert read.json()["n"] == each["line"]


async def test_blank_lines_count_and_are_no_documents(orders: Documents) -> None:
    body = b'\r\n{"id":"a"}\r\n\n   \n\t{"id":"b"} \n\n{"id":"c"}'
    of_lines, summary = told(await take(orders, body))
    assert [(each["line"], each["id"]) for each in of_lines] == [(2, "a"), (5, "b"), (7, "c")]
    assert (summary["lines"], summary["written"]) == (3, 3)


@pytest.mark.parametrize("body", [b"", b"\n\n"])
async def test_nothing_to_import_is_told_so(body: bytes, orders: Documents) -> None:
    assert told(await take(orders, body)) == (
        [],
        {"lines": 0, "written": 0, "unchanged": 0, "skipped": 0, "refused": 0},
    )


REFUSED: dict[str, tuple[bytes, int, str]] = {
    "no JSON": (b"{", 400, "json-invalid"),
    "broken UTF-8": (b'{"a": "\xff"}', 400, "json-invalid"),
    "a key twice": (b'{"a": 1, "a": 2}', 400, "json-invalid"),
    "two documents": (b'{"a": 1} {"a": 2}', 400, "json-invalid"),
    "no object": (b"[1]", 422, "document-invalid"),
    "an id that can not be": (b'{"id": "/"}', 422, "document-invalid"),
    "an id of another kind": (b'{"id": true}', 422, "document-invalid"),
    "a name that can not be": (b'{"$a": 1}', 422, "document-invalid"),
    "a document that is too large": (b'{"a": "%b"}' % (b"x" * MOST_DOCUMENT_BYTES), 422, "document-invalid"),
    "a line that is too long": (b'{"a": "%b"}' % (b"x" * LONGEST_LINE), 413, "body-too-large"),
    "what the schema forbids": (b'{"n": "one"}', 422, "schema-violated"),
    "a value that is taken": (b'{"n": 1}', 409, "unique-taken"),
}


async def test_a_line_that_can_not_go_in_has_its_problem_and_the_others_go_in(
    collection: str, admin: httpx.AsyncClient
) -> None:
    schema = {"properties": {"n": {"type": "integer"}}}
    await admin.put(f"/v1/collections/{collection}", json={"schema": schema, "unique": [["n"]]})
    orders = Documents(admin, collection)
    await orders.put("o1", {"n": 1})
    good = [{"id": f"good-{place}"} for place in range(len(REFUSED))]
    mixed = [
        each for pair in zip((line for line, _, _ in REFUSED.values()), good, strict=True) for each in pair
    ]
    of_lines, summary = told(await take(orders, lines(*mixed)))
    problems = [(each["status"], each["problem"]["type"].rpartition("/")[2]) for each in of_lines[::2]]
    assert problems == [(status, name) for _, status, name in REFUSED.values()]
    assert [each["id"] for each in of_lines[1::2]] == [each["id"] for each in good]
    assert (summary["refused"], summary["written"]) == (len(REFUSED), len(good))
    for each in of_lines[::2]:
        assert each["problem"]["status"] == each["status"]
        assert each["problem"]["detail"]
        assert "_log" not in each["problem"]


async def test_a_document_of_the_largest_size_goes_in_however_it_is_escaped(orders: Documents) -> None:
    text = "ä" * ((MOST_DOCUMENT_BYTES - 8) // 2)
    [of_line], _ = told(await take(orders, lines({"id": "a", "t": text})))
    assert of_line["status"] == 201
    read = await orders.get("a", fold_after=str(of_line["position"]))
    assert read.json()["t"] == text


async def test_an_id_that_is_taken_is_refused_skipped_or_replaced(orders: Documents) -> None:
    await orders.put("a", {"n": 1})
    body = lines({"id": "a", "n": 2}, {"id": "b", "n": 2})
    [refused, _], summary = told(await take(orders, body))
    assert (refused["status"], refused["problem"]["type"]) == (409, "/problems/document-exists")
    assert (summary["written"], summary["refused"]) == (1, 1)

    of_lines, summary = told(await take(orders, body, "?on_conflict=skip"))
    assert of_lines == [
        {"line": 1, "status": 200, "id": "a", "skipped": True},
        {"line": 2, "status": 200, "id": "b", "skipped": True},
    ]
    assert (summary["written"], summary["skipped"]) == (0, 2)

    of_lines, summary = told(await take(orders, body, "?on_conflict=replace"))
    assert [(each["status"], each["version"]) for each in of_lines] == [(200, 2), (200, 1)]
    assert (summary["written"], summary["unchanged"]) == (1, 1)


async def test_lines_about_one_document_are_applied_in_order(orders: Documents) -> None:
    body = lines(*({"id": f"o{number % 7}", "n": number} for number in range(700)))
    of_lines, summary = told(await take(orders, body, "?on_conflict=replace"))
    assert summary["written"] == 700
    assert [each["version"] for each in of_lines] == [number // 7 + 1 for number in range(700)]
    for place in range(7):
        read = await orders.get(f"o{place}", fold_after=summary["fold_after"])
        assert read.json()["n"] == 693 + place


async def test_the_id_is_taken_from_a_field_which_stays(orders: Documents) -> None:
    body = lines({"code": "ber", "id": "x"}, {"code": 7}, {"name": "Atlantis"})
    [first, second, third], _ = told(await take(orders, body, "?id=code"))
    assert [first["id"], second["id"]] == ["ber", "7"]
    assert third["problem"]["detail"] == "has no code to take the id from"
    read = await orders.get("ber", fold_after=str(first["position"]))
    assert {name: value for name, value in read.json().items() if name != "_meta"} == {
        "code": "ber",
        "id": "ber",
    }


async def test_documents_that_were_read_can_be_imported_as_they_are(orders: Documents) -> None:
    written = await orders.put("a", {"n": 1})
    of_lines, _ = told(await take(orders, written.content, "?on_conflict=replace"))
    assert (of_lines[0]["status"], of_lines[0]["version"]) == (200, 1)


async def test_only_what_was_refused_is_told_to_who_prefers_to_have_no_more(orders: Documents) -> None:
    body = lines({"id": "a"}, b"{", {"id": "b"})
    answer = await take(orders, body, prefer="return=minimal")
    assert answer.headers["preference-applied"] == "return=minimal"
    [refused], summary = told(answer)
    assert (refused["line"], refused["status"]) == (2, 400)
    assert (summary["lines"], summary["written"], summary["refused"]) == (3, 2, 1)


async def test_documents_are_not_returned_whatever_is_preferred(orders: Documents) -> None:
    answer = await take(orders, lines({"id": "a"}), prefer="return=representation")
    assert "preference-applied" not in answer.headers
    assert told(answer)[0][0].keys() == {"line", "status", "id", "version", "position"}


async def test_an_import_that_is_sent_again_with_its_key_has_no_second_effect(orders: Documents) -> None:
    key = f'"{orders.collection}"'
    body = lines({"id": "a", "n": 1}, {"n": 2}, b"{", {"id": "a", "n": 3})
    first = await take(orders, body, idempotency_key=key)
    assert [each["status"] for each in told(first)[0]] == [201, 201, 400, 409]
    await orders.put("a", {"n": "changed"})
    assert (await take(orders, body, idempotency_key=key)).content == first.content
    page = await orders.get(fold_after=str(told(first)[1]["fold_after"]))
    assert len(page.json()["items"]) == 2


async def test_what_was_cut_off_is_sent_again_whole(orders: Documents) -> None:
    every = [{"n": number} for number in range(40)]
    first, _ = told(await take(orders, lines(*every[:25]), idempotency_key=orders.collection))
    again, summary = told(await take(orders, lines(*every), idempotency_key=orders.collection))
    assert again[:25] == first
    assert summary["written"] == 40
    assert len({each["id"] for each in again}) == 40


async def test_a_file_may_be_sent_in_parts_that_are_cut_anew_each_time(orders: Documents) -> None:
    every = [{"n": number} for number in range(30)]
    first, _ = told(await take(orders, lines(*every), idempotency_key=orders.collection))
    for begin, end in ((1, 8), (8, 31)):
        part = lines(*every[begin - 1 : end - 1])
        again, _ = told(await take(orders, part, f"?first_line={begin}", idempotency_key=orders.collection))
        assert again == first[begin - 1 : end - 1]


async def test_a_key_belongs_to_the_line_and_to_what_is_asked_for_with_it(orders: Documents) -> None:
    async def send(document: dict[str, Any], query: str = "") -> dict[str, Any]:
        [of_line], _ = told(await take(orders, lines(document), query, idempotency_key=orders.collection))
        return of_line

    assert (await send({"id": "a", "n": 1}))["status"] == 201
    for document, query in (({"id": "a", "n": 2}, ""), ({"id": "a", "n": 1}, "?on_conflict=replace")):
        refused = await send(document, query)
        assert (refused["status"], refused["problem"]["type"]) == (422, "/problems/request-differs")
    one = await orders.post({"id": "one"}, idempotency_key=orders.collection)
    assert one.status_code == 201


async def test_a_key_of_lines_is_its_callers_own(orders: Documents, admin: httpx.AsyncClient) -> None:
    for client in (orders.client, admin):
        [of_line], _ = told(
            await take(Documents(client, orders.collection), lines({"n": 1}), idempotency_key=orders.collection)
        )
        assert of_line["status"] == 201
    page = await orders.get(fold_after=str(of_line["position"]))
    assert len(page.json()["items"]) == 2


@pytest.mark.parametrize(
    ("query", "headers", "status", "name"),
    [
        ("?x=1", {}, 400, "parameter-unknown"),
        ("?on_conflict=merge", {}, 400, "query-invalid"),
        ("?id=a&id=b", {}, 400, "query-invalid"),
        ("?first_line=0", {}, 400, "query-invalid"),
        ("?first_line=100000000000", {}, 400, "query-invalid"),
        ("?first_line=one", {}, 400, "query-invalid"),
        ("", {"idempotency_key": '"'}, 400, "header-invalid"),
        ("", {"prefer": "handling=strict, wait=3"}, 400, "header-invalid"),
        ("", {"prefer": "handling=strict, return=representation"}, 400, "header-invalid"),
        ("", {"authorization": "Bearer x"}, 401, "token-invalid"),
        ("", {"content_type": "application/json"}, 415, "media-type-unsupported"),
        ("", {"content_encoding": "gzip"}, 415, "coding-unsupported"),
    ],
)
async def test_an_import_that_can_not_be_is_refused_before_a_line_is_read(
    query: str, headers: dict[str, str], status: int, name: str, orders: Documents
) -> None:
    answer = await take(orders, lines({"id": "a"}), query, **headers)
    problem(answer, status, name)
    if status == 415:
        assert answer.headers["accept"] == "application/x-ndjson, application/jsonl"
    assert (await orders.put("a", {})).status_code == 201


async def test_import_into_what_is_not_declared_is_refused(user: httpx.AsyncClient) -> None:
    problem(await take(Documents(user, "nothing"), lines({})), 404, "collection-missing")


async def test_a_collection_that_demands_conditions_can_not_be_imported_over(
    collection: str, admin: httpx.AsyncClient
) -> None:
    await admin.put(f"/v1/collections/{collection}", json={"require_if_match": True})
    orders = Documents(admin, collection)
    problem(await take(orders, lines({"id": "a"}), "?on_conflict=replace"), 428, "condition-required")
    assert told(await take(orders, lines({"id": "a"})))[1]["written"] == 1


async def test_lines_may_be_called_jsonl(orders: Documents) -> None:
    answer = await take(orders, lines({"id": "a"}), content_type="application/jsonl; charset=utf-8")
    assert told(answer)[1]["written"] == 1
    assert answer.headers["content-type"] == NDJSON


async def test_a_document_called_import_is_a_document_like_others(orders: Documents) -> None:
    written = await orders.put("import", {"n": 1})
    assert written.status_code == 201
    assert (await orders.get("import", after=written)).json()["n"] == 1
    assert (await orders.patch("import", {"n": 2})).status_code == 200
    assert (await orders.delete("import")).status_code == 204
