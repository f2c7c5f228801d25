"""The types of a collection's documents say what its schema says, `id` and `_meta` besides."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.openapi.declared.documents import of_collection
from app.openapi.declared.names import Names
from app.openapi.declared.types import types_of
from app.openapi.interface import SCHEMAS
from app.openapi.operations.orders import document_example
from catalog.errors import DeclarationInvalid
from tests.catalog.test_schemas_never_surprise import documents, names, schemas
from tests.commands.declaring import declared
from tests.examples import costing
from tests.openapi.reading import references, resolved, validator

META = document_example({}, 1, 1)["_meta"]
CIRCLE = {
    "additionalProperties": False,
    "required": ["kind", "r"],
    "properties": {"kind": {"const": "circle"}, "r": {"type": "number"}},
}
TREE = {"properties": {"name": {"type": "string"}, "child": {"$ref": "#"}}, "required": ["name"]}
EXTENDED = {
    "$ref": "#/$defs/base",
    "properties": {"colour": {"type": "string"}},
    "unevaluatedProperties": False,
    "$defs": {"base": {"properties": {"name": {"type": "string"}}, "required": ["name"]}},
}

POINTING = {"properties": {"a~b/c": {"$ref": "#/$defs/x~1y"}}, "$defs": {"x/y": {"type": "null"}}}
NAMED = {
    "$id": "https://x.example/s",
    "$ref": "https://x.example/s#c",
    "$defs": {"c": {"$anchor": "c", **CIRCLE}},
}


def fits(name: str, value: Any, **parts: Any) -> bool:
    """Whether `value` is of the type `name` of a collection declared so."""
    document = of_collection(declared(**parts))
    return validator(document, {"$ref": f"#/components/schemas/{name}"}).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "fit", "unfit"),
    [
        ({"properties": {"n": {"type": "integer"}}, "additionalProperties": False}, {"n": 1}, {"m": 1}),
        ({"additionalProperties": {"type": "integer"}}, {"n": 1}, {"n": "1"}),
        ({"oneOf": [CIRCLE, {"required": ["side"]}]}, {"kind": "circle", "r": 1}, {"kind": "circle"}),
        ({"allOf": [{"$ref": "#/$defs/c"}], "$defs": {"c": CIRCLE}}, {"kind": "circle", "r": 1}, {"r": 1}),
        ({"not": CIRCLE}, {"kind": "square"}, {"kind": "circle", "r": 1}),
        (
            {"if": {"required": ["a"]}, "then": {"additionalProperties": False, "properties": {"a": {}}}},
            {"a": 1},
            {"a": 1, "b": 1},
        ),
        (TREE, {"name": "a", "child": {"name": "b"}}, {"name": "a", "child": {}}),
        (EXTENDED, {"name": "a", "colour": "red"}, {"name": "a", "size": 1}),
        (POINTING, {}, {"a~b/c": 1}),
        (NAMED, {"kind": "circle", "r": 1}, {}),
    ],
)
def test_document_is_of_its_type_when_it_fits_the_schema(schema: Any, fit: Any, unfit: Any) -> None:
    assert fits("Orders", {**fit, "id": "o1", "_meta": META}, schema=schema)
    assert not fits("Orders", {**unfit, "id": "o1", "_meta": META}, schema=schema)
    assert not fits("Orders", fit, schema=schema)
    assert fits("OrdersBody", fit, schema=schema)
    assert fits("OrdersBody", {**fit, "id": "o1"}, schema=schema)
    assert not fits("OrdersBody", unfit, schema=schema)


@settings(costing(4), suppress_health_check=list(HealthCheck))
@given(schemas, st.dictionaries(names, documents, max_size=3))
def test_whatever_the_schema_takes_is_of_the_type(schema: Any, document: Any) -> None:
    try:
        collection = declared(schema=schema)
    except DeclarationInvalid:
        return
    described = {"components": {"schemas": SCHEMAS | types_of(collection, Names(SCHEMAS)).schemas}}
    for reference in set(references(described["components"]["schemas"])):
        assert resolved(described, {"$ref": reference}) is not None
    assert collection.schema is not None
    if not collection.schema.check(document):
        for name, members in (("Orders", {"id": "o1", "_meta": META}), ("OrdersBody", {})):
            type = validator(described, {"$ref": f"#/components/schemas/{name}"})
            assert type.is_valid({**document, **members})


@pytest.mark.parametrize(
    ("patch", "is_one"),
    [
        ({}, True),
        ({"status": "paid"}, True),
        ({"status": None}, False),
        ({"note": None}, True),
        ({"customer": {"name": "Ada"}}, True),
        ({"customer": {"name": None}}, True),
        ({"customer": {"name": 1}}, False),
        ({"customer": None}, False),
    ],
)
def test_patch_may_leave_out_everything_and_take_away_what_is_not_required(patch: Any, is_one: bool) -> None:
    customer = {"type": "object", "properties": {"name": {"type": "string"}, "id": {"type": "integer"}}}
    schema = {
        "required": ["status", "customer"],
        "properties": {"status": {"type": "string"}, "note": {"type": "string"}, "customer": customer},
    }
    assert fits("OrdersPatch", patch, schema=schema) is is_one


def test_collection_without_a_schema_has_free_documents() -> None:
    assert fits("Orders", {"id": "o1", "_meta": META, "anything": [1]})
    assert not fits("Orders", {"_meta": META})
    assert fits("OrdersBody", {"anything": [1]})


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        ({"customer.country": "at", "day": "2026-11-22", "n": 1, "sum": 1.5, "last": "b"}, True),
        ({"customer.country": None, "day": None, "n": 0, "sum": None, "last": None}, True),
        ({"customer.country": "xx", "day": None, "n": 0, "sum": None, "last": None}, False),
        ({"customer.country": None, "day": None, "n": None, "sum": None, "last": None}, False),
        ({"customer.country": None, "day": None, "n": 0, "sum": "1", "last": None}, False),
        ({"customer.country": None, "day": None, "n": 0, "sum": 1, "last": 1}, False),
        ({"n": 1}, False),
    ],
)
def test_rows_of_views_have_the_types_of_their_columns(row: Any, is_one: bool) -> None:
    customer = {"$ref": "#/$defs/customer"}
    country = {"enum": ["at", "de"]}
    schema = {
        "properties": {"customer": customer, "name": {"type": "string"}},
        "$defs": {"customer": {"properties": {"country": country}}},
    }
    view = {
        "group_by": ["customer.country", {"field": "at", "bucket": "day", "as": "day"}],
        "measures": {"n": "count", "sum": {"sum": "total"}, "last": {"max": "name"}},
    }
    assert fits("OrdersByDayRow", row, schema=schema, views={"by_day": view}) is is_one


def test_filters_of_declared_indexes_have_the_types_of_their_fields() -> None:
    schema = {"properties": {"n": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}}}
    document = of_collection(declared(schema=schema, indexes=[["-n", "tags"], ["open"]]))
    parameters = document["paths"]["/v1/documents/orders"]["get"]["parameters"]
    types = {each["name"]: each["schema"].get("type") for each in parameters}
    assert types["where[n]"] == types["where[n][gte]"] == "integer"
    assert types["where[tags]"] == types["where[tags][prefix]"] == "string"
    assert types["where[n][exists]"] == "boolean"
    assert types["where[open]"] == ["string", "number", "boolean", "null"]
    assert "where[n][prefix]" not in types
    assert "where" not in types
