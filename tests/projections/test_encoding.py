"""Encodings sort as the values do that they stand for, alone and in rows, ascending and descending."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from projections.encoding import beyond, encode, encode_start, first, split, turned_over
from projections.paths import MISSING

KINDS: tuple[Any, ...] = (MISSING, [], None, False, True, 0, "", {})

near_2_63 = st.integers(-3000, 3000).flatmap(
    lambda by: st.sampled_from((2**63 - 1 - abs(by), -(2**63) + abs(by)))
)
near_powers = st.builds(lambda power, by: 2**power + by, st.integers(50, 62), st.integers(-1500, 1500))
whole = st.integers(-(2**63), 2**63 - 1) | near_2_63 | near_powers | near_powers.map(lambda each: -each)
doubles = st.floats(allow_nan=False, allow_infinity=False) | whole.map(float)
numbers = whole | doubles
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.text(
    "\0\x01a\xff\uffff\U0010ffff", max_size=6
)
values = st.sampled_from(KINDS) | numbers | texts | st.just({"a": 1}) | st.just([1])
rows = st.lists(st.tuples(values, st.booleans()), min_size=1, max_size=3)


def place(value: Any) -> tuple[int, Any]:
    """Where a value stands in the order that the contract settles."""
    match value:
        case bool() | None:
            return KINDS.index(value) if value is None else (3 + value), 0
        case int() | float():
            return 5, value
        case str():
            return 6, [ord(character) for character in value]
        case []:
            return 1, 0
        case list() | dict():
            return 7, 0
    return 0, 0


def compared(one: Any, other: Any) -> int:
    """-1, 0 or 1, as `one` is less than `other`, equal, or greater."""
    return (one > other) - (one < other)


@given(values, values)
def test_encodings_sort_as_values_do(one: Any, other: Any) -> None:
    assert compared(encode(one), encode(other)) == compared(place(one), place(other))


@given(values, values)
def test_descending_they_sort_the_other_way_round(one: Any, other: Any) -> None:
    turned = compared(encode(one, descending=True), encode(other, descending=True))
    assert turned == compared(place(other), place(one))


@given(numbers, numbers)
@example(2**53, 2.0**53)
@example(2**53 + 1, 2.0**53)
@example(2**63 - 1, 2.0**63)
@example(2**63 - 1, 2**63 - 2)
@example(-(2**63), -(2.0**63))
@example(0, -0.0)
@example(5e-324, 0)
def test_whole_numbers_and_doubles_sort_as_numbers_exactly(one: float, other: float) -> None:
    assert compared(encode(one), encode(other)) == compared(one, other)


@given(rows, rows)
def test_rows_of_values_sort_by_the_first_that_differs(
    one: list[tuple[Any, bool]], other: list[tuple[Any, bool]]
) -> None:
    directions = [descending for _, descending in one]
    others = [value for value, _ in other]
    encoded = [
        b"".join(encode(value, descending=down) for value, down in zip(row, directions, strict=False))
        for row in ([value for value, _ in one], others)
    ]
    expected = 0
    for (value, descending), against in zip(one, others, strict=False):
        expected = expected or compared(place(value), place(against)) * (-1 if descending else 1)
    if expected:
        assert compared(*encoded) == expected


@given(values, values, st.booleans())
def test_no_encoding_begins_with_another(one: Any, other: Any, descending: bool) -> None:
    first, second = (encode(value, descending=descending) for value in (one, other))
    assert first == second or not second.startswith(first)


@given(rows, st.binary())
def test_the_first_of_encodings_are_found_whatever_follows_them(
    row: list[tuple[Any, bool]], more: bytes
) -> None:
    encoded = [encode(value, descending=descending) for value, descending in row]
    for count in range(len(row) + 1):
        assert first(b"".join(encoded) + more, count) == b"".join(encoded[:count])


@given(texts, texts, values, values, st.booleans())
def test_a_range_from_a_start_to_beyond_it_holds_what_begins_with_it_and_nothing_else(
    start: str, end: str, other: Any, following: Any, descending: bool
) -> None:
    low = encode_start(start, descending=descending)
    for value in (start + end, end, other):
        whole_key = encode(value, descending=descending) + encode(following)
        begins = isinstance(value, str) and value.startswith(start)
        assert (low <= whole_key < beyond(low)) == begins


@given(values, values, values, st.booleans(), st.booleans())
def test_a_range_over_an_encoding_holds_what_it_is_followed_by(
    value: Any, other: Any, following: Any, descending: bool, turned: bool
) -> None:
    low = encode(value, descending=descending)
    key = encode(other, descending=descending) + encode(following, descending=turned)
    assert (low <= key < beyond(low)) == (place(value) == place(other))


@pytest.mark.parametrize("descending", [False, True])
def test_the_first_byte_tells_the_kind(descending: bool) -> None:
    firsts = [encode(value, descending=descending)[0] for value in KINDS]
    assert firsts == sorted(set(firsts), reverse=descending)
    assert 0xFF not in firsts


def test_turned_over_twice_is_what_it_was() -> None:
    assert turned_over(turned_over(bytes(range(256)))) == bytes(range(256))


def test_neighbours_among_doubles_are_told_apart() -> None:
    walk = [5e-324]
    while walk[-1] < 1e300:
        walk += [math.nextafter(walk[-1], math.inf), walk[-1] * 1000]
    assert all(encode(one) < encode(other) for one, other in pairwise(sorted(set(walk))))


@given(rows)
def test_encodings_in_a_row_can_be_told_apart(row: list[tuple[Any, bool]]) -> None:
    encoded = [encode(value, descending=descending) for value, descending in row]
    assert split(b"".join(encoded)) == encoded
