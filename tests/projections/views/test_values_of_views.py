"""Values as views show them, and sums of them."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.declared import Group
from projections.encoding import encode
from projections.views.groups import GroupField
from projections.views.sums import exactly, plus, quotient, read_sum, sortable, write_sum
from projections.views.values import decode, shown
from tests.events.json_values import numbers, scalars, traits
from tests.projections.documents import present


@given(scalars)
def test_an_encoded_value_can_be_read_again(value: Any) -> None:
    found = decode(encode(value))
    assert traits(found) == traits(shown(value))
    assert found == value


@pytest.mark.parametrize(
    ("value", "expected"), [(1.0, 1), (-0.0, 0), (0.5, 0.5), (2.0**63, 2.0**63), ([1], None), ({}, None)]
)
def test_one_value_is_shown_in_one_way(value: Any, expected: Any) -> None:
    assert traits(shown(value)) == traits(expected)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_sums_are_exact_and_come_back_from_their_written_form(given: list[float]) -> None:
    total: Any = 0
    for number in given:
        total = plus(total, exactly(number))
    expected = sum((Fraction(Decimal(repr(number))) for number in given), Fraction())
    assert Fraction(total) == expected
    assert quotient(total, len(given)) == float(expected / len(given))
    assert traits(read_sum(write_sum(total))) == traits(total)
    for number in given:
        total = plus(total, -exactly(number))
    assert traits(total) == traits(0)


@given(st.lists(numbers, min_size=2, max_size=2), st.lists(numbers, min_size=2, max_size=2))
def test_sums_sort_as_they_are(one: list[float], other: list[float]) -> None:
    left, right = (plus(*map(exactly, pair)) for pair in (one, other))
    if left <= right:
        assert encode(sortable(left)) <= encode(sortable(right))
    if isinstance(left, int) and isinstance(right, int) and left < right < 2**63 and left >= -(2**63):
        assert encode(sortable(left)) < encode(sortable(right))


@pytest.mark.parametrize("value", [None, [], [1], {}])
def test_what_is_no_scalar_groups_under_null(value: Any) -> None:
    column = GroupField(Group("a.b", "a.b", None, None)).column("id", present({"a": {"b": value}}))
    missing = GroupField(Group("a.b", "a.b", None, None)).column("id", present({}))
    assert column == missing
    assert column.json == b'"a.b":null'


@pytest.mark.parametrize("value", [1, True, None, "soon", ["2013-01-01"]])
def test_what_is_no_moment_groups_under_null(value: Any) -> None:
    days = GroupField(Group("day", "at", "day", "UTC"))
    assert days.column("id", present({"at": value})).json == b'"day":null'
    assert days.column("id", present({"at": "2013-01-01T23:59:59Z"})).json == b'"day":"2013-01-01"'


def test_equal_values_are_one_group() -> None:
    field = GroupField(Group("a", "a", None, None))
    columns = [field.column("id", present({"a": value})) for value in (1, 1.0, True, "1")]
    assert columns[0] == columns[1]
    assert len(set(columns)) == 3
