"""A walk through documents, views and what is public: all requests that bring about an answer described."""

from typing import Any

from app.openapi.operations.documents import ORDER
from tests.openapi.importing import imports
from tests.openapi.steps import Step, coded, plain, strangers

JSON_PATCH = "application/json-patch+json"


def documents() -> list[Step]:
    """Through the documents of `orders` (o1 is there, gone was deleted) and of `strict` (s1 is there)."""
    orders, strict = "/v1/documents/orders", "/v1/documents/strict"
    return [
        *_creating("document_create", orders),
        *_listing("document_page", orders),
        *_listing("view_page", "/v1/views/orders/by_status"),
        *_querying("document_query", "QUERY", orders),
        *_querying("document_query_post", "POST", f"{orders}/query"),
        *_querying("view_query", "QUERY", "/v1/views/orders/by_status"),
        *_querying("view_query_post", "POST", "/v1/views/orders/by_status/query"),
        *_missing_views(),
        *_keyed(orders, strict),
        *_reading("document_read", f"{orders}/o1"),
        Step("document_put", "PUT", f"{orders}/o9", 201, {**ORDER, "number": 9}),
        Step("document_put", "PUT", f"{orders}/o1", 200, {**ORDER, "status": "paid"}),
        *_changing("document_put", "PUT", orders, strict, {**ORDER, "status": "paid"}),
        Step("document_put", "PUT", f"{orders}/o1", "header-invalid", ORDER, headers={"If-None-Match": '"1"'}),
        Step("document_patch", "PATCH", f"{orders}/o1", 200, {"status": "shipped"}),
        *_changing("document_patch", "PATCH", orders, strict, {"number": 1007}),
        *_patching("document_patch", orders),
        *_taking_away("document_delete", orders, strict),
        *_bringing_back("document_restore", orders, strict),
        *imports(orders, strict),
        *_batches(),
    ]


def public() -> list[Step]:
    """Through what anybody may ask for."""
    steps = [
        Step("health_live", "GET", "/health/live", 200, by="nobody"),
        Step("health_ready", "GET", "/health/ready", 200, by="nobody"),
        Step("page_problem", "GET", "/problems/nothing", "route-missing", by="nobody"),
        Step("page_problem", "GET", "/problems/forbidden", 200, headers={"Accept": "text/html"}, by="nobody"),
    ]
    pages = ("page_openapi", "/openapi.json"), ("page_docs", "/docs"), ("page_problem", "/problems/forbidden")
    for name, path in pages:
        steps += [
            Step(name, "GET", path, 200, by="nobody"),
            Step(name, "GET", path, 304, headers={"If-None-Match": "*"}, by="nobody"),
            Step(name, "GET", f"{path}?x=1", "parameter-unknown", by="nobody"),
        ]
    return steps


def _batches() -> list[Step]:
    """Batches that are done, in part, wholly, or not at all; every refusal of one command is one of all."""
    path = "/v1/batch"
    made = {"command": "create", "collection": "orders", "body": {**ORDER, "number": 77}}
    steps = [
        Step("batch_execute", "POST", path, 200, {"commands": [made]}, headers={"Idempotency-Key": "batch"}),
        Step(
            "batch_execute",
            "POST",
            path,
            "request-differs",
            {"commands": [made] * 2},
            headers={"Idempotency-Key": "batch"},
        ),
        Step(
            "batch_execute", "POST", path, 207, {"commands": [{**made, "body": {**ORDER, "number": 78}}, made]}
        ),
        Step("batch_execute", "POST", path, "batch-invalid", {"atomic": True}),
        Step("batch_execute", "POST", path, "batch-too-large", {"commands": [made] * 1001}),
        Step("batch_execute", "POST", path, "header-invalid", {}, headers={"Idempotency-Key": '"'}),
        Step("batch_execute", "POST", path, "json-invalid", text="{"),
        Step("batch_execute", "POST", path, "media-type-unsupported", text="{}", headers=plain()),
        Step("batch_execute", "POST", path, "coding-unsupported", text="{}", headers=coded()),
        Step("batch_execute", "POST", f"{path}?x=1", "parameter-unknown", {}),
        *strangers("batch_execute", "POST", path),
    ]
    for name, command in _refused_commands():
        steps.append(Step("batch_execute", "POST", path, name, {"atomic": True, "commands": [command]}))
    return steps


def _refused_commands() -> list[tuple[str, dict[str, Any]]]:
    """Commands that are refused, each with its problem; order 77 is there."""
    orders, strict = {"collection": "orders"}, {"collection": "strict"}
    return [
        ("document-exists", {"command": "create", **orders, "id": "o1", "body": ORDER}),
        ("unique-taken", {"command": "create", **orders, "body": {**ORDER, "number": 77}}),
        ("schema-violated", {"command": "create", **orders, "body": {}}),
        ("document-invalid", {"command": "create", **orders, "id": "/", "body": {}}),
        ("document-missing", {"command": "delete", **orders, "id": "nothing"}),
        ("collection-missing", {"command": "delete", "collection": "nothing", "id": "o1"}),
        ("version-conflict", {"command": "delete", **orders, "id": "o1", "if_match": '"99"'}),
        ("condition-required", {"command": "delete", **strict, "id": "s1"}),
        ("patch-invalid", {"command": "json_patch", **orders, "id": "o1", "body": [{"op": "fly"}]}),
        (
            "patch-unfit",
            {"command": "json_patch", **orders, "id": "o1", "body": [{"op": "remove", "path": "/x"}]},
        ),
    ]


