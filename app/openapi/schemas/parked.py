"""Schemas of what is told about parked documents."""

from app.openapi.description import Schema
from app.openapi.fields import COLLECTION_NAME, DOCUMENT_ID
from app.routes.parked import MOST_COMMITS

_PLACE: Schema = {"collection": COLLECTION_NAME, "id": DOCUMENT_ID}
_NUMBER: Schema = {"type": "integer", "minimum": 1}

_TOLD: Schema = {
    **_PLACE,
    "position": {**_NUMBER, "description": "Of the first commit that could not be applied."},
    "version": {**_NUMBER, "description": "Of that commit."},
    "error": {"type": "string", "description": "Why it could not be applied."},
    "waiting": {**_NUMBER, "description": "How many commits are not applied, that one included."},
    "since": {"type": "number", "description": "When it was parked, in seconds since 1970."},
    "attempts": {**_NUMBER, "description": "How often it was tried to apply that commit."},
}

PARKED: Schema = {
    "type": "object",
    "description": "A parked document.",
    "required": list(_TOLD),
    "additionalProperties": False,
    "properties": _TOLD,
}

PARKED_LIST: Schema = {
    "type": "object",
    "required": ["parked"],
    "additionalProperties": False,
    "properties": {"parked": {"type": "array", "items": {"$ref": "#/components/schemas/Parked"}}},
}

_EVENT: Schema = {
    "type": "object",
    "required": ["type", "data"],
    "additionalProperties": False,
    "properties": {"type": {"type": "string"}, "data": {}},
}

_COMMIT: Schema = {
    "type": "object",
    "required": ["position", "version", "at", "actor", "events"],
    "additionalProperties": False,
    "properties": {
        "position": _NUMBER,
        "version": _NUMBER,
        "at": {"type": "string", "format": "date-time"},
        "actor": {"type": "string"},
        "events": {"type": "array", "items": _EVENT},
    },
}

PARKED_WITH_COMMITS: Schema = {
    "type": "object",
    "description": "A parked document and the first of the commits that wait, as the log has them.",
    "required": [*_TOLD, "commits"],
    "additionalProperties": False,
    "properties": {**_TOLD, "commits": {"type": "array", "maxItems": MOST_COMMITS, "items": _COMMIT}},
}

OUTCOME: Schema = {
    "type": "object",
    "description": "What came of a try.",
    "required": ["collection", "id", "applied", "parked"],
    "additionalProperties": False,
    "properties": {
        **_PLACE,
        "applied": {"type": "boolean", "description": "Whether everything that waited is applied now."},
        "parked": {
            "description": "What is parked still.",
            "anyOf": [{"$ref": "#/components/schemas/Parked"}, {"type": "null"}],
        },
    },
}

SCHEMAS: dict[str, Schema] = {
    "Parked": PARKED,
    "ParkedList": PARKED_LIST,
    "ParkedWithCommits": PARKED_WITH_COMMITS,
    "ParkedOutcome": OUTCOME,
}
