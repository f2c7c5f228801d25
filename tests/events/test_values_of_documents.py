"""What a document may hold, and how a person is told what it may not."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidValue
from events.values import MOST_DOCUMENT_BYTES, MOST_NAME_BYTES, MOST_NESTING, check_document
from tests.events.json_values import objects, traits, values

OFFENDING: list[tuple[Any, str]] = [
    (2**63, "is a whole number outside 64 bits"),
    (-(2**63) - 1, "is a whole number outside 64 bits"),
    (10**400, "is a whole number outside 64 bits"),
    (float("nan"), "is not a finite number"),
    (float("inf"), "is not a finite number"),
    (float("-inf"), "is not a finite number"),
    (b"bytes", "is no JSON value but a bytes"),
    ({1, 2}, "is no JSON value but a set"),
    ((1, 2), "is no JSON value but a tuple"),
]
NAMES = [
    ("$set", 'has a name with a leading "$"'),
    ("$", 'has a name with a leading "$"'),
    ("a\0b", "has a name with a NUL character"),
    ("\0", "has a name with a NUL character"),
]


def refused(body: dict[str, Any]) -> InvalidValue:
    """How the body is refused."""
    with pytest.raises(InvalidValue) as refusal:
        check_document(body)
    return refusal.value


def objects_of_depth(levels: int) -> dict[str, Any]:
    """Objects in objects, `levels` of them."""
    body: dict[str, Any] = {}
    for _ in range(levels - 1):
        body = {"in": body}
    return body


def arrays_of_depth(levels: int) -> dict[str, Any]:
    """An object that holds arrays in arrays, `levels` with itself."""
    inner: list[Any] = []
    for _ in range(levels - 2):
        inner = [inner]
    return {"in": inner}


@given(objects)
def test_any_json_object_of_this_size_is_accepted_and_left_as_it_is(body: dict[str, Any]) -> None:
    before = traits(body)
    check_document(body)
    assert traits(body) == before


@given(st.data(), st.sampled_from(OFFENDING))
def test_an_offending_value_is_found_wherever_it_is(data: st.DataObject, offending: tuple[Any, str]) -> None:
    value, reason = offending
    path: list[object] = []
    body = value
    for step in data.draw(st.lists(st.sampled_from(["a~b/c", "", "plain", 0, 2]), max_size=6)):
        path.insert(0, step)
        body = [*([None] * step), body] if isinstance(step, int) else {"x": 1, step: body}
    refusal = refused({"y": [True], "at": body})
    assert refusal.pointer == "".join(f"/{escaped(step)}" for step in ["at", *path])
    assert refusal.reason == reason


def escaped(step: object) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return str(step).replace("~", "~0").replace("/", "~1")


@pytest.mark.parametrize(("name", "reason"), NAMES, ids=ascii)
@pytest.mark.parametrize("value", [1, "text", None, {}, []], ids=repr)
def test_an_offending_name_is_refused_at_any_depth(name: str, reason: str, value: Any) -> None:
    for body, pointer in [({name: value}, ""), ({"a": [{"b": {name: value}}]}, "/a/0/b")]:
        refusal = refused(body)
        assert refusal.pointer == f"{pointer}/{name}"
        assert refusal.reason.startswith(reason)


@pytest.mark.parametrize("name", ["a$", "", ".", "a.b", "_id", "id", "_meta", "__proto__", "#ref"], ids=ascii)
def test_other_odd_names_are_accepted(name: str) -> None:
    check_document({name: {name: [name]}})


@pytest.mark.parametrize("letter", ["x", "é", "€", "𝔘"])
def test_names_are_bounded_in_bytes(letter: str) -> None:
    longest = letter * (MOST_NAME_BYTES // len(letter.encode()))
    check_document({"a": {longest: 1}})
    refusal = refused({"a": {longest + "x" * 4: 1}})
    assert refusal.pointer == "/a"
    assert refusal.reason.startswith("has a name of more than 1024 bytes: ")


@pytest.mark.parametrize("nested", [objects_of_depth, arrays_of_depth])
def test_nesting_is_bounded(nested: Any) -> None:
    check_document(nested(MOST_NESTING))
    refusal = refused(nested(MOST_NESTING + 1))
    assert refusal.reason == "is nested deeper than 64 levels"
    assert refusal.pointer.count("/") == MOST_NESTING
    assert refused(nested(100_000)).reason == refusal.reason


def test_a_document_is_bounded_in_bytes_of_json() -> None:
    empty = len(orjson.dumps({"text": ""}))
    check_document({"text": "x" * (MOST_DOCUMENT_BYTES - empty)})
    refusal = refused({"text": "x" * (MOST_DOCUMENT_BYTES - empty + 1)})
    assert (refusal.pointer, refusal.reason) == (
        "",
        "is 1,048,577 bytes of JSON; a document may have 1,048,576",
    )
    assert str(refusal).startswith("the document: is 1,048,577 bytes")


@pytest.mark.parametrize(
    "body",
    [{"a": "\ud800"}, {"\ud800": 1}, {"\ud800" * 300: 1}, {"a": ["\udfff" * 2000]}, {"\udc00" * 2000: {}}],
    ids=["value", "name", "long name", "long value", "longer name"],
)
def test_text_that_is_no_unicode_is_refused(body: dict[str, Any]) -> None:
    assert orjson.dumps(str(refused(body)))


@given(values)
def test_a_subclass_of_int_counts_as_the_number_it_is(value: Any) -> None:
    class Number(int):
        pass

    check_document({"a": value, "b": Number(7), "c": [Number(8)]})
    assert refused({"b": Number(2**63)}).reason == "is a whole number outside 64 bits"
