"""The operation on several documents at once."""

from app.openapi.description import JSON, Content, Group, Operation, json_answer
from app.openapi.fields import IDEMPOTENCY_KEY, PREFER_RETURN, PREFERENCE_APPLIED, TRACEPARENT, WRITTEN_LAST_AT
from app.openapi.operations.documents import WRITES
from app.openapi.operations.orders import ORDER

_COMMANDS = [
    {"command": "create", "collection": "orders", "id": "o2", "body": {**ORDER, "number": 1008}},
    {"command": "merge_patch", "collection": "orders", "id": {"$id_of": 0}, "body": {"status": "paid"}},
]
_DONE = [
    {"status": 201, "id": "o2", "version": 1, "position": 812},
    {"status": 200, "id": "o2", "version": 2, "position": 813},
]
_FAILED = {
    "type": "/problems/unique-taken",
    "title": "A unique value is taken",
    "status": 409,
    "detail": "another document has the same number; choose another value",
}

BATCH = Operation(
    name="batch_execute",
    method="post",
    path="/v1/batch",
    tag="batches",
    access="user",
    summary="Execute several commands",
    description=(
        "Up to 1,000 commands, in their order where they are about one document. With `atomic` all of them "
        "take effect or none does, across documents and collections: the answer is then the problem of the "
        'first that was refused, with its `index`. Without it each has its own outcome. `{"$id_of": 0}`, as an '
        "`id` or anywhere as a value in a body, stands for the id of an earlier command, counted from 0. With "
        "`Prefer: return=representation` every result holds its document."
    ),
    parameters=(IDEMPOTENCY_KEY, PREFER_RETURN, TRACEPARENT),
    body={JSON: Content("Batch", {"atomic": True, "commands": _COMMANDS})},
    answers={
        200: json_answer(
            "All of it was done.", "BatchResults", {"results": _DONE}, WRITTEN_LAST_AT, PREFERENCE_APPLIED
        ),
        207: json_answer(
            "Some of it was refused.",
            "BatchResults",
            {"results": [_DONE[0], {"status": 409, "problem": _FAILED}]},
            WRITTEN_LAST_AT,
            PREFERENCE_APPLIED,
        ),
    },
    problems=(
        *WRITES,
        "json-invalid",
        "media-type-unsupported",
        "coding-unsupported",
        "batch-too-large",
        "batch-invalid",
        "schema-violated",
        "unique-taken",
        "document-exists",
        "document-missing",
        "patch-unfit",
        "patch-invalid",
        "version-conflict",
        "condition-required",
        "declaration-invalid",
    ),
)

BATCHES = Group("batches", "Several commands in one request: one by one, or all or nothing.", (BATCH,))