def _creating(name: str, path: str) -> list[Step]:
    return [
        Step(name, "POST", path, 201, {**ORDER, "number": 1}),
        Step(name, "POST", path, "document-exists", {"id": "o1", **ORDER}),
        Step(name, "POST", path, "unique-taken", ORDER),
        Step(name, "POST", path, "schema-violated", {}),
        Step(name, "POST", path, "document-invalid", {**ORDER, "id": "/"}),
        Step(name, "POST", path, "json-invalid", text="{"),
        Step(name, "POST", path, "media-type-unsupported", text="{}", headers=plain()),
        Step(name, "POST", path, "coding-unsupported", text="{}", headers=coded()),
        Step(name, "POST", f"{path}?x=1", "parameter-unknown", {}),
        Step(name, "POST", "/v1/documents/nothing", "collection-missing", {}),
        *strangers(name, "POST", path),
    ]


def _keyed(orders: str, strict: str) -> list[Step]:
    """Every write under a key that was used for another, under none that can be, and without a body."""
    used = {"Idempotency-Key": "used"}
    steps = [Step("document_put", "PUT", f"{strict}/keyed", 201, {}, headers={**used, "If-None-Match": "*"})]
    for name, method, path in (
        ("document_create", "POST", strict),
        ("document_put", "PUT", f"{strict}/keyed"),
        ("document_patch", "PATCH", f"{strict}/keyed"),
        ("document_delete", "DELETE", f"{strict}/keyed"),
        ("document_restore", "POST", f"{strict}/keyed/restore"),
    ):
        makes = name in ("document_create", "document_restore")
        condition = {"If-None-Match": "*"} if makes else {"If-Match": "*"}
        headers = {**used, **condition}
        body = {"id": "keyed"} if name == "document_create" else {"n": 2}
        steps += [
            Step(name, method, path, "request-differs", body, headers=headers),
            Step(name, method, path, "header-invalid", {}, headers={"Idempotency-Key": '"'}),
        ]
    minimal = {"Prefer": "return=minimal"}
    return [
        *steps,
        Step("document_put", "PUT", f"{orders}/o1", 204, {**ORDER, "status": "paid"}, headers=minimal),
        Step("document_patch", "PATCH", f"{orders}/o1", 204, {"status": "new"}, headers=minimal),
    ]


def _listing(name: str, path: str) -> list[Step]:
    return [
        Step(name, "GET", path, 200),
        Step(name, "GET", f"{path}?limit=1", 200, by="user"),
        Step(name, "GET", path, 304, headers={"If-None-Match": "*"}),
        Step(name, "GET", f"{path}?limit=0", "query-invalid"),
        Step(name, "GET", f"{path}?cursor=AAAA", "query-invalid"),
        Step(name, "GET", f"{path}?x=1", "parameter-unknown"),
        Step(name, "GET", path.replace("/orders", "/nothing"), "collection-missing"),
        Step(name, "GET", path, "projection-behind", headers=_far_ahead()),
        Step(name, "GET", path, "header-invalid", headers=_strictly()),
        *strangers(name, "GET", path),
    ]


def _querying(name: str, method: str, path: str) -> list[Step]:
    nowhere = path.replace("/orders", "/nothing")
    known = "version-conflict" if method == "POST" else 304
    return [
        Step(name, method, path, 200, {}),
        Step(name, method, path, 200, {"where": {"total": {"gte": 10}}, "explain": True}, by="user"),
        Step(name, method, path, known, {}, headers={"If-None-Match": "*"}),
        Step(name, method, path, "query-invalid", {"limit": 0}),
        Step(name, method, path, "parameter-unknown", {"filter": {}}),
        Step(name, method, f"{path}?limit=1", "parameter-unknown", {}),
        Step(name, method, path, "json-invalid", text="{"),
        Step(name, method, path, "media-type-unsupported", text="{}", headers=plain()),
        Step(name, method, path, "coding-unsupported", text="{}", headers=coded()),
        Step(name, method, nowhere, "collection-missing", {}),
        Step(name, method, path, "projection-behind", {}, headers=_far_ahead()),
        Step(name, method, path, "header-invalid", {}, headers=_strictly()),
        *strangers(name, method, path),
    ]


def _missing_views() -> list[Step]:
    nowhere = "/v1/views/orders/by_state"
    return [
        Step("view_page", "GET", nowhere, "view-missing"),
        Step("view_query", "QUERY", nowhere, "view-missing", {}),
        Step("view_query_post", "POST", f"{nowhere}/query", "view-missing", {}),
    ]


