"""What is described is what runs: routes, answers, and the examples told in their order."""

import json
import re
from typing import Any

from app.openapi.composing import compose
from app.openapi.curl import address, sent_body, sent_headers
from app.openapi.description import Operation
from app.openapi.interface import GROUPS
from tests.openapi.administering import STEERING
from tests.openapi.answers import check
from tests.openapi.reading import operations
from tests.openapi.serving import Served

STORY = [
    "collection_declare",
    "collection_list",
    "collection_read",
    "collection_openapi",
    "document_create",
    "document_read",
    "document_page",
    "document_query",
    "document_query_post",
    "view_page",
    "view_query",
    "view_query_post",
    "document_put",
    "document_patch",
    "document_delete",
    "document_restore",
    "document_import",
    "batch_execute",
    "export_collection",
    "export_view",
    "projection_state",
    "projection_rebuild",
    "collection_drop",
    "health_live",
    "health_ready",
    "metrics_scrape",
    "page_openapi",
    "page_docs",
    "page_problem",
]
CHANGING = {
    "position",
    "created_at",
    "updated_at",
    "asked_at",
    "at",
    "name",
    "head",
    "checkpoint",
    "generation",
    "lag",
    "state",
}


async def test_every_route_is_described_and_nothing_else(running: Served, described: dict[str, Any]) -> None:
    registered = {
        (method.lower(), "/" + re.sub(r"<(\w+)(:\w+)?>", r"{\1}", route.path))
        for route in running.app.router.routes
        for method in route.methods
    }
    assert registered == {(method, path) for method, path, _ in operations(described)}


async def test_described_operations_have_the_names_of_their_routes(
    running: Served, described: dict[str, Any]
) -> None:
    routes = {route.name.partition(".")[2] for route in running.app.router.routes}
    assert routes == {each["operationId"].removesuffix("_head") for _, _, each in operations(described)}


async def test_examples_told_in_order_are_true(running: Served, described: dict[str, Any]) -> None:
    told = [group.operations for group in GROUPS if group.name != "parked"]
    known = {operation.name: operation for operations in told for operation in operations}
    assert set(STORY) | {f"projection_{verb}" for verb in STEERING} == set(known)
    position = "0"
    for name in STORY:
        operation = known[name]
        answer = await running.admin.request(
            operation.method,
            address(operation),
            headers=sent_headers(operation) | _up_to(position, operation),
            content=sent_body(operation),
        )
        check(described, name, answer)
        expected = _expected(operation, answer.status_code)
        if expected is not None:
            assert _still(answer.json()) == _still(expected), name
        position = answer.headers.get("fold-position", position)


async def test_a_part_of_the_interface_makes_a_document_of_its_own(described: dict[str, Any]) -> None:
    part = compose({"title": "part", "version": "1"}, GROUPS[:1], described["components"]["schemas"])
    assert set(part["paths"]) == {path for path in described["paths"] if path.startswith("/v1/documents")}


def _up_to(position: str, operation: Operation) -> dict[str, str]:
    takes = {parameter.name for parameter in operation.parameters}
    return {"Fold-After": position} if "Fold-After" in takes else {}


def _expected(operation: Operation, status: int) -> Any:
    first = min(operation.answers) if status != 201 else 201
    assert status == first, f"{operation.name} answered {status}"
    content = operation.answers[status].content.get("application/json")
    return None if content is None or content.example is None else content.example


def _still(value: Any) -> Any:
    """The value with everything that differs from run to run taken out."""
    if isinstance(value, dict):
        return {name: "…" if name in CHANGING else _still(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_still(inner) for inner in value]
    return json.loads(json.dumps(value))
