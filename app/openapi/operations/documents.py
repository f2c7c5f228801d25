"""Operations on documents."""

from app.openapi.description import JSON, Answer, Content, Group, Operation, json_answer
from app.openapi.fields import (
    COLLECTION,
    CREATE_ONLY,
    ETAG,
    FOLD_AFTER,
    ID,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    IF_STILL,
    LOCATION,
    PREFER_RETURN,
    PREFER_WAIT,
    PREFERENCE_APPLIED,
    SERVED_AT,
    STALE_SINCE,
    TRACEPARENT,
    WRITTEN_AT,
)
from app.openapi.operations.imports import IMPORT
from app.openapi.operations.lists import LIST, QUERY, QUERY_BY_POST
from app.openapi.operations.orders import MANY, ONE, ORDER, PAID, READS, USER, document_example
from app.routes.reading import JSON_PATCH, MERGE_PATCH

WRITES = (
    *USER,
    "document-invalid",
    "collection-missing",
    "history-unreadable",
    "contention",
    "log-unavailable",
    "header-invalid",
    "request-under-way",
    "request-differs",
)
_CONDITIONS = ("version-conflict", "condition-required")
_ASKED = (IDEMPOTENCY_KEY, PREFER_RETURN, TRACEPARENT)
_BODIES = ("json-invalid", "media-type-unsupported", "coding-unsupported")
_RULES = ("schema-violated", "unique-taken")


_NEW = document_example(ORDER, 1, 812)
_SERVED = (ETAG, SERVED_AT, STALE_SINCE, PREFERENCE_APPLIED)
_AFTER = (ETAG, WRITTEN_AT, PREFERENCE_APPLIED)
_CREATED = json_answer(
    "It was created. With `return=minimal` it is told of as `id` and `_meta`.",
    "Document",
    _NEW,
    *_AFTER,
    LOCATION,
)
_MINIMAL = Answer("It was done; you prefer to have no body.", _AFTER)

CREATE = Operation(
    name="document_create",
    method="post",
    path=MANY,
    tag="documents",
    access="user",
    summary="Create a document",
    description=(
        "Makes a document that must not be there yet. Without `id` in the body the server chooses one: a "
        "UUIDv7, so that ids made later sort later."
    ),
    parameters=(COLLECTION, *_ASKED),
    body={JSON: Content("DocumentBody", {"id": "o1", **ORDER})},
    answers={201: _CREATED},
    problems=(*WRITES, *_BODIES, *_RULES, "document-exists", "declaration-invalid"),
)

READ = Operation(
    name="document_read",
    method="get",
    path=ONE,
    tag="documents",
    access="user",
    summary="Read a document",
    description=(
        "The document as the projections have it, at the checkpoint that `Fold-Position` names. One that is "
        "parked is as it was before the commit that could not be applied; `Fold-Stale` names its position."
    ),
    parameters=(COLLECTION, ID, FOLD_AFTER, PREFER_WAIT, IF_NONE_MATCH, IF_STILL),
    answers={
        200: json_answer("The document.", "Document", _NEW, *_SERVED),
        304: Answer("You have it already.", _SERVED),
    },
    problems=(*READS, "document-invalid", "document-missing", "version-conflict", "log-unavailable"),
)

PUT = Operation(
    name="document_put",
    method="put",
    path=ONE,
    tag="documents",
    access="user",
    summary="Replace or create a document",
    description=(
        "Makes the document like the body, whether it was there or not. A body that changes nothing makes no "
        "event, and is answered with the version that stands. After a deletion the version goes on counting."
    ),
    parameters=(COLLECTION, ID, IF_MATCH, CREATE_ONLY, *_ASKED),
    body={JSON: Content("DocumentBody", PAID)},
    answers={
        200: json_answer("It was replaced.", "Document", document_example(PAID, 2, 813), *_AFTER),
        201: _CREATED,
        204: _MINIMAL,
    },
    problems=(*WRITES, *_CONDITIONS, *_BODIES, *_RULES, "declaration-invalid"),
)

_SHIPPED = {**PAID, "status": "shipped"}

PATCH = Operation(
    name="document_patch",
    method="patch",
    path=ONE,
    tag="documents",
    access="user",
    summary="Change a part of a document",
    description=(
        "A merge patch (RFC 7396) or a JSON Patch (RFC 6902), by the content type; `application/json` is a "
        "merge patch, too. It is applied to the newest state in the log, wholly or not at all."
    ),
    parameters=(COLLECTION, ID, IF_MATCH, *_ASKED),
    body={
        MERGE_PATCH: Content("MergePatch", {"status": "shipped"}),
        JSON_PATCH: Content("JsonPatch", [{"op": "replace", "path": "/status", "value": "shipped"}]),
        JSON: Content("MergePatch", {"status": "shipped"}),
    },
    answers={
        200: json_answer("It was changed.", "Document", document_example(_SHIPPED, 3, 814), *_AFTER),
        204: _MINIMAL,
    },
    problems=(
        *WRITES,
        *_CONDITIONS,
        *_BODIES,
        *_RULES,
        "document-missing",
        "patch-unfit",
        "patch-invalid",
    ),
)

DELETE = Operation(
    name="document_delete",
    method="delete",
    path=ONE,
    tag="documents",
    access="user",
    summary="Delete a document",
    description="Takes the document away from every reader. Its history stays in the log, and its id is free.",
    parameters=(COLLECTION, ID, IF_MATCH, *_ASKED),
    answers={204: Answer("It was deleted.", _AFTER)},
    problems=(*WRITES, *_CONDITIONS, "document-missing"),
)

RESTORE = Operation(
    name="document_restore",
    method="post",
    path=f"{ONE}/restore",
    tag="documents",
    access="user",
    summary="Restore a deleted document",
    description="Brings a deleted document back as it was, with its time of creation.",
    parameters=(COLLECTION, ID, CREATE_ONLY, *_ASKED),
    answers={
        201: json_answer(
            "It is there again.", "Document", document_example(_SHIPPED, 5, 816), *_AFTER, LOCATION
        )
    },
    problems=(*WRITES, *_CONDITIONS, *_RULES, "document-missing", "document-exists"),
)

DOCUMENTS = Group(
    "documents",
    "One JSON object each, with an id. Every change is an event in the log; reads come from the projections.",
    (CREATE, LIST, QUERY, QUERY_BY_POST, READ, PUT, PATCH, DELETE, RESTORE, IMPORT),
)