def _reading(name: str, path: str) -> list[Step]:
    return [
        Step(name, "GET", path, 200),
        Step(name, "GET", path, 304, headers={"If-None-Match": "*"}),
        Step(name, "GET", path, "version-conflict", headers={"If-Match": '"99"'}),
        Step(name, "GET", path, "query-invalid", headers={"Fold-After": "soon"}),
        Step(name, "GET", f"{path}?x=1", "parameter-unknown"),
        Step(name, "GET", "/v1/documents/orders/nothing", "document-missing"),
        Step(name, "GET", "/v1/documents/nothing/o1", "collection-missing"),
        Step(name, "GET", "/v1/documents/orders/a%20b", "document-invalid"),
        Step(name, "GET", path, "projection-behind", headers=_far_ahead()),
        Step(name, "GET", path, "header-invalid", headers=_strictly()),
        *strangers(name, "GET", path),
    ]


def _changing(name: str, method: str, orders: str, strict: str, body: dict[str, Any]) -> list[Step]:
    """What holds for PUT and PATCH alike; `body` fits o1."""
    return [
        Step(name, method, f"{orders}/other", "unique-taken", {**body, "number": 1007}),
        Step(name, method, f"{orders}/o1", "schema-violated", {**body, "total": -1}),
        Step(name, method, f"{orders}/o1", "document-invalid", {**body, "id": "o2"}),
        Step(name, method, f"{orders}/o1", "version-conflict", body, headers={"If-Match": '"99"'}),
        Step(name, method, f"{orders}/o1", "header-invalid", body, headers={"If-Match": "99"}),
        Step(name, method, f"{strict}/s1", "condition-required", {"n": 2}),
        Step(name, method, "/v1/documents/nothing/o1", "collection-missing", body),
        Step(name, method, f"{orders}/o1", "json-invalid", text="{"),
        Step(name, method, f"{orders}/o1", "media-type-unsupported", text="{}", headers=plain()),
        Step(name, method, f"{orders}/o1", "coding-unsupported", text="{}", headers=coded()),
        Step(name, method, f"{orders}/o1?x=1", "parameter-unknown", body),
        *strangers(name, method, f"{orders}/o1"),
    ]


def _patching(name: str, orders: str) -> list[Step]:
    patch = {"Content-Type": JSON_PATCH}
    unfit = '[{"op": "remove", "path": "/nothing"}]'
    invalid = '[{"op": "remove", "path": "/id"}]'
    return [
        Step(name, "PATCH", f"{orders}/o1", "patch-unfit", text=unfit, headers=patch),
        Step(name, "PATCH", f"{orders}/o1", "patch-invalid", text=invalid, headers=patch),
        Step(name, "PATCH", f"{orders}/nothing", "document-missing", {}),
    ]


def _taking_away(name: str, orders: str, strict: str) -> list[Step]:
    return [
        Step(name, "DELETE", f"{orders}/nothing", "document-missing"),
        Step(name, "DELETE", "/v1/documents/nothing/o1", "collection-missing"),
        Step(name, "DELETE", f"{orders}/a%20b", "document-invalid"),
        Step(name, "DELETE", f"{orders}/o1", "version-conflict", headers={"If-Match": '"99"'}),
        Step(name, "DELETE", f"{orders}/o1", "header-invalid", headers={"If-Match": "99"}),
        Step(name, "DELETE", f"{strict}/s1", "condition-required"),
        Step(name, "DELETE", f"{orders}/o1?x=1", "parameter-unknown"),
        *strangers(name, "DELETE", f"{orders}/o1"),
        Step(name, "DELETE", f"{orders}/o9", 204),
    ]


def _bringing_back(name: str, orders: str, strict: str) -> list[Step]:
    return [
        Step(name, "POST", f"{orders}/nothing/restore", "document-missing"),
        Step(name, "POST", "/v1/documents/nothing/o1/restore", "collection-missing"),
        Step(name, "POST", f"{orders}/a%20b/restore", "document-invalid"),
        Step(name, "POST", f"{orders}/o1/restore", "document-exists"),
        Step(name, "POST", f"{orders}/o1/restore", "version-conflict", headers={"If-None-Match": "*"}),
        Step(name, "POST", f"{orders}/o1/restore", "header-invalid", headers={"If-None-Match": '"1"'}),
        Step(name, "POST", f"{orders}/gone/restore", "unique-taken"),
        Step(name, "POST", f"{strict}/s1/restore", "condition-required"),
        Step(name, "POST", f"{orders}/o1/restore?x=1", "parameter-unknown"),
        *strangers(name, "POST", f"{orders}/o1/restore"),
        Step(name, "POST", f"{orders}/o9/restore", 201),
    ]


def _strictly() -> dict[str, str]:
    return {"Prefer": "handling=strict, respond-async"}


def _far_ahead() -> dict[str, str]:
    return {"Fold-After": "1000000", "Prefer": "wait=0"}
