"""Schemas of documents: what is sent, and what is answered."""

from app.openapi.description import Schema
from app.openapi.fields import DOCUMENT_ID
from events.values import MOST_DOCUMENT_BYTES, MOST_NESTING

TIME: Schema = {"type": "string", "format": "date-time"}

_MOMENT: Schema = {
    "type": "string",
    "description": "A date-time of RFC 3339, UTC. It is sent back with `_meta` as it was read, to the letter.",
}

META: Schema = {
    "type": "object",
    "description": "What the server says about a document. It is kept by the server alone.",
    "required": ["version", "position", "created_at", "updated_at", "updated_by"],
    "additionalProperties": False,
    "properties": {
        "version": {
            "type": "integer",
            "minimum": 1,
            "description": "Counts the events of the document, deletions too. It is the ETag.",
        },
        "position": {
            "type": "integer",
            "minimum": 1,
            "description": "The place in the log of the commit that made this state.",
        },
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
        "updated_by": {
            "type": "string",
            "description": "Who wrote last: `user:` and the token's subject, or `import`.",
        },
        "stale_since": {
            "type": "integer",
            "minimum": 1,
            "description": "Only of a parked document: the position of the first commit that is not applied.",
        },
    },
}

DOCUMENT: Schema = {
    "type": "object",
    "description": "A document: its own JSON, and `id` and `_meta`.",
    "required": ["id", "_meta"],
    "properties": {"id": DOCUMENT_ID, "_meta": {"$ref": "#/components/schemas/Meta"}},
}

DOCUMENT_BODY: Schema = {
    "type": "object",
    "description": (
        f"A document's own JSON: at most {MOST_DOCUMENT_BYTES // 2**20} MiB and {MOST_NESTING} levels; numbers "
        "within int64 or double; names without NUL and without a leading `$`. `id` and `_meta` may be sent "
        "back as they were read."
    ),
    "properties": {"id": DOCUMENT_ID, "_meta": {"$ref": "#/components/schemas/Meta"}},
}

MERGE_PATCH: Schema = {
    "type": "object",
    "description": "RFC 7396: null removes a field, an object merges, everything else replaces.",
}

JSON_PATCH: Schema = {
    "type": "array",
    "description": "RFC 6902: operations in order, all of them or none. `id` and `_meta` are out of reach.",
    "maxItems": 1000,
    "items": {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"enum": ["add", "replace", "test", "remove", "move", "copy"]},
            "path": {"type": "string", "description": "A JSON pointer."},
            "from": {"type": "string", "description": "A JSON pointer: of `move` and `copy`."},
            "value": {"description": "Of `add`, `replace` and `test`."},
        },
    },
}

SCHEMAS = {
    "Document": DOCUMENT,
    "DocumentBody": DOCUMENT_BODY,
    "Meta": META,
    "MergePatch": MERGE_PATCH,
    "JsonPatch": JSON_PATCH,
}
