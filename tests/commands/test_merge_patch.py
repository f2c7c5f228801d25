"""RFC 7396: its own table of examples, and properties of any patch."""

from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.merge_patch import merge

APPENDIX_A = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
"""The rows of the RFC's appendix A whose target and result are objects, as documents are."""


@pytest.mark.parametrize(("target", "patch", "result"), APPENDIX_A)
def test_the_examples_of_the_rfc_hold(target: Any, patch: Any, result: Any) -> None:
    assert merge(target, patch) == result


def test_the_example_of_section_3_holds() -> None:
    target = {
        "title": "Goodbye!",
        "author": {"givenName": "John", "familyName": "Doe"},
        "tags": ["example", "sample"],
        "content": "This will be unchanged",
    }
    patch = {
        "title": "Hello!",
        "phoneNumber": "+01-123-456-7890",
        "author": {"familyName": None},
        "tags": ["example"],
    }
    assert merge(target, patch) == {
        "title": "Hello!",
        "author": {"givenName": "John"},
        "tags": ["example"],
        "content": "This will be unchanged",
        "phoneNumber": "+01-123-456-7890",
    }


def test_names_keep_their_order_and_new_ones_come_last() -> None:
    merged = merge({"b": 1, "a": {"y": 1, "x": 2}}, {"c": 1, "a": {"z": 3, "x": 9}, "b": 2})
    assert orjson.dumps(merged) == b'{"b":2,"a":{"y":1,"x":9,"z":3},"c":1}'


def test_a_patch_of_any_depth_is_merged() -> None:
    deep = orjson.loads('{"a":' * 1000 + "1" + "}" * 1000)
    merged = merge({"a": {"a": {"b": 0}}}, deep)
    assert merged["a"]["a"]["b"] == 0
    depth = 0
    while isinstance(merged, dict):
        merged, depth = merged["a"], depth + 1
    assert (depth, merged) == (1000, 1)


names = st.sampled_from(["a", "b", "c", ""])
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.just("x"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(names, values, max_size=4)


def by_the_letter(target: Any, patch: Any) -> Any:
    """MergePatch(Target, Patch), word for word as RFC 7396 section 2 has it."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = by_the_letter(target.get(name), value)
    return target


@given(objects, objects)
def test_merging_is_what_the_rfc_writes(target: Any, patch: Any) -> None:
    assert orjson.dumps(merge(target, patch)) == orjson.dumps(by_the_letter(target, patch))


@given(objects, objects)
def test_merging_leaves_its_arguments_as_they_are(target: Any, patch: Any) -> None:
    before = deepcopy((target, patch))
    merge(target, patch)
    assert (target, patch) == before


@given(objects, objects)
def test_merging_twice_is_merging_once(target: Any, patch: Any) -> None:
    assert merge(merge(target, patch), patch) == merge(target, patch)
