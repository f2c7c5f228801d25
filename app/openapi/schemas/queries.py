"""Schemas of queries and their pages."""

from app.openapi.description import Schema
from queries.conditions import MOST_CHOICES, MOST_CONDITIONS
from queries.language import MOST_FIELDS, MOST_SORTED
from queries.query import DEFAULT_LIMIT, MOST_LIMIT

_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_PATHS: Schema = {"type": ["array", "null"], "items": {"type": "string"}, "uniqueItems": True}

_OPERATORS: Schema = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "eq": _SCALAR,
        "in": {"type": "array", "items": _SCALAR, "maxItems": MOST_CHOICES},
        "lt": _SCALAR,
        "lte": _SCALAR,
        "gt": _SCALAR,
        "gte": _SCALAR,
        "prefix": {"type": "string"},
        "exists": {"type": "boolean"},
    },
}

_ASKED: dict[str, Schema] = {
    "where": {
        "type": ["object", "null"],
        "description": "By path, a value to equal, or operators; those of one path hold for one value.",
        "maxProperties": MOST_CONDITIONS,
        "additionalProperties": {"anyOf": [_SCALAR, _OPERATORS]},
    },
    "sort": {**_PATHS, "maxItems": MOST_SORTED, "description": "Paths; a leading `-` for descending."},
    "limit": {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": MOST_LIMIT,
        "description": f"{DEFAULT_LIMIT} unless said.",
    },
    "cursor": {"type": ["string", "null"], "description": "`next` of the page before."},
    "count": {"type": ["boolean", "null"], "description": "Say how many there are in all."},
    "fields": {**_PATHS, "maxItems": MOST_FIELDS, "description": "Answer these alone, `id` and `_meta`."},
    "explain": {"type": ["boolean", "null"], "description": "Say how the answer was found."},
}

QUERY: Schema = {
    "type": "object",
    "description": "A query. What is left out, or null, is not asked for.",
    "additionalProperties": False,
    "properties": _ASKED,
}

WHOLE_QUERY: Schema = {
    **QUERY,
    "description": (
        "A query for all of each document or row. `fields` is left out here, since what it answers is not of "
        "the declared type."
    ),
    "properties": {name: each for name, each in _ASKED.items() if name != "fields"},
}

PAGE: Schema = {
    "type": "object",
    "required": ["items", "next"],
    "additionalProperties": False,
    "properties": {
        "items": {
            "type": "array",
            "maxItems": MOST_LIMIT,
            "items": {"$ref": "#/components/schemas/Document"},
        },
        "next": {
            "type": ["string", "null"],
            "description": "The cursor of the next page; null on the last one.",
        },
        "count": {
            "type": "integer",
            "minimum": 0,
            "description": "How many there are in all, where asked for.",
        },
        "explain": {"$ref": "#/components/schemas/Explanation"},
    },
}

EXPLANATION: Schema = {
    "type": "object",
    "description": "How an answer was found.",
    "required": ["plan", "index", "entries"],
    "additionalProperties": False,
    "properties": {
        "plan": {"enum": ["index", "scan"]},
        "index": {"type": ["string", "null"], "description": "The index used; null for a scan."},
        "entries": {
            "type": "integer",
            "minimum": 0,
            "description": "How many entries of the index, or documents, were looked at.",
        },
    },
}

SCHEMAS = {"Query": QUERY, "WholeQuery": WHOLE_QUERY, "Page": PAGE, "Explanation": EXPLANATION}
