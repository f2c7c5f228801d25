"""The document is OpenAPI 3.1 by its rules, and agrees with itself."""

import json
import re
from importlib.metadata import version
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from app.openapi.problems import EXPLAINED, by_name, example
from app.problems import BY_STATUS, PROBLEMS, UNEXPECTED
from catalog.declaration import Declaration
from catalog.errors import DeclarationInvalid
from catalog.fields import Strict
from catalog.parsing import parse
from catalog.views import Comparison, GroupField, ViewDeclaration
from tests.openapi.reading import operation_named, operations, references, resolved, validator

Document = dict[str, Any]


def test_version_is_that_of_the_package(described: Document) -> None:
    assert described["info"]["version"] == version("foldbase")
    assert described["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere(described: Document) -> None:
    found = set(references(described))
    assert found
    for reference in found:
        assert resolved(described, {"$ref": reference})


def test_every_operation_has_an_id_of_its_own(described: Document) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(ids) == len(set(ids))


def test_every_operation_belongs_to_a_described_group(described: Document) -> None:
    tags = [tag["name"] for tag in described["tags"]]
    assert {tag for _, _, operation in operations(described) for tag in operation["tags"]} == set(tags)
    assert len(tags) == len(set(tags))


def test_path_parameters_are_those_of_the_path(described: Document) -> None:
    for _, path, operation in operations(described):
        named = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path)), path


def test_no_parameter_stands_twice_in_one_place(described: Document) -> None:
    for _, _, operation in operations(described):
        places = [(each["in"], each["name"].lower()) for each in operation["parameters"]]
        assert len(places) == len(set(places)), operation["operationId"]


def test_every_schema_is_a_json_schema(described: Document) -> None:
    meta = Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"}, offline=True)
    assert not meta.is_valid({"type": 5})
    for name, schema in described["components"]["schemas"].items():
        assert meta.is_valid(schema), name


def test_bodies_have_no_defaults_since_generators_take_those_for_members_that_are_always_there(
    described: Document,
) -> None:
    assert '"default"' not in json.dumps(described["components"]["schemas"])


def test_examples_of_parameters_fit_their_schemas(described: Document) -> None:
    for _, _, operation in operations(described):
        for parameter in operation["parameters"]:
            if "example" in parameter:
                validator(described, parameter["schema"]).validate(parameter["example"])


def test_examples_of_bodies_fit_their_schemas(described: Document) -> None:
    seen = 0
    for _, _, operation in operations(described):
        contents = list(operation.get("requestBody", {}).get("content", {}).values())
        for response in operation["responses"].values():
            contents += resolved(described, response).get("content", {}).values()
        for content in contents:
            if "example" in content:
                validator(described, content["schema"]).validate(content["example"])
                seen += 1
    assert seen > 10


def test_examples_of_problems_fit_the_schema(described: Document) -> None:
    problem = validator(described, {"$ref": "#/components/schemas/Problem"})
    for name, each in described["components"]["examples"].items():
        problem.validate(each["value"])
        assert each["value"]["type"] == f"/problems/{name}"


def test_every_row_of_the_problem_table_is_explained_and_nothing_else() -> None:
    rows = {row.name for row in (*PROBLEMS.values(), *BY_STATUS.values(), UNEXPECTED)}
    assert set(EXPLAINED) == rows
    assert set(by_name()) == rows


@pytest.mark.parametrize("name", sorted(EXPLAINED))
def test_sample_of_a_problem_is_answered_as_that_problem(name: str) -> None:
    assert example(name)["type"] == f"/problems/{name}"


def test_every_problem_can_be_met_somewhere(described: Document) -> None:
    elsewhere = {"method-not-allowed", "unexpected", "request-repeated", "dependency-failed"}
    met = set()
    for _, _, operation in operations(described):
        for response in operation["responses"].values():
            content = resolved(described, response).get("content", {})
            met |= set(content.get("application/problem+json", {}).get("examples", ()))
    assert met | elsewhere == set(EXPLAINED)


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (Declaration, ("Declaration", "properties")),
        (ViewDeclaration, ("View", "properties")),
        (GroupField, ("View", "properties", "group_by", "items", "anyOf", 1, "properties")),
        (Comparison, ("View", "properties", "where", "additionalProperties", "anyOf", 1, "properties")),
    ],
)
def test_described_declaration_has_the_keys_of_the_real_one(
    described: Document, model: type[Strict], path: tuple[Any, ...]
) -> None:
    node: Any = described["components"]["schemas"]
    for part in path:
        node = node[part]
    assert set(node) == {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize(
    "declaration",
    [
        {},
        {"schema": True, "unique": [["a"]], "indexes": [["-a", "b.c"]], "require_if_match": True},
        {"indexes": []},
        {"indexes": [[]]},
        {"indexes": [["a"] * 9]},
        {"unique": "a"},
        {"views": {"v": {"measures": {}}}},
        {"views": {"v": {"measures": {"n": "count"}}}},
        {"views": {"v": {"measures": {"n": "sum"}}}},
        {"views": {"v": {"measures": {"n": {"sum": "a", "avg": "a"}}}}},
        {"views": {"V": {"measures": {"n": "count"}}}},
        {"views": {"v": {"group_by": [{"field": "at", "bucket": "day"}], "measures": {"n": "count"}}}},
        {"views": {"v": {"group_by": [{"field": "at", "bucket": "eon"}], "measures": {"n": "count"}}}},
        {"views": {"v": {"measures": {"n": "count"}, "where": {"a": {"in": [1, None]}}}}},
        {"views": {"v": {"measures": {"n": "count"}, "where": {"a": {"like": "x"}}}}},
        {"require_if_match": 1},
        {"colour": "red"},
    ],
)
def test_described_declaration_takes_what_the_real_one_takes(
    described: Document, declaration: dict[str, Any]
) -> None:
    fits = validator(described, {"$ref": "#/components/schemas/Declaration"}).is_valid(declaration)
    try:
        parse(declaration)
    except DeclarationInvalid:
        assert not fits
    else:
        assert fits


def test_public_operations_demand_no_token_and_all_others_do(described: Document) -> None:
    for _, path, operation in operations(described):
        assert bool(operation["security"]) == (path == "/metrics" or path.startswith("/v1/")), path


def test_admin_operations_name_the_role_they_need(described: Document) -> None:
    assert operation_named(described, "collection_drop")["security"] == [{"bearer": ["admin"]}]
    assert "403" in operation_named(described, "collection_drop")["responses"]
    assert operation_named(described, "document_read")["security"] == [{"bearer": []}]
    assert operation_named(described, "metrics_scrape")["security"] == [
        {"bearer": ["admin"]},
        {"bearer": ["metrics:read"]},
    ]
