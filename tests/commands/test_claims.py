"""Claims: which values of unique fields are the same, and what changes hands."""

from typing import Any

import pytest

from commands.claims import claims_between, claims_of, fields_of

NUMBER = (("number",),)


def key(value: Any) -> list[str]:
    return claims_of("orders", NUMBER, {"number": value})


def test_a_claim_names_collection_fields_and_values() -> None:
    body = {"shop": {"city": "Ulm"}, "email": "a@b.c", "number": 7}
    claims = claims_of("orders", (("number",), ("shop.city", "email")), body)
    assert claims == ["orders/number/[7]", 'orders/shop.city,email/["Ulm","a@b.c"]']


SAME = [
    (1, 1.0), (0, -0.0), (2**53, float(2**53)), (-(2**63), -float(2**63)),
    ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}), ([1, [2]], [1.0, [2.0]]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_values_equal_in_comparisons_make_one_claim(one: Any, other: Any) -> None:
    assert key(one) == key(other)


DIFFERENT = [
    (1, True), (1, "1"), (0, False), ("", " "), ("a", "A"), ("é", "e\u0301"), ([], {}), ([1, 2], [2, 1]),
    (2**53 + 1, float(2**53)), (2**63 - 1, float(2**63)), (0.1, 0.1000000000000001), ("[1]", 1),
    ("x" * 5000 + "a", "x" * 5000 + "b"), ("null", []), ("a\0", "a"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_values_that_differ_make_two_claims(one: Any, other: Any) -> None:
    assert key(one) != key(other)


def test_a_claim_stays_short_however_long_the_value() -> None:
    assert key("x" * 1_000_000) == key("x" * 1_000_000)
    assert len(key("x" * 1_000_000)[0]) < 300


NOTHING = [{}, {"number": None}, {"numbers": 1}, {"number": 1, "shop": None}]


@pytest.mark.parametrize("body", NOTHING)
def test_missing_and_null_claim_nothing(body: dict[str, Any]) -> None:
    assert claims_of("orders", (("number", "shop.city"), ("shop.city",)), body) == []


def test_a_path_leads_through_objects_only() -> None:
    unique = (("a.b",),)
    assert claims_of("orders", unique, {"a": {"b": 1}}) == ["orders/a.b/[1]"]
    assert claims_of("orders", unique, {"a": [{"b": 1}]}) == []
    assert claims_of("orders", unique, {"a": "b"}) == []
    assert claims_of("orders", unique, {"a.b": 1}) == []


def test_only_what_changes_changes_hands() -> None:
    unique = (("number",), ("email",))
    before, after = {"number": 1, "email": "a"}, {"number": 1.0, "email": "b"}
    changed = claims_between("orders", unique, before, after)
    assert changed == (('orders/email/["b"]',), ('orders/email/["a"]',))
    assert claims_between("orders", unique, before, dict(before)) == ((), ())


def test_a_birth_only_takes_and_a_death_only_releases() -> None:
    assert claims_between("orders", NUMBER, None, {"number": 1}) == (("orders/number/[1]",), ())
    assert claims_between("orders", NUMBER, {"number": 1}, None) == ((), ("orders/number/[1]",))


AWKWARD = (("a",), ("a/b",), ("a/b/[",), ("a", "a/b"), ("b.c",))


@pytest.mark.parametrize("fields", AWKWARD)
@pytest.mark.parametrize("value", [1, "x" * 500, "a/b/[1]"])
def test_the_fields_of_a_claim_are_found_whatever_they_are_called(fields: Any, value: Any) -> None:
    body = {"a": value, "a/b": value, "a/b/[": value, "b": {"c": value}}
    [claim] = claims_of("orders", (fields,), body)
    assert fields_of(claim, "orders", AWKWARD) == fields
