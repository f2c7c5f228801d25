"""Schemas of declarations: what can be said of a collection, and what is answered of one."""

from app.openapi.description import Schema
from app.openapi.fields import COLLECTION_NAME
from app.openapi.schemas.documents import TIME
from app.openapi.schemas.views import VIEW
from catalog.declaration import MAX_INDEXES, MAX_UNIQUE, MAX_VIEWS
from catalog.fields import MAX_FIELDS


def _field_sets(description: str, most: int) -> Schema:
    fields = {"type": "array", "minItems": 1, "maxItems": MAX_FIELDS, "items": {"type": "string"}}
    return {"type": "array", "description": description, "maxItems": most, "items": fields}


_DECLARED: Schema = {
    "schema": {
        "type": ["object", "boolean"],
        "description": (
            "A JSON Schema, 2020-12, that every document is held to, with formats asserted. References stay "
            "inside it: nothing is ever fetched."
        ),
    },
    "unique": _field_sets("Sets of fields that no two documents may share the values of.", MAX_UNIQUE),
    "indexes": _field_sets(
        "Orders over the documents; a leading `-` reverses a field. A query is served by one of them wholly.",
        MAX_INDEXES,
    ),
    "views": {
        "type": "object",
        "description": "Group-bys by their names, which every write moves, to be read at `/v1/views/…`.",
        "maxProperties": MAX_VIEWS,
        "propertyNames": COLLECTION_NAME,
        "additionalProperties": {"$ref": "#/components/schemas/View"},
    },
    "require_if_match": {
        "type": "boolean",
        "description": "Whether every change of a document must name the version it is based on.",
    },
}

DECLARATION: Schema = {
    "type": "object",
    "description": "What a collection demands of its documents, and how they can be found. `{}` is enough.",
    "additionalProperties": False,
    "properties": _DECLARED,
}

COLLECTION: Schema = {
    "type": "object",
    "description": "A declared collection.",
    "required": ["name", "_meta"],
    "additionalProperties": False,
    "properties": {
        "name": COLLECTION_NAME,
        **_DECLARED,
        "_meta": {
            "type": "object",
            "required": ["revision", "created_at", "updated_at"],
            "additionalProperties": False,
            "properties": {
                "revision": {
                    "type": "integer",
                    "minimum": 1,
                    "description": "Counts the changes of the declaration, drops too.",
                },
                "created_at": TIME,
                "updated_at": TIME,
            },
        },
    },
}

COLLECTIONS: Schema = {
    "type": "object",
    "required": ["items"],
    "additionalProperties": False,
    "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Collection"}}},
}

SCHEMAS = {"Declaration": DECLARATION, "Collection": COLLECTION, "Collections": COLLECTIONS, "View": VIEW}
