"""No input makes the server answer 5xx: a fuzz of bodies, ids, queries and headers."""

from typing import Any
from urllib.parse import quote

import httpx
import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import costing
from tests.http.documents import JSON_PATCH, Documents

SOME = settings(costing(3), suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
words = st.sampled_from(["id", "_meta", "$set", "a", "a.b", "", "version", "null", "schema", "unique", "\0"])
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | text | words
json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | text, inner, max_size=4),
    max_leaves=15,
)
bodies = json.map(orjson.dumps) | st.binary(max_size=60)
pointers = st.lists(words | st.sampled_from(["0", "-", "~", "~1"]), max_size=3).map(
    lambda parts: "".join(f"/{part}" for part in parts)
)
operations = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "x"]), "path": pointers},
        optional={"from": pointers, "value": json},
    ),
    max_size=4,
)
known = ["v1", "documents", "collections", "projections", "rebuild", "restore", "orders", "o1", "health"]
odd = ["..", ".", "", "%00", "%2f", "%ff", "%", "*", ";"]
paths = st.lists(st.sampled_from(known) | st.sampled_from(odd) | text.map(quote), max_size=6)
ascii_text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=15)
headers = st.dictionaries(
    st.sampled_from(["if-match", "if-none-match", "fold-after", "prefer", "content-type", "accept", "range"]),
    ascii_text | st.sampled_from(['"1"', "*", "wait=0", '"1", W/"2"', "0", "99999999999", JSON_PATCH]),
    max_size=3,
)


def is_no_fault(answer: httpx.Response) -> bool:
    """Not a 5xx, unless it says honestly that the projections are not that far."""
    return answer.status_code < 500 or answer.json()["type"] == "/problems/projection-behind"


@SOME
@given(method=st.sampled_from(["POST", "PUT", "PATCH"]), body=bodies, sent=headers)
async def test_no_body_is_a_fault(method: str, body: bytes, sent: dict[str, str], orders: Documents) -> None:
    sent = {"prefer": "wait=0", "content-type": "application/json", **sent}
    path = orders.path if method == "POST" else orders.of("o1")
    answer = await orders.client.request(method, path, content=body, headers=sent)
    assert is_no_fault(answer), (answer.text, method, body, sent)


@SOME
@given(patch=operations)
async def test_no_patch_is_a_fault(patch: Any, orders: Documents) -> None:
    await orders.put("o1", {"a": [1, {"": None}], "": {"0": 1}})
    answer = await orders.patch("o1", patch, content_type=JSON_PATCH)
    assert answer.status_code in (200, 409, 422), (answer.text, patch)


@SOME
@given(declaration=bodies)
async def test_no_declaration_is_a_fault(declaration: bytes, collection: str, admin: httpx.AsyncClient) -> None:
    sent = {"content-type": "application/json"}
    answer = await admin.put(f"/v1/collections/{collection}", content=declaration, headers=sent)
    assert is_no_fault(answer), (answer.text, declaration)


@SOME
@given(
    method=st.sampled_from(["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "OPTIONS", "X"]),
    parts=paths,
    query=st.dictionaries(st.sampled_from(["limit", "cursor", "x"]) | text, text, max_size=3),
    sent=headers,
)
async def test_no_address_is_a_fault(
    method: str, parts: list[str], query: dict[str, str], sent: dict[str, str], user: httpx.AsyncClient
) -> None:
    sent = {"prefer": "wait=0", **sent}
    address = f"{str(user.base_url).rstrip('/')}/{'/'.join(parts)}"
    answer = await user.request(method, address, params=query, headers=sent)
    assert answer.status_code < 500 or answer.headers.get("retry-after"), (answer.text, method, parts)


@SOME
@given(query=st.dictionaries(st.sampled_from(["limit", "cursor"]), text | ascii_text, min_size=1), sent=headers)
async def test_no_query_is_a_fault(query: dict[str, str], sent: dict[str, str], orders: Documents) -> None:
    answer = await orders.client.get(orders.path, params=query, headers={**sent, "prefer": "wait=0"})
    assert is_no_fault(answer), (answer.text, query, sent)
