"""Bodies of requests: media types, strict JSON, and what a document may hold."""

import gzip
from typing import Any

import orjson
import pytest

from tests.http.documents import Documents, problem

TAKEN = ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;x=1"]
REFUSED = ["text/plain", "application/jsonx", "application/xml", "multipart/form-data; boundary=x", "", "json",
           "application/x-www-form-urlencoded", "application/merge-patch+json", "*/*"]  # fmt: skip


@pytest.mark.parametrize("media", TAKEN)
async def test_a_body_of_json_is_taken(media: str, orders: Documents) -> None:
    assert (await orders.post({}, content_type=media)).status_code == 201


@pytest.mark.parametrize("media", REFUSED)
async def test_any_other_body_is_refused_with_what_is_taken(media: str, orders: Documents) -> None:
    for answer in (
        await orders.post(b"{}", content_type=media),
        await orders.put("o1", b"{}", content_type=media),
    ):
        told = problem(answer, 415, "media-type-unsupported")
        assert answer.headers["accept"] == "application/json"
        assert "application/json" in told["detail"]


async def test_a_patch_of_another_kind_is_refused_with_the_kinds_there_are(orders: Documents) -> None:
    kinds = "application/merge-patch+json, application/json-patch+json, application/json"
    for media in ("text/plain", "application/json-patch", "", "application/json-patch-query+json"):
        answer = await orders.patch("o1", b"{}", content_type=media)
        problem(answer, 415, "media-type-unsupported")
        assert answer.headers["accept-patch"] == kinds
        assert "accept" not in answer.headers


@pytest.mark.parametrize(
    ("media", "meant"),
    [
        ("application/merge-patch", "application/merge-patch+json"),
        ("application/json-patch", "application/json-patch+json"),
        ("application/jsn", "application/json"),
    ],
)
async def test_a_patch_of_nearly_a_kind_is_refused_with_the_one_that_was_meant(
    media: str, meant: str, orders: Documents
) -> None:
    told = problem(await orders.patch("o1", b"{}", content_type=media), 415, "media-type-unsupported")
    assert told["detail"] == f"{media!r} is not taken here; did you mean {meant}?"


async def test_a_body_that_is_compressed_is_refused_and_one_that_says_it_is_not_is_taken(
    orders: Documents,
) -> None:
    for coding in ("gzip", "zstd", "br", "identity, gzip"):
        answer = await orders.put("o1", gzip.compress(b"{}"), content_encoding=coding)
        told = problem(answer, 415, "coding-unsupported")
        assert answer.headers["accept-encoding"] == "identity"
        assert "Content-Encoding" in told["detail"]
    assert (await orders.put("o1", {}, content_encoding="Identity")).status_code == 201


BROKEN = {
    "empty": b"",
    "blank": b" \n",
    "cut off": b'{"a": 1',
    "two": b"{} {}",
    "a name twice": b'{"a": 1, "a": 2}',
    "a name twice, escaped": b'{"a": 1, "\\u0061": 2}',
    "a name twice, deep": b'{"x": [{"a": 1, "b": {"c": 1, "c": 2}}]}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "too large for a double": b'{"a": 1e400}',
    "outside int64": b'{"a": 9223372036854775808}',
    "below int64": b'{"a": -9223372036854775809}',
    "thousands of digits": b'{"a": %s}' % (b"9" * 5000),
    "a lone surrogate": b'{"a": "\\ud800"}',
    "a lone surrogate in a name": b'{"\\udfff": 1}',
    "no UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "single quotes": b"{'a': 1}",
    "a comment": b'{"a": 1 /* one */}',
    "a comma too many": b'{"a": 1,}',
    "a control character": b'{"a": "\x01"}',
    "nested beyond reason": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
async def test_what_is_no_json_is_refused(body: bytes, orders: Documents) -> None:
    for answer in (await orders.post(body), await orders.put("o1", body), await orders.patch("o1", body)):
        problem(answer, 400, "json-invalid")


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b"1.5", b"true", b'"x"', b"[{}]"], ids=str)
async def test_a_document_is_an_object(body: bytes, orders: Documents) -> None:
    for answer in (await orders.post(body), await orders.put("o1", body), await orders.patch("o1", body)):
        assert problem(answer, 422, "document-invalid")["errors"] == [
            {"pointer": "", "message": "must be a JSON object"}
        ]


UNSTORABLE = {
    "/$set": {"$set": 1},
    "/a/0/$where": {"a": [{"$where": "sleep(1000)"}]},
    "/n\0": {"n\0": 1},
    "/a~1b/~0$/$": {"a/b": {"~$": {"$": 1}}},
    "/deep": {"deep": orjson.loads("[" * 200 + "]" * 200)},
    "": {"a": "x" * 2**20},
}


@pytest.mark.parametrize("pointer", UNSTORABLE, ids=repr)
async def test_what_no_document_may_hold_is_told_with_its_place(pointer: str, orders: Documents) -> None:
    body: Any = UNSTORABLE[pointer]
    await orders.put("there", {"old": 1})
    for answer in (
        await orders.post(body),
        await orders.put("o1", body),
        await orders.put("there", body),
        await orders.patch("there", body),
    ):
        [error] = problem(answer, 422, "document-invalid")["errors"]
        assert error["pointer"].startswith(pointer)
        assert error["message"]
    assert (await orders.patch("there", {})).headers["etag"] == '"1"'


async def test_a_name_is_at_most_1_kib(orders: Documents) -> None:
    assert (await orders.put("o1", {"ä" * 512: 1})).status_code == 201
    problem(await orders.put("o1", {"ä" * 512 + "x": 1}), 422, "document-invalid")


async def test_a_document_is_at_most_1_mib(orders: Documents) -> None:
    fits = {"a": "x" * (2**20 - len('{"a":""}'))}
    written = await orders.put("o1", fits)
    assert written.status_code == 201
    assert (await orders.get("o1", after=written)).content == written.content
    problem(await orders.put("o1", {"a": fits["a"] + "x"}), 422, "document-invalid")
    problem(await orders.patch("o1", {"b": 1}), 422, "document-invalid")
    doubled = [{"op": "copy", "from": "/a", "path": "/b"}]
    problem(
        await orders.patch("o1", doubled, content_type="application/json-patch+json"), 422, "document-invalid"
    )


async def test_a_body_beyond_the_bound_is_refused_before_it_is_read(orders: Documents) -> None:
    told = problem(await orders.put("o1", b"x" * (2**21 + 1)), 413, "body-too-large")
    assert "FOLDBASE_MAX_BODY" in told["detail"]


async def test_what_looks_like_an_operator_or_a_command_is_data(orders: Documents) -> None:
    body: dict[str, Any] = {
        "": {"": ""},
        "a.b": "$a",
        "__proto__": {"x": 1},
        "_id": {"oid": 1},
        "constructor": None,
        "text": "$$ROOT; FLUSHALL\r\n{{7*7}} ' OR 1=1 -- \0 \u2028",
        "set": {"unset": []},
    }
    written = await orders.put("o1", body)
    read = await orders.get("o1", after=written)
    document = read.json()
    assert {name: document[name] for name in body} == body
    assert (await orders.patch("o1", {"text": "$set"})).json()["a.b"] == "$a"
