"""Schemas of batches, and of what comes of their commands."""

from app.openapi.description import Schema
from app.openapi.fields import COLLECTION_NAME, DOCUMENT_ID
from app.openapi.schemas.problems import PROBLEM
from commands.batch import MOST_COMMANDS

REFERENCE: Schema = {
    "type": "object",
    "description": "Stands for the id of an earlier command of the batch, counted from 0.",
    "required": ["$id_of"],
    "additionalProperties": False,
    "properties": {"$id_of": {"type": "integer", "minimum": 0, "maximum": MOST_COMMANDS - 2}},
}
_IDS: tuple[Schema, ...] = (DOCUMENT_ID, {"$ref": "#/components/schemas/IdOf"})
_NEW_ID: Schema = {
    "oneOf": [*_IDS, {"type": "null"}],
    "description": "The server chooses one where there is none.",
}
_ID: Schema = {"oneOf": list(_IDS)}
_MATCH: Schema = {"type": ["string", "null"], "description": "As `If-Match` has it.", "examples": ['"3"']}


def _command(name: str, description: str, needed: tuple[str, ...], body: Schema | None = None) -> Schema:
    id = _NEW_ID if name == "create" else _ID
    said = {"command": {"const": name}, "collection": COLLECTION_NAME, "id": id}
    last = {} if name == "create" else {"if_match": _MATCH}
    return {
        "type": "object",
        "description": description,
        "required": ["command", "collection", *needed],
        "additionalProperties": False,
        "properties": {**said, **({} if body is None else {"body": body}), **last},
    }


_FREE: Schema = {"type": "object"}
COMMANDS = {
    "CreateCommand": _command("create", "Make a document that must not be there yet.", ("body",), _FREE),
    "PutCommand": _command("put", "Replace a document, or make it.", ("id", "body"), _FREE),
    "MergePatchCommand": _command("merge_patch", "Change a document (RFC 7396).", ("id", "body"), _FREE),
    "JsonPatchCommand": _command(
        "json_patch",
        "Change a document (RFC 6902).",
        ("id", "body"),
        {"type": "array", "items": {"type": "object"}},
    ),
    "DeleteCommand": _command("delete", "Delete a document.", ("id",)),
    "RestoreCommand": _command("restore", "Bring a deleted document back.", ("id",)),
}

BATCH: Schema = {
    "type": "object",
    "required": ["commands"],
    "additionalProperties": False,
    "properties": {
        "atomic": {
            "type": "boolean",
            "description": "All take effect, or none; unless said, each for itself.",
        },
        "commands": {
            "type": "array",
            "maxItems": MOST_COMMANDS,
            "items": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in COMMANDS]},
        },
    },
}

BATCH_RESULT: Schema = {
    "type": "object",
    "description": "What came of one command: what it wrote, or the problem that it met.",
    "required": ["status"],
    "additionalProperties": False,
    "properties": {
        "status": {"type": "integer", "minimum": 200, "maximum": 599},
        "id": DOCUMENT_ID,
        "version": {"type": "integer", "minimum": 1},
        "position": {"type": "integer", "minimum": 1},
        "document": {"$ref": "#/components/schemas/Document"},
        "problem": {
            **PROBLEM,
            "required": [name for name in PROBLEM["required"] if name != "request_id"],
        },
    },
}

BATCH_RESULTS: Schema = {
    "type": "object",
    "required": ["results"],
    "additionalProperties": False,
    "properties": {
        "results": {
            "type": "array",
            "maxItems": MOST_COMMANDS,
            "items": {"$ref": "#/components/schemas/BatchResult"},
        },
    },
}

SCHEMAS = {
    "Batch": BATCH,
    **COMMANDS,
    "IdOf": REFERENCE,
    "BatchResults": BATCH_RESULTS,
    "BatchResult": BATCH_RESULT,
}
