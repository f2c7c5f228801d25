"""A walk through what administrators may ask for: all requests that bring about an answer described."""

from tests.openapi.steps import Step, coded, plain, strangers

COLLECTIONS, PROJECTIONS, PARKED = "/v1/collections", "/v1/projections", "/v1/parked"
STEERING = ("pause", "resume", "cancel", "rollback", "forget")


def administration() -> list[Step]:
    """Through collections, exports, what is parked, and projections."""
    return [
        *_declaring(),
        *_exporting(),
        *_parked(),
        *_rebuilding(),
        *_keyed(),
        Step("metrics_scrape", "GET", "/metrics", 200),
        *_guarded(),
    ]


def _declaring() -> list[Step]:
    one = f"{COLLECTIONS}/orders"
    return [
        Step("collection_list", "GET", COLLECTIONS, 200),
        Step("collection_read", "GET", one, 200),
        Step("collection_read", "GET", one, 304, headers={"If-None-Match": '"1"'}),
        Step("collection_read", "GET", one, "header-invalid", headers={"If-None-Match": "1"}),
        Step("collection_read", "GET", one, "version-conflict", headers={"If-Match": '"7"'}),
        Step("collection_declare", "PUT", one, "version-conflict", {}, headers={"If-None-Match": "*"}),
        Step("collection_drop", "DELETE", one, "version-conflict", headers={"If-Match": '"7"'}),
        Step("collection_read", "GET", "/v1/collections/nothing", "collection-missing"),
        *_described(f"{one}/openapi.json"),
        Step("collection_declare", "PUT", "/v1/collections/new", 201, {}),
        Step("collection_declare", "PUT", "/v1/collections/new", 200, {"require_if_match": True}),
        Step("collection_declare", "PUT", one, "unique-needs-empty", {"unique": [["total"]]}),
        Step("collection_declare", "PUT", one, "declaration-invalid", {"indexs": []}),
        Step("collection_declare", "PUT", one, "declaration-invalid", []),
        Step("collection_declare", "PUT", one, "json-invalid", text="{"),
        Step("collection_declare", "PUT", one, "media-type-unsupported", text="{}", headers=plain()),
        Step("collection_declare", "PUT", one, "coding-unsupported", text="{}", headers=coded()),
        Step("collection_drop", "DELETE", "/v1/collections/nothing", "collection-missing"),
        Step("collection_drop", "DELETE", "/v1/collections/new", 204),
    ]


def _described(path: str) -> list[Step]:
    name = "collection_openapi"
    return [
        Step(name, "GET", path, 200, by="user"),
        Step(name, "GET", path, 304, headers={"If-None-Match": "*"}),
        Step(name, "GET", "/v1/collections/nothing/openapi.json", "collection-missing"),
        Step(name, "GET", f"{path}?x=1", "parameter-unknown"),
        *strangers(name, "GET", path),
        Step("page_openapi", "GET", "/openapi.json", "token-invalid", headers={"Authorization": "Bearer x"}),
    ]


def _rebuilding() -> list[Step]:
    order = f"{PROJECTIONS}/orders/rebuild"
    return [
        Step("projection_state", "GET", PROJECTIONS, 200),
        Step("projection_rebuild", "POST", f"{PROJECTIONS}/nothing/rebuild", "collection-missing"),
        Step("projection_rebuild", "POST", order, "json-invalid", text="{"),
        Step("projection_rebuild", "POST", order, "document-invalid", {"wrokers": 2}),
        Step("projection_rebuild", "POST", order, "media-type-unsupported", text="{}", headers=plain()),
        Step("projection_rebuild", "POST", order, "coding-unsupported", text="{}", headers=coded()),
        *_steering(),
    ]


def _guarded() -> list[Step]:
    """What administrators alone may ask for, asked by others, and with a parameter that is not known."""
    one = f"{COLLECTIONS}/orders"
    guarded = [
        ("collection_list", "GET", COLLECTIONS),
        ("collection_read", "GET", one),
        ("collection_declare", "PUT", one),
        ("collection_drop", "DELETE", one),
        ("export_collection", "GET", "/v1/export/orders"),
        ("export_view", "GET", "/v1/export/orders/by_status"),
        ("parked_list", "GET", PARKED),
        ("parked_show", "GET", f"{PARKED}/orders/o1"),
        *((f"parked_{verb}", "POST", f"{PARKED}/orders/o1/{verb}") for verb in ("retry", "skip")),
        ("projection_state", "GET", PROJECTIONS),
        *((f"projection_{verb}", "POST", f"{PROJECTIONS}/orders/{verb}") for verb in ("rebuild", *STEERING)),
        ("metrics_scrape", "GET", "/metrics"),
    ]
    return [
        step
        for name, method, path in guarded
        for step in (
            *strangers(name, method, path),
            Step(name, method, path, "forbidden", by="user"),
            Step(name, method, f"{path}?x=1", "parameter-unknown"),
        )
    ]


def _keyed() -> list[Step]:
    """Every change under the key of a document that was written, and under one that can not be."""
    changes = [
        ("collection_declare", "PUT", f"{COLLECTIONS}/orders"),
        ("collection_drop", "DELETE", f"{COLLECTIONS}/orders"),
        *((f"parked_{verb}", "POST", f"{PARKED}/orders/o1/{verb}") for verb in ("retry", "skip")),
        *((f"projection_{verb}", "POST", f"{PROJECTIONS}/orders/{verb}") for verb in ("rebuild", *STEERING)),
    ]
    return [
        Step(name, method, path, problem, {} if method == "PUT" else None, headers={"Idempotency-Key": key})
        for name, method, path in changes
        for key, problem in (("used", "request-differs"), ('"', "header-invalid"))
    ]


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


def _steering() -> list[Step]:
    """Steering where nothing runs, and nothing is kept."""
    refused = dict.fromkeys(STEERING, "rebuild-missing") | dict.fromkeys(STEERING[3:], "nothing-kept")
    return [
        Step(f"projection_{verb}", "POST", f"{PROJECTIONS}/{name}/{verb}", problem)
        for verb in STEERING
        for name, problem in (("orders", refused[verb]), ("nothing", "collection-missing"))
    ]
