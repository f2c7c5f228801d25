"""A walk through the interface: requests that bring about every answer that is described."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.openapi.operations.documents import ORDER

STEERING = ("pause", "resume", "cancel", "rollback", "forget")
PARKED = "/v1/parked"
JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True)
class Step:
    """A request, and how it must be answered: with a status, or with a problem."""

    operation: str
    method: str
    path: str
    answer: int | str
    json: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    by: Literal["admin", "user", "nobody"] = "admin"

    def __str__(self) -> str:
        return f"{self.operation} → {self.answer}"


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
    ]


def administration() -> list[Step]:
    """Through collections and projections."""
    one, all_of_them, report = "/v1/collections/orders", "/v1/collections", "/v1/projections"
    order = f"{report}/orders/rebuild"
    steps = [
        Step("collection_list", "GET", all_of_them, 200),
        Step("collection_read", "GET", one, 200),
        Step("collection_read", "GET", "/v1/collections/nothing", "collection-missing"),
        Step("collection_declare", "PUT", "/v1/collections/new", 201, {}),
        Step("collection_declare", "PUT", "/v1/collections/new", 200, {"require_if_match": True}),
        Step("collection_declare", "PUT", one, "unique-needs-empty", {"unique": [["total"]]}),
        Step("collection_declare", "PUT", one, "declaration-invalid", {"indexs": []}),
        Step("collection_declare", "PUT", one, "document-invalid", []),
        Step("collection_declare", "PUT", one, "json-invalid", text="{"),
        Step("collection_declare", "PUT", one, "media-type-unsupported", text="{}", headers=_plain()),
        Step("collection_drop", "DELETE", "/v1/collections/nothing", "collection-missing"),
        Step("collection_drop", "DELETE", "/v1/collections/new", 204),
        *_exporting(),
        *_parked(),
        Step("projection_state", "GET", report, 200),
        Step("projection_rebuild", "POST", f"{report}/nothing/rebuild", "collection-missing"),
        Step("projection_rebuild", "POST", order, "json-invalid", text="{"),
        Step("projection_rebuild", "POST", order, "document-invalid", {"wrokers": 2}),
        Step("projection_rebuild", "POST", order, "media-type-unsupported", text="{}", headers=_plain()),
        *_steering(report),
        Step("metrics_scrape", "GET", "/metrics", 200),
    ]
    guarded = [
        ("collection_list", "GET", all_of_them),
        ("collection_read", "GET", one),
        ("collection_declare", "PUT", one),
        ("collection_drop", "DELETE", one),
        ("export_collection", "GET", "/v1/export/orders"),
        ("export_view", "GET", "/v1/export/orders/by_status"),
        ("parked_list", "GET", PARKED),
        ("parked_show", "GET", f"{PARKED}/orders/o1"),
        *((f"parked_{verb}", "POST", f"{PARKED}/orders/o1/{verb}") for verb in ("retry", "skip")),
        ("projection_state", "GET", report),
        *((f"projection_{verb}", "POST", f"{report}/orders/{verb}") for verb in ("rebuild", *STEERING)),
        ("metrics_scrape", "GET", "/metrics"),
    ]
    for name, method, path in guarded:
        steps += [*_strangers(name, method, path), Step(name, method, path, "forbidden", by="user")]
        steps.append(Step(name, method, f"{path}?x=1", "parameter-unknown"))
    return steps


def _parked() -> list[Step]:
    """What can be asked where nothing is parked."""
    one = (("parked_show", "GET", ""), ("parked_retry", "POST", "/retry"), ("parked_skip", "POST", "/skip"))
    return [
        Step("parked_list", "GET", PARKED, 200),
        *(Step(name, method, f"{PARKED}/orders/o1{verb}", "not-parked") for name, method, verb in one),
        *(Step(name, method, f"{PARKED}/orders/%20{verb}", "document-invalid") for name, method, verb in one),
    ]


def _exporting() -> list[Step]:
    orders = "/v1/export/orders"
    formats = [
        Step(name, "GET", f"{path}?format={format}", 200)
        for name, path in (("export_collection", orders), ("export_view", f"{orders}/by_status"))
        for format in ("ndjson", "csv", "parquet", "arrow")
    ]
    return [
        *formats,
        Step("export_collection", "GET", f"{orders}?format=xls", "query-invalid"),
        Step("export_collection", "GET", "/v1/export/nothing?format=csv", "collection-missing"),
        Step("export_view", "GET", f"{orders}/by_status", "query-invalid"),
        Step("export_view", "GET", f"{orders}/nothing?format=csv", "view-missing"),
        Step("export_view", "GET", "/v1/export/nothing/by_status?format=csv", "collection-missing"),
    ]


def _steering(report: str) -> list[Step]:
    """Steering where nothing runs, and nothing is kept."""
    refused = dict.fromkeys(STEERING, "rebuild-missing") | dict.fromkeys(STEERING[3:], "nothing-kept")
    return [
        Step(f"projection_{verb}", "POST", f"{report}/{name}/{verb}", problem)
        for verb in STEERING
        for name, problem in (("orders", refused[verb]), ("nothing", "collection-missing"))
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


def _creating(name: str, path: str) -> list[Step]:
    return [
        Step(name, "POST", path, 201, {**ORDER, "number": 1}),
        Step(name, "POST", path, "document-exists", {"id": "o1", **ORDER}),
        Step(name, "POST", path, "unique-taken", ORDER),
        Step(name, "POST", path, "schema-violated", {}),
        Step(name, "POST", path, "document-invalid", {**ORDER, "id": "/"}),
        Step(name, "POST", path, "json-invalid", text="{"),
        Step(name, "POST", path, "media-type-unsupported", text="{}", headers=_plain()),
        Step(name, "POST", f"{path}?x=1", "parameter-unknown", {}),
        Step(name, "POST", "/v1/documents/nothing", "collection-missing", {}),
        *_strangers(name, "POST", path),
    ]


def _listing(name: str, path: str) -> list[Step]:
    return [
        Step(name, "GET", path, 200),
        Step(name, "GET", f"{path}?limit=1", 200, by="user"),
        Step(name, "GET", f"{path}?limit=0", "query-invalid"),
        Step(name, "GET", f"{path}?cursor=AAAA", "query-invalid"),
        Step(name, "GET", f"{path}?x=1", "parameter-unknown"),
        Step(name, "GET", path.replace("/orders", "/nothing"), "collection-missing"),
        Step(name, "GET", path, "projection-behind", headers=_far_ahead()),
        *_strangers(name, "GET", path),
    ]


def _querying(name: str, method: str, path: str) -> list[Step]:
    nowhere = path.replace("/orders", "/nothing")
    return [
        Step(name, method, path, 200, {}),
        Step(name, method, path, 200, {"where": {"total": {"gte": 10}}, "explain": True}, by="user"),
        Step(name, method, path, "query-invalid", {"limit": 0}),
        Step(name, method, path, "parameter-unknown", {"filter": {}}),
        Step(name, method, f"{path}?limit=1", "parameter-unknown", {}),
        Step(name, method, path, "json-invalid", text="{"),
        Step(name, method, path, "media-type-unsupported", text="{}", headers=_plain()),
        Step(name, method, nowhere, "collection-missing", {}),
        Step(name, method, path, "projection-behind", {}, headers=_far_ahead()),
        *_strangers(name, method, path),
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
        Step(name, "GET", path, "query-invalid", headers={"Fold-After": "soon"}),
        Step(name, "GET", f"{path}?x=1", "parameter-unknown"),
        Step(name, "GET", "/v1/documents/orders/nothing", "document-missing"),
        Step(name, "GET", "/v1/documents/nothing/o1", "collection-missing"),
        Step(name, "GET", "/v1/documents/orders/a%20b", "document-invalid"),
        Step(name, "GET", path, "projection-behind", headers=_far_ahead()),
        *_strangers(name, "GET", path),
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
        Step(name, method, f"{orders}/o1", "media-type-unsupported", text="{}", headers=_plain()),
        Step(name, method, f"{orders}/o1?x=1", "parameter-unknown", body),
        *_strangers(name, method, f"{orders}/o1"),
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
        *_strangers(name, "DELETE", f"{orders}/o1"),
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
        *_strangers(name, "POST", f"{orders}/o1/restore"),
        Step(name, "POST", f"{orders}/o9/restore", 201),
    ]


def _strangers(name: str, method: str, path: str) -> list[Step]:
    return [
        Step(name, method, path, "token-missing", by="nobody"),
        Step(name, method, path, "token-invalid", by="nobody", headers={"Authorization": "Bearer x"}),
    ]


def _plain() -> dict[str, str]:
    return {"Content-Type": "text/plain"}


def _far_ahead() -> dict[str, str]:
    return {"Fold-After": "1000000", "Prefer": "wait=0"}
