"""Columns: nothing of a document is lost or changed on its way into a row, whatever its kinds are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exporting.columns import ID, META, MOST_COLUMNS, REST, Columns
from app.exporting.declared import declared_columns
from app.exporting.found import Found
from app.exporting.kinds import FITS, Kind

Object = dict[str, Any]

NAMES = st.sampled_from(["a", "b", "c", "a.b", "", "/a", "~/", "_rest", "_meta.version"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "x", "2013-01-01T05:00:00-05:00", "2013-02-30", "2013-01-01"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
BODIES = st.dictionaries(NAMES, VALUES, max_size=4)
SCHEMAS = st.recursive(
    st.sampled_from(
        [
            True,
            {"type": "integer"},
            {"type": ["number", "null"]},
            {"type": "string"},
            {"type": "string", "format": "date-time"},
            {"type": "string", "format": "date"},
            {"type": "boolean"},
            {"enum": ["x", None]},
            {"type": "array"},
        ]
    ),
    lambda inner: st.fixed_dictionaries({"properties": st.dictionaries(NAMES, inner, max_size=3)}),
    max_leaves=6,
)


@given(st.lists(BODIES, max_size=5))
def test_found_columns_hold_every_document_without_a_rest(bodies: list[Object]) -> None:
    columns = _found(bodies)
    assert REST not in [column.name for column in columns.all]
    for body in bodies:
        assert _restored(columns, _row(columns, body)) == _bare(body)


@given(SCHEMAS, st.lists(BODIES, max_size=5))
def test_declared_columns_and_the_rest_hold_every_document(schema: Any, bodies: list[Object]) -> None:
    columns = declared_columns(schema)
    if columns is not None:
        for body in bodies:
            assert _restored(columns, _row(columns, body)) == _bare(body)


@given(SCHEMAS, st.lists(BODIES, max_size=5))
def test_names_of_columns_differ_from_each_other(schema: Any, bodies: list[Object]) -> None:
    for columns in (declared_columns(schema), _found(bodies)):
        if columns is not None:
            names = [column.name for column in columns.all]
            assert len(set(names)) == len(names)


@given(st.lists(BODIES, max_size=5))
def test_values_in_a_column_are_of_its_kind(bodies: list[Object]) -> None:
    columns = _found(bodies)
    for body in bodies:
        for column, value in zip(columns.all, _row(columns, body), strict=True):
            assert value is None or FITS[column.kind](value)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], Kind.INTEGER),
        ([1, 2.5], Kind.NUMBER),
        ([2**53 + 1, 2.5], Kind.JSON),
        ([2**63 - 1], Kind.INTEGER),
        ([True, False, None], Kind.BOOLEAN),
        ([True, 1], Kind.JSON),
        (["x", ""], Kind.TEXT),
        (["x", 1], Kind.JSON),
        ([[1]], Kind.JSON),
        ([{}], Kind.JSON),
    ],
)
def test_found_column_is_of_the_kind_that_holds_all_its_values(values: list[Any], kind: Kind) -> None:
    [column] = _own(_found([{"f": value} for value in values]))
    assert column == ("f", kind)


def test_object_is_looked_into_unless_something_else_stands_in_its_place_too() -> None:
    assert _own(_found([{"c": {"x": 1}}, {"c": {"y": {"z": "t"}}}, {"c": {}}, {"c": None}])) == [
        ("c.x", Kind.INTEGER),
        ("c.y.z", Kind.TEXT),
    ]
    assert _own(_found([{"c": {"x": 1}}, {"c": 5}])) == [("c", Kind.JSON)]


def test_fields_beyond_the_most_columns_are_left_to_the_rest() -> None:
    body = {f"f{n}": n for n in range(MOST_COLUMNS + 2)}
    columns = _found([body])
    assert len(columns.all) == len([ID, *META]) + MOST_COLUMNS + 1
    assert _row(columns, body)[-1] == {
        f"f{MOST_COLUMNS}": MOST_COLUMNS,
        f"f{MOST_COLUMNS + 1}": MOST_COLUMNS + 1,
    }


def test_values_that_a_declared_column_can_not_hold_are_kept_in_the_rest() -> None:
    columns = declared_columns(
        {"properties": {"n": {"type": "integer"}, "c": {"properties": {"x": {"type": "number"}}}}}
    )
    assert columns is not None
    row = _row(columns, {"n": "many", "c": {"x": 2**53 + 1, "y": 1}, "more": [1]})
    assert row[1:3] == [None, None]
    assert row[-1] == {"n": "many", "c": {"x": 2**53 + 1, "y": 1}, "more": [1]}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "integer"}, Kind.INTEGER),
        ({"type": ["null", "number"]}, Kind.NUMBER),
        ({"type": ["integer", "number"]}, Kind.NUMBER),
        ({"type": ["integer", "string"]}, Kind.JSON),
        ({"type": "string", "format": "date-time"}, Kind.TIME),
        ({"type": "string", "format": "date"}, Kind.DATE),
        ({"type": "string", "format": "email"}, Kind.TEXT),
        ({"enum": ["a", "b", None]}, Kind.TEXT),
        ({"const": True}, Kind.BOOLEAN),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, Kind.TEXT),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, Kind.JSON),
        ({"oneOf": [{"type": "number"}, {"type": "integer"}]}, Kind.NUMBER),
        ({"$ref": "#/$defs/money"}, Kind.NUMBER),
        ({"allOf": [{"minLength": 1}, {"type": "string"}]}, Kind.TEXT),
        ({"minLength": 1}, Kind.JSON),
        ({}, Kind.JSON),
        (True, Kind.JSON),
        ({"type": "object"}, Kind.JSON),
        ({"type": ["object", "string"], "properties": {"x": {}}}, Kind.JSON),
    ],
)
def test_declared_column_is_of_the_kind_that_the_schema_leaves_no_doubt_about(schema: Any, kind: Kind) -> None:
    columns = declared_columns({"properties": {"f": schema}, "$defs": {"money": {"type": "number"}}})
    assert columns is not None
    assert _own(columns)[:-1] == [("f", kind)]


@pytest.mark.parametrize(
    "definition",
    [
        {"properties": {"left": {"$ref": "#/$defs/t"}, "right": {"$ref": "#/$defs/t"}}},
        {"allOf": [{"$ref": "#/$defs/t"}, {"$ref": "#/$defs/t"}]},
        {"anyOf": [{"$ref": "#/$defs/t"}, {"$ref": "#/$defs/t"}, {"type": "string"}]},
    ],
)
def test_schema_that_refers_to_itself_comes_to_an_end(definition: Object) -> None:
    columns = declared_columns({"properties": {"f": {"$ref": "#/$defs/t"}}, "$defs": {"t": definition}})
    assert columns is not None
    assert {kind for _, kind in _own(columns)} == {Kind.JSON}


@pytest.mark.parametrize("schema", [True, {}, {"required": ["a"]}])
def test_schema_without_properties_has_no_columns(schema: Any) -> None:
    assert declared_columns(schema) is None


def _found(bodies: list[Object]) -> Columns:
    found = Found()
    for body in bodies:
        found.look(body)
    return found.columns()


def _own(columns: Columns) -> list[tuple[str, Kind]]:
    """The columns of a document's own fields."""
    shared = {ID, *META}
    return [(column.name, column.kind) for column in columns.all if column not in shared]


def _row(columns: Columns, body: Object) -> list[Any]:
    return columns.row({"id": "o1", **body, "_meta": {"version": 1}})


def _restored(columns: Columns, row: list[Any]) -> Object:
    """The document that a row tells of."""
    document: Object = {}
    for column, value in zip(columns.all, row, strict=True):
        if value is not None and column.path:
            into = document
            for segment in column.path[:-1]:
                into = into.setdefault(segment, {})
            into[column.path[-1]] = value
    return _merged(document, row[-1] if columns.all[-1].name == REST and row[-1] else {})


def _merged(one: Object, other: Object) -> Object:
    merged = dict(one)
    for name, value in other.items():
        both = isinstance(value, dict) and isinstance(one.get(name), dict)
        merged[name] = _merged(one[name], value) if both else value
    return _stripped(merged)


def _bare(body: Object) -> Object:
    """A document without what is nothing in a row: nulls, and objects that hold nothing else."""
    return _stripped({"id": "o1", **body, "_meta": {"version": 1}})


def _stripped(value: Object) -> Object:
    stripped = {
        name: _stripped(inner) if isinstance(inner, dict) else inner
        for name, inner in value.items()
        if inner is not None
    }
    return {name: inner for name, inner in stripped.items() if inner != {}}
