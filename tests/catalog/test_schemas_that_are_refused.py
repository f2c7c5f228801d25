"""Which JSON Schemas cannot be declared."""

import socket
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import DeclarationInvalid, Problem
from catalog.schema import DocumentSchema
from catalog.schema_rules import MAX_PATTERNS, MAX_SCHEMA_BYTES
from tests.catalog.canary import listening


def problems(schema: Any) -> list[Problem]:
    with pytest.raises(DeclarationInvalid) as refused:
        DocumentSchema(schema)
    return refused.value.problems


def pointers(schema: Any) -> list[str]:
    return [at for at, _ in problems(schema)]


@pytest.mark.parametrize("schema", [[], "object", 5, 1.5])
def test_a_schema_is_an_object_or_a_boolean(schema: Any) -> None:
    assert pointers(schema) == ["/schema"]


def test_every_fault_of_a_schema_is_told() -> None:
    schema = {
        "type": "objekt",
        "properties": {"a": {"minimum": "one"}, "b": {"pattern": "("}, "c": {"$ref": "#/$defs/none"}},
        "patternProperties": {"(?=x)": {}},
    }
    assert sorted(pointers(schema)) == [
        "/schema/patternProperties/(?=x)",
        "/schema/properties/a/minimum",
        "/schema/properties/b/pattern",
        "/schema/properties/c/$ref",
        "/schema/type",
    ]


@pytest.mark.parametrize("within", [lambda ref: ref, lambda ref: {"$id": "http://127.0.0.1/", "allOf": [ref]}])
def test_a_remote_reference_is_refused_and_nobody_is_visited(within: Any) -> None:
    with listening() as canary:
        assert pointers(within({"$ref": canary.url})) != []
        assert not canary.was_visited()


def test_an_unknown_dialect_is_refused_and_nobody_is_visited() -> None:
    with listening() as canary:
        assert pointers({"$schema": canary.url}) == ["/schema/$schema"]
        assert pointers({"$defs": {"a": {"$id": "urn:a", "$schema": canary.url}}}) == [
            "/schema/$defs/a/$schema"
        ]
        assert not canary.was_visited()


def test_a_canary_that_is_visited_says_so() -> None:
    with listening() as canary:
        port = int(canary.url.rpartition(":")[2].partition("/")[0])
        socket.create_connection(("127.0.0.1", port)).close()
        assert canary.was_visited()


def test_a_file_reference_is_refused_and_the_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"type": "string"}')
    assert pointers({"$ref": "file:///etc/passwd"}) == ["/schema/$ref"]
    for schema in (
        {"$ref": (tmp_path / "secret.json").as_uri()},
        {"$id": tmp_path.as_uri() + "/", "$ref": "secret.json"},
    ):
        assert "string" not in str(problems(schema))


@pytest.mark.parametrize("dialect", ["http://json-schema.org/draft-07/schema#", "nonsense", ""])
def test_only_the_dialect_of_2020_12_is_spoken(dialect: str) -> None:
    assert pointers({"$schema": dialect}) == ["/schema/$schema"]


def test_the_dialect_may_be_named() -> None:
    named = DocumentSchema({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"})
    assert named.check({}) == []


def test_references_within_a_schema_are_resolved_by_pointer_anchor_and_id() -> None:
    schema = {
        "$id": "https://example.org/order",
        "properties": {"a": {"$ref": "#/$defs/a"}, "b": {"$ref": "#b"}, "c": {"$ref": "c"}},
        "$defs": {
            "a": {"type": "string"},
            "b": {"$anchor": "b", "type": "string"},
            "c": {"$id": "c", "type": "string"},
        },
    }
    assert [at for at, _ in DocumentSchema(schema).check({"a": 1, "b": 2, "c": 3})] != []
    assert DocumentSchema(schema).check({"a": "", "b": "", "c": ""}) == []


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(a)\1", r"(?<!a)b", r".{1,100000}.{1,100000}", "("])
def test_a_pattern_that_is_not_of_the_linear_time_kind_is_refused(pattern: str) -> None:
    assert pointers({"pattern": pattern}) == ["/schema/pattern"]


def test_a_schema_has_a_bounded_number_of_patterns() -> None:
    schema = {"properties": {f"p{n}": {"pattern": "^a"} for n in range(MAX_PATTERNS + 1)}}
    assert pointers(schema) == ["/schema"]


def test_alternatives_that_multiply_are_refused() -> None:
    doubling = {f"a{n}": {"anyOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(40)}
    assert pointers({"$ref": "#/$defs/a0", "$defs": {**doubling, "a40": {}}}) == ["/schema"]


def test_a_schema_is_bounded_in_bytes_and_in_depth() -> None:
    assert pointers({"description": "x" * MAX_SCHEMA_BYTES}) == ["/schema"]
    deep: dict[str, Any] = {}
    for _ in range(70):
        deep = {"not": deep}
    [at] = pointers(deep)
    assert at == "/schema" + "/not" * 64


@pytest.mark.parametrize(
    "schema", [{"maximum": 2**63}, {"const": float("nan")}, {"const": "\ud800"}, {1: {}}, {"const": b"x"}]
)
def test_what_is_no_json_is_refused(schema: Any) -> None:
    assert len(pointers(schema)) == 1


@pytest.mark.parametrize("root", [{}, {"$id": "https://example.org/order"}])
def test_a_reference_that_leads_nowhere_is_refused_where_nothing_uses_it_too(root: dict[str, Any]) -> None:
    assert pointers({**root, "$defs": {"unused": {"$ref": "#/$defs/none"}}}) == ["/schema/$defs/unused/$ref"]
