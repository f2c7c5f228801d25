"""Entries of documents in indexes: one for each distinct element, in order, and countable."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.declared import Index, IndexField
from projections.encoding import encode, split
from projections.entries import MOST_ENTRIES, entries, id_of_member, key_of_member, surplus, values_at
from projections.paths import MISSING
from tests.projections.documents import present


def index(*fields: str) -> Index:
    """The index that is declared so."""
    return Index(tuple(IndexField(field.removeprefix("-"), field.startswith("-")) for field in fields))


def keys(fields: Index, body: dict[str, Any]) -> list[bytes]:
    """The encoded fields of a document's entries."""
    return [key_of_member(member)[0] for member in entries(fields, "o1", present(body))]


def test_a_document_has_one_entry_that_tells_its_id() -> None:
    [member] = entries(index("status", "-placed_at"), "o~1:@", present({"status": "new", "placed_at": 3}))
    assert member == encode("new") + encode(3, descending=True) + b"o~1:@\x00\x00\x05"
    assert id_of_member(member) == "o~1:@"


def test_each_distinct_element_of_an_array_is_an_entry() -> None:
    assert keys(index("tags"), {"tags": ["b", 1, "a", 1.0, "b"]}) == [encode(1), encode("a"), encode("b")]


def test_descending_the_elements_come_the_other_way_round() -> None:
    down = [encode(value, descending=True) for value in ("b", "a", 1)]
    assert keys(index("-tags"), {"tags": ["a", 1, "b"]}) == down


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ({}, MISSING),
        ({"tags": []}, []),
        ({"tags": None}, None),
        ({"tags": {"a": 1}}, {}),
        ({"tags": [[1]]}, {}),
    ],
)
def test_what_is_no_element_is_one_entry_of_its_own_kind(body: dict[str, Any], value: Any) -> None:
    assert keys(index("tags"), body) == [encode(value)]


def test_several_arrays_make_an_entry_for_each_combination() -> None:
    body = {"a": [2, 1], "b": ["y", "x"], "c": True}
    expected = [encode(a) + encode(True) + encode(b) for a, b in product((1, 2), "xy")]
    assert keys(index("a", "c", "b"), body) == expected


def test_of_too_many_combinations_the_first_are_kept() -> None:
    body = {"a": list(range(60)), "b": list(range(60))}
    expected = sorted(encode(a) + encode(b) for a, b in product(range(60), range(60)))
    assert keys(index("a", "b"), body) == expected[:MOST_ENTRIES]


def test_server_fields_are_fields_as_any_other() -> None:
    document = present({"n": 1}, version=3)
    assert values_at("o1", document, "id") == "o1"
    assert values_at("o1", document, "_meta.version") == 3
    assert values_at("o1", document, "_meta.created_at") == "2026-01-02T03:04:05.678Z"
    assert values_at("o1", document, "_meta.updated_by") == "user:ada"


def test_dots_mean_nesting_and_do_not_look_into_arrays() -> None:
    document = present({"a": {"b": {"c": 1}}, "a.b": 2, "d": [{"e": 3}]})
    assert values_at("o1", document, "a.b.c") == 1
    assert values_at("o1", document, "a.b") == {"c": 1}
    assert values_at("o1", document, "d.e") is MISSING
    assert values_at("o1", document, "a.b.c.d") is MISSING


scalars: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from((0.5, 1.0, "a", "b"))
)
fields = st.dictionaries(st.sampled_from("abc"), scalars | st.lists(scalars, max_size=4), max_size=3)


@given(st.lists(fields, max_size=5), st.lists(st.sampled_from(("a", "-b", "c")), min_size=1, unique=True))
def test_documents_are_counted_by_entries_less_surplus(
    bodies: list[dict[str, Any]], declared: list[str]
) -> None:
    found = [entries(index(*declared), f"o{n}", present(body)) for n, body in enumerate(bodies)]
    assert all(members == sorted(set(members)) and members for members in found)
    assert sum(len(members) - len(surplus(members)) for members in found) == len(bodies)
    for members in found:
        assert {member[-3] for member in members} == ({0} if len(members) == 1 else {1})
        assert [member[1:] for member in surplus(members)] == members[1:]


@given(fields, st.lists(st.sampled_from(("a", "-b", "c")), min_size=1, unique=True))
def test_of_entries_with_fields_in_common_one_counts(body: dict[str, Any], declared: list[str]) -> None:
    members = entries(index(*declared), "o1", present(body))
    beside = [(member[0], split(key_of_member(member[1:])[0])) for member in surplus(members)]
    all_of_them = [split(key_of_member(member)[0]) for member in members]
    for common in range(len(declared) + 1):
        for start in {tuple(each[:common]) for each in all_of_them}:
            of_it = sum(tuple(each[:common]) == start for each in all_of_them)
            left_out = sum(byte > common and tuple(each[:common]) == start for byte, each in beside)
            assert of_it - left_out == 1
