"""Content codings: large answers of every kind are compressed where the client takes it, small ones never."""

import io
import zlib
from typing import Any

import httpx
import orjson
import pytest
import zstandard

from app.http.coding import INLINE, LEAST
from tests.http.documents import Documents, problem

TEXT = {"text": "all work and no play " * 100}


async def raw(client: httpx.AsyncClient, method: str, path: str, accepted: str, **more: Any) -> httpx.Response:
    """The answer with its body as it came over the wire."""
    headers = {"accept-encoding": accepted, **more.pop("headers", {})}
    async with client.stream(method, path, headers=headers, **more) as answer:
        answer._content = b"".join([part async for part in answer.aiter_raw()])
        return answer


def decoded(answer: httpx.Response) -> bytes:
    """The body without the coding that the answer says it has."""
    match answer.headers.get("content-encoding"):
        case "gzip":
            return zlib.decompress(answer.content, wbits=31)
        case "zstd":
            return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(answer.content)).read()
    return answer.content


async def filled(orders: Documents, count: int) -> dict[str, str]:
    """So many documents of 2 kB, and the headers to see them with."""
    written = [await orders.put(f"o{number}", TEXT) for number in range(count)]
    return {"fold-after": written[-1].headers["fold-position"]}


@pytest.mark.parametrize("count", [1, 5, 100])
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_a_page_is_the_same_coded_or_not(coding: str, count: int, orders: Documents) -> None:
    after = await filled(orders, count)
    path = f"{orders.path}?limit=1000"
    plain = await raw(orders.client, "GET", path, "identity", headers=after)
    coded = await raw(orders.client, "GET", path, coding)
    assert (len(plain.content) > INLINE) == (count == 100)
    assert coded.headers["content-encoding"] == coding
    assert coded.headers["content-length"] == str(len(coded.content))
    assert len(coded.content) < len(plain.content) / 2
    assert decoded(coded) == plain.content
    assert "content-encoding" not in plain.headers
    for name in ("etag", "vary", "fold-position"):
        assert coded.headers[name] == plain.headers[name]
    assert "accept-encoding" in plain.headers["vary"]


async def test_a_small_answer_is_never_coded(orders: Documents, nobody: httpx.AsyncClient) -> None:
    after = {"fold-after": (await orders.put("o1", {"n": 1})).headers["fold-position"]}
    answer = await raw(orders.client, "GET", orders.of("o1"), "gzip", headers=after)
    assert len(answer.content) < LEAST
    assert "content-encoding" not in answer.headers
    assert "content-encoding" not in (await raw(nobody, "GET", "/health/live", "gzip")).headers


async def test_the_strong_tag_of_a_document_names_the_coding(orders: Documents) -> None:
    after = await filled(orders, 1)
    one = orders.of("o0")
    tags = {
        accepted: (await raw(orders.client, "GET", one, accepted, headers=after)).headers["etag"]
        for accepted in ("identity", "gzip", "zstd")
    }
    assert tags == {"identity": '"1"', "gzip": '"1-gzip"', "zstd": '"1-zstd"'}
    for tag in tags.values():
        known = await raw(orders.client, "GET", one, "gzip", headers={"if-none-match": tag})
        assert (known.status_code, known.headers["etag"], known.content) == (304, tag, b"")


async def test_what_a_write_answers_is_coded_too(orders: Documents) -> None:
    for method, path in (("PUT", orders.of("o1")), ("PATCH", orders.of("o1")), ("POST", orders.path)):
        answer = await raw(orders.client, method, path, "gzip", json=TEXT)
        assert answer.headers["content-encoding"] == "gzip"
        assert orjson.loads(decoded(answer))["text"] == TEXT["text"]


async def test_pages_for_people_and_programs_are_coded(nobody: httpx.AsyncClient) -> None:
    for path in ("/openapi.json", "/docs", "/problems/forbidden"):
        accept = {"accept": "text/html"}
        plain = await raw(nobody, "GET", path, "identity", headers=accept)
        for coding in ("gzip", "zstd"):
            coded = [await raw(nobody, "GET", path, coding, headers=accept) for _ in range(2)]
            assert coded[0].content == coded[1].content
            assert decoded(coded[0]) == plain.content
            assert len(coded[0].content) < len(plain.content)
            assert coded[0].headers["etag"] == f'{plain.headers["etag"][:-1]}-{coding}"'
            known = {"if-none-match": coded[0].headers["etag"], **accept}
            assert (await raw(nobody, "GET", path, coding, headers=known)).status_code == 304
            assert "accept-encoding" in coded[0].headers["vary"]


async def test_metrics_and_large_problems_are_coded(admin: httpx.AsyncClient, orders: Documents) -> None:
    assert (await raw(admin, "GET", "/metrics", "gzip")).headers["content-encoding"] == "gzip"
    needed = {"schema": {"required": [f"field_{number}" for number in range(60)]}}
    await admin.put(f"/v1/collections/{orders.collection}", json=needed)
    answer = await raw(orders.client, "PUT", orders.of("o1"), "zstd", json={})
    told = orjson.loads(decoded(answer))
    assert (answer.headers["content-encoding"], told["status"]) == ("zstd", 422)
    problem(await orders.put("o1", {}), 422, "schema-violated")


async def test_head_is_as_get_would_be(orders: Documents) -> None:
    after = await filled(orders, 3)
    get = await raw(orders.client, "GET", orders.path, "gzip", headers=after)
    head = await raw(orders.client, "HEAD", orders.path, "gzip")
    assert head.content == b""
    for name in ("content-encoding", "content-length", "etag", "vary"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("format", ["ndjson", "csv"])
async def test_an_export_of_lines_is_coded_while_it_is_made(
    format: str, orders: Documents, admin: httpx.AsyncClient
) -> None:
    await filled(orders, 60)
    path = f"/v1/export/{orders.collection}?format={format}"
    plain = await raw(admin, "GET", path, "identity")
    for coding in ("gzip", "zstd"):
        coded = await raw(admin, "GET", path, coding)
        head = await raw(admin, "HEAD", path, coding)
        assert coded.headers["content-encoding"] == head.headers["content-encoding"] == coding
        assert coded.headers["vary"] == plain.headers["vary"] == "accept-encoding"
        assert decoded(coded) == plain.content
        assert len(coded.content) < len(plain.content) / 10


@pytest.mark.parametrize("format", ["parquet", "arrow"])
async def test_an_export_that_is_compressed_by_itself_is_not_coded(
    format: str, orders: Documents, admin: httpx.AsyncClient
) -> None:
    await filled(orders, 1)
    answer = await raw(admin, "GET", f"/v1/export/{orders.collection}?format={format}", "gzip, zstd")
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers
