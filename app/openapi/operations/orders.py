"""The orders that examples tell of, where they are, and the problems that all requests for them may meet."""

from typing import Any

MANY = "/v1/documents/{collection}"
ONE = f"{MANY}/{{id}}"

ORDER: dict[str, Any] = {
    "number": 1007,
    "status": "new",
    "total": 99.5,
    "placed_at": "2026-11-22T09:30:00Z",
}
PAID = {**ORDER, "status": "paid"}

USER = ("parameter-unknown", "token-missing", "token-invalid")
READS = (
    *USER,
    "header-invalid",
    "query-invalid",
    "collection-missing",
    "projection-behind",
    "projection-unavailable",
)


def document_example(body: dict[str, Any], version: int, position: int) -> dict[str, Any]:
    """The order o1 as it is answered."""
    meta = {
        "version": version,
        "position": position,
        "created_at": "2026-11-22T09:30:00.125Z",
        "updated_at": f"2026-11-22T09:3{version - 1}:00.125Z",
        "updated_by": "user:admin",
    }
    return {"id": "o1", **body, "_meta": meta}
