"""What a client sends is what every client reads, byte for byte, whatever it is."""

import secrets
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import costing
from tests.http.documents import JSON_PATCH, Documents

SOME = settings(costing(5), suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = text.filter(lambda name: name[:1] != "$" and "\0" not in name)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
documents = st.dictionaries(names.filter(lambda name: name not in ("id", "_meta")), values, max_size=5)


@SOME
@given(body=documents)
async def test_a_document_is_read_as_it_was_written(body: Any, orders: Documents) -> None:
    id = secrets.token_hex(8)
    written = await orders.put(id, body)
    assert written.status_code == 201, written.text
    assert orjson.loads(written.content)["id"] == id
    read = await orders.get(id, after=written)
    assert read.content == written.content
    document = orjson.loads(read.content)
    del document["id"], document["_meta"]
    assert orjson.dumps(document) == orjson.dumps(body)


@SOME
@given(first=documents, second=documents, change=documents)
async def test_every_answer_to_a_write_is_what_is_read_afterwards(
    first: Any, second: Any, change: Any, orders: Documents
) -> None:
    id = secrets.token_hex(8)
    replacement = [{"op": "replace", "path": "", "value": first}]
    for answer in (
        await orders.put(id, first),
        await orders.patch(id, change),
        await orders.put(id, second),
        await orders.patch(id, replacement, content_type=JSON_PATCH),
        await orders.delete(id),
        await orders.restore(id),
    ):
        assert answer.is_success, answer.text
    assert (await orders.get(id, after=answer)).content == answer.content
    last = orjson.loads(answer.content)
    del last["id"], last["_meta"]
    assert orjson.dumps(last, option=orjson.OPT_SORT_KEYS) == orjson.dumps(first, option=orjson.OPT_SORT_KEYS)


async def test_numbers_keep_their_kind_and_their_value(orders: Documents) -> None:
    body = (
        b'{"a":1,"b":1.0,"c":-0.0,"d":0,"e":9223372036854775807,"f":-9223372036854775808,'
        b'"g":5e-324,"h":1.7976931348623157e308,"i":0.1,"j":1e22,"k":100000000000000000000.0}'
    )
    written = await orders.put("o1", body)
    read = await orders.get("o1", after=written)
    assert read.content == written.content
    assert orjson.dumps(orjson.loads(body))[1:-1] in read.content
