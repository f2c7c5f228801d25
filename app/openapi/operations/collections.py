"""Operations on collections."""

from typing import Any

from app.openapi.description import JSON, Answer, Content, Group, Operation, json_answer
from app.openapi.fields import (
    ADMIN_KEY,
    DECLARE_ONLY,
    IF_DECLARED,
    IF_NONE_MATCH,
    KEYED,
    LOCATION,
    NAME,
    PAGE_ETAG,
    REVISION_ETAG,
)

ALL = "/v1/collections"
ONE = f"{ALL}/{{name}}"

_ADMIN = ("parameter-unknown", "token-missing", "token-invalid", "forbidden", "log-unavailable")
_REDIS = ("projection-unavailable", "projection-behind")

_SCHEMA = {
    "type": "object",
    "required": ["number", "status", "total"],
    "properties": {
        "number": {"type": "integer"},
        "status": {"enum": ["new", "paid", "shipped"]},
        "total": {"type": "number", "minimum": 0},
        "placed_at": {"type": "string", "format": "date-time"},
    },
}
_DECLARATION: dict[str, Any] = {
    "schema": _SCHEMA,
    "unique": [["number"]],
    "indexes": [["status", "-placed_at"]],
    "views": {
        "by_status": {"group_by": ["status"], "measures": {"orders": "count", "total": {"sum": "total"}}},
    },
}
_DECLARED = {
    "name": "orders",
    **_DECLARATION,
    "_meta": {
        "revision": 1,
        "created_at": "2026-11-22T09:29:00.125000+00:00",
        "updated_at": "2026-11-22T09:29:00.125000+00:00",
    },
}

DECLARE = Operation(
    name="collection_declare",
    method="put",
    path=ONE,
    tag="collections",
    access="admin",
    summary="Declare a collection",
    description=(
        "Makes the collection, or puts a new declaration in the place of the old one. The same declaration "
        "again changes nothing. Every problem of a declaration is told at once, and then nothing is changed. "
        "Documents that are there are not held to a new schema until they are written again."
    ),
    parameters=(NAME, IF_DECLARED, DECLARE_ONLY, ADMIN_KEY),
    body={JSON: Content("Declaration", _DECLARATION)},
    answers={
        200: json_answer("It is declared so now.", "Collection", _DECLARED, REVISION_ETAG),
        201: json_answer("It was made.", "Collection", _DECLARED, LOCATION, REVISION_ETAG),
    },
    problems=(
        *_ADMIN,
        *_REDIS,
        *KEYED,
        "version-conflict",
        "json-invalid",
        "media-type-unsupported",
        "coding-unsupported",
        "unique-needs-empty",
        "declaration-invalid",
    ),
)

LIST = Operation(
    name="collection_list",
    method="get",
    path=ALL,
    tag="collections",
    access="admin",
    summary="List the collections",
    description="Every declared collection, by name.",
    answers={200: json_answer("All of them.", "Collections", {"items": [_DECLARED]})},
    problems=_ADMIN,
)

READ = Operation(
    name="collection_read",
    method="get",
    path=ONE,
    tag="collections",
    access="admin",
    summary="Read a declaration",
    description="The declaration in the form it is declared in; what equals its default is left out.",
    parameters=(NAME, IF_NONE_MATCH, IF_DECLARED),
    answers={
        200: json_answer("The collection.", "Collection", _DECLARED, REVISION_ETAG),
        304: Answer("You have it already.", (REVISION_ETAG,)),
    },
    problems=(*_ADMIN, "collection-missing", "header-invalid", "version-conflict"),
)

DROP = Operation(
    name="collection_drop",
    method="delete",
    path=ONE,
    tag="collections",
    access="admin",
    summary="Drop a collection",
    description=(
        "Takes the collection and all its documents away from every reader, for good: a later collection of "
        "the same name begins empty. The log keeps the history."
    ),
    parameters=(NAME, IF_DECLARED, ADMIN_KEY),
    answers={204: Answer("It was dropped.")},
    problems=(*_ADMIN, *_REDIS, *KEYED, "collection-missing", "version-conflict"),
)

OPENAPI = Operation(
    name="collection_openapi",
    method="get",
    path=f"{ONE}/openapi.json",
    tag="collections",
    access="user",
    summary="The interface to one collection as OpenAPI 3.1",
    description=(
        "The operations on its documents and views at their own addresses, with the types that its schema, "
        "indexes and views declare: for generators of clients. Whoever may read documents may know their types."
    ),
    parameters=(NAME, IF_NONE_MATCH),
    answers={
        200: Answer("The document.", (PAGE_ETAG,), {JSON: Content({"type": "object"})}),
        304: Answer("You have it already.", (PAGE_ETAG,)),
    },
    problems=("parameter-unknown", "token-missing", "token-invalid", "collection-missing", "log-unavailable"),
)

COLLECTIONS = Group(
    "collections",
    "Declared kinds of documents: what each document must look like, and how it can be found.",
    (LIST, DECLARE, READ, DROP, OPENAPI),
)
