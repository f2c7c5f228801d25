"""A document matches as CONTRACT says: held against a second, plainer reading of it."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.declared import Condition
from projections.matching import compile
from tests.events.json_values import scalars
from tests.projections.documents import present

MISSING = object()
OPERATORS = ("eq", "in", "lt", "lte", "gt", "gte", "prefix", "exists")

near = st.sampled_from(
    [None, False, True, 0, 1, 1.0, -0.0, 2, 2.5, 2**53, 2.0**53, 2**53 + 1, "", "a", "ab", "é"]
)
plain = near | scalars
values: st.SearchStrategy[Any] = (
    plain | st.lists(plain | st.just([]) | st.just({}), max_size=3) | st.just({"b": 1})
)


def kind(value: Any) -> str:
    names = {type(None): "null", bool: "boolean", int: "number", float: "number", str: "string"}
    return names.get(type(value), "none to compare with")


def fits(value: Any, name: str, bound: Any) -> bool:
    if name == "exists":
        return (value is not MISSING) == bool(bound)
    if name == "in":
        return any(fits(value, "eq", choice) for choice in bound)
    if kind(value) != kind(bound):
        return False
    if value is None:
        return name in ("eq", "lte", "gte")
    if name == "prefix":
        return bool(value[: len(bound)] == bound)
    order: int = (value > bound) - (value < bound)
    return order in {"eq": [0], "lt": [-1], "lte": [-1, 0], "gt": [1], "gte": [0, 1]}[name]


def expected(value: Any, wishes: list[tuple[str, Any]]) -> bool:
    entries = value if isinstance(value, list) and value else [value]
    return any(all(fits(entry, *wish) for wish in wishes) for entry in entries)


def wish(name: str) -> st.SearchStrategy[tuple[str, Any]]:
    operands = {
        "in": st.lists(plain, min_size=1, max_size=3).map(tuple),
        "prefix": st.sampled_from(["", "a", "ab"]),
        "exists": st.booleans(),
    }
    return st.tuples(st.just(name), operands.get(name, plain))


wishes = st.lists(st.sampled_from(OPERATORS).flatmap(wish), min_size=1, max_size=3)


@given(values | st.just(MISSING), wishes)
@example([1, 10], [("gte", 2), ("lte", 9)])
@example([1, True], [("eq", True)])
@example([], [("exists", True)])
def test_a_value_matches_as_its_kinds_and_elements_say(value: Any, wishes: list[tuple[str, Any]]) -> None:
    nested = {} if value is MISSING else {"b": value}
    document = present({"a": nested, "b": "another"})
    matches = compile([Condition("a.b", name, bound) for name, bound in wishes])
    assert matches("id", document) == expected(value, wishes)


def test_all_paths_must_match() -> None:
    matches = compile([Condition("a", "eq", 1), Condition("b", "eq", 2)])
    assert matches("id", present({"a": 1, "b": 2}))
    assert not matches("id", present({"a": 1, "b": 3}))
    assert compile([])("id", present({}))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "o1"),
        ("_meta.version", 3),
        ("_meta.position", 9),
        ("_meta.created_at", "2026-01-02T03:04:05.678Z"),
        ("_meta.updated_at", "2026-01-02T03:04:05.678Z"),
        ("_meta.updated_by", "user:ada"),
    ],
)
def test_the_servers_own_fields_match_like_others(path: str, value: Any) -> None:
    document = present({"a": 1}, version=3)
    assert compile([Condition(path, "eq", value)])("o1", document)
    assert not compile([Condition(path, "eq", "another")])("o1", document)


def test_a_name_with_dots_is_not_what_a_path_means() -> None:
    assert not compile([Condition("a.b", "exists", True)])("id", present({"a.b": 1}))
    assert not compile([Condition("a.b", "exists", True)])("id", present({"a": [{"b": 1}]}))
