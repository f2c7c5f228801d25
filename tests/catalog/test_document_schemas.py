"""What a document schema tells of documents."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.schema import DocumentSchema, Violation

ORDER = {
    "type": "object",
    "properties": {
        "number": {"type": "integer"},
        "email": {"type": "string", "format": "email"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        "a/b~c": {"type": "string"},
    },
    "required": ["number"],
    "$defs": {"line": {"type": "object", "properties": {"price": {"type": "number", "minimum": 0}}}},
}
SUM = {
    "oneOf": [
        {"type": "number"},
        *(
            {
                "type": "object",
                "properties": {"kind": {"const": kind}, "left": {"$ref": "#"}, "right": {"$ref": "#"}},
                "required": ["kind", "left", "right"],
            }
            for kind in ("add", "subtract", "multiply")
        ),
    ]
}


def test_a_document_that_fits_has_no_violations() -> None:
    order = {"number": 1, "email": "ada@example.org", "lines": [{"price": 2.5}], "a/b~c": "x"}
    assert DocumentSchema(ORDER).check(order) == []


def test_every_violation_is_told_with_its_pointer_in_order() -> None:
    broken = {"email": "nobody", "lines": [{"price": 1}, {"price": -1}], "a/b~c": 5}
    assert DocumentSchema(ORDER).check(broken) == [
        Violation("", '"number" is a required property'),
        Violation("/a~1b~0c", '5 is not of type "string"'),
        Violation("/email", '"nobody" is not a "email"'),
        Violation("/lines/1/price", "-1 is less than the minimum of 0"),
    ]


def test_a_schema_of_false_lets_nothing_through() -> None:
    assert DocumentSchema(False).check({}) == [Violation("", "False schema does not allow {}")]
    assert DocumentSchema(True).check({}) == []


def test_a_schema_that_refers_to_itself_is_followed() -> None:
    tree = DocumentSchema({"properties": {"name": {"type": "string"}, "child": {"$ref": "#"}}})
    assert tree.check({"name": "a", "child": {"child": {"name": "c"}}}) == []
    assert [at for at, _ in tree.check({"child": {"child": {"name": 3}}})] == ["/child/child/name"]


@pytest.mark.parametrize(
    "text", ["date", "date-time", "time", "duration", "email", "uri", "uuid", "hostname", "ipv4", "ipv6"]
)
def test_formats_are_asserted(text: str) -> None:
    assert len(DocumentSchema({"format": text}).check("no such thing!")) == 1


def test_no_more_than_a_hundred_violations_are_told() -> None:
    schema = DocumentSchema({"items": {"type": "integer"}})
    assert len(schema.check(["x"] * 1000)) == 100


def test_a_violation_does_not_repeat_a_huge_value() -> None:
    [violation] = DocumentSchema({"properties": {"n": {"type": "integer"}}}).check({"n": "x" * 20_000})
    assert len(violation.message) == 300
    assert violation.message.endswith('is not of type "integer"')


def test_of_a_huge_document_the_members_that_break_the_schema_are_told() -> None:
    schema = DocumentSchema(
        {"properties": {"good": {"type": "array"}, "a/b c": {"items": {"type": "integer"}}}}
    )
    started = time.process_time()
    violations = schema.check({"good": [], "a/b c": ["x"] * 200_000})
    assert [at for at, _ in violations] == ["/a~1b c"]
    assert time.process_time() - started < 1


def test_a_huge_document_that_breaks_the_schema_as_a_whole_is_told_so() -> None:
    schema = DocumentSchema({"properties": {"n": {}}, "required": ["total"]})
    assert [at for at, _ in schema.check({"n": "x" * 100_000})] == [""]


def test_alternatives_that_contain_one_another_do_not_multiply() -> None:
    document: Any = "not a number"
    for _ in range(30):
        document = {"kind": "add", "left": document, "right": 1}
    started = time.process_time()
    assert [at for at, _ in DocumentSchema(SUM).check(document)] == [""]
    assert time.process_time() - started < 1


def test_a_pattern_never_backtracks() -> None:
    started = time.process_time()
    assert DocumentSchema({"pattern": "^(a+)+$"}).check("a" * 50_000 + "!") != []
    assert time.process_time() - started < 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(json_values | st.binary() | st.dictionaries(st.integers(), st.none(), max_size=2))
def test_checking_never_raises_whatever_the_document_is(document: Any) -> None:
    for source in ({"type": "object", "additionalProperties": {"type": "string"}}, {"minProperties": 5}, SUM):
        violations = DocumentSchema(source).check(document)
        assert violations == sorted(violations)


@pytest.mark.parametrize("document", [{"n": 2**70}, {"n": "\ud800"}, {1: 2}, {"n": object()}])
def test_a_document_that_is_no_json_is_a_violation(document: Any) -> None:
    assert len(DocumentSchema({"required": ["m"]}).check(document)) == 1
