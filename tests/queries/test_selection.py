"""Of a document the fields asked for are answered, nested as they are, and always `id` and `_meta`."""

from typing import Any

import orjson
import pytest

from queries.selection import select

DOCUMENT = {
    "id": "o1",
    "a": {"b": 1, "c": {"d": 2}, "x.y": 3},
    "n": None,
    "l": [{"b": 1}],
    "_meta": {"version": 1},
}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        (["n"], {"n": None}),
        (["a"], {"a": DOCUMENT["a"]}),
        (["a.b"], {"a": {"b": 1}}),
        (["a.c.d", "a.b"], {"a": {"b": 1, "c": {"d": 2}}}),
        (["a.b", "a"], {"a": DOCUMENT["a"]}),
        (["a", "a.b"], {"a": DOCUMENT["a"]}),
        (["a.nothing"], {"a": {}}),
        (["nothing", "n.below"], {}),
        (["l"], {"l": [{"b": 1}]}),
        (["l.b"], {}),
        (["id", "_meta", "_meta.version"], {}),
        ([], {}),
    ],
)
def test_the_fields_asked_for_are_kept(fields: list[str], kept: dict[str, Any]) -> None:
    [selected] = select([orjson.dumps(DOCUMENT)], fields)
    assert orjson.loads(selected) == {"id": "o1", **kept, "_meta": {"version": 1}}
    assert selected.startswith(b'{"id":"o1"')
    assert selected.endswith(b'"_meta":{"version":1}}')
