"""When two JSON values are equal."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.equality import equal

EQUAL: list[tuple[Any, Any]] = [
    (1, 1.0), (0, -0.0), (None, None), (True, True), ("ä", "ä"), ([], []), ({}, {}),
    ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}), (2**53, float(2**53)),
]  # fmt: skip
UNEQUAL: list[tuple[Any, Any]] = [
    (1, True), (0, False), (None, False), (None, 0), ("1", 1), ([], {}), ([1], [1, 1]), ({}, {"a": None}),
    ([1, 2], [2, 1]), ({"a": {"b": 1}}, {"a": {"b": "1"}}), (2**53 + 1, float(2**53)), ("é", "e\u0301"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_these_are_equal(one: Any, other: Any) -> None:
    assert equal(one, other)
    assert equal(other, one)


@pytest.mark.parametrize(("one", "other"), UNEQUAL)
def test_these_are_not(one: Any, other: Any) -> None:
    assert not equal(one, other)
    assert not equal(other, one)


def test_values_of_any_depth_are_compared() -> None:
    one, other = (orjson.loads("[" * 1000 + leaf + "]" * 1000) for leaf in "12")
    assert equal(one, one)
    assert not equal(one, other)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-2, 2, width=16) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=1), inner, max_size=3),
    max_leaves=10,
)


@given(values)
def test_a_value_equals_itself_after_a_round_trip(value: Any) -> None:
    assert equal(value, json.loads(json.dumps(value, sort_keys=True)))


@given(values, values)
def test_equality_needs_the_same_canonical_text(one: Any, other: Any) -> None:
    assert equal(one, other) == (canonical(one) == canonical(other))


def canonical(value: Any) -> str:
    return json.dumps(with_floats(value), sort_keys=True).replace("-0.0", "0.0")


def with_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: with_floats(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_floats(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
