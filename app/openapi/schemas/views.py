"""The schema of a declared view."""

from typing import get_args

from app.openapi.description import Schema
from catalog.fields import MAX_FIELDS, BucketName
from catalog.views import (
    FIELD_MEASURES,
    MAX_CHOICES,
    MAX_CONDITIONS,
    MAX_GROUP_FIELDS,
    MAX_MEASURES,
    MAX_ORDERS,
)

_PATH: Schema = {"type": "string", "description": "A field, nested ones by dots: `customer.country`."}
_LABEL: Schema = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,62}$"}
_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}

_GROUP: Schema = {
    "anyOf": [
        _PATH,
        {
            "type": "object",
            "required": ["field"],
            "additionalProperties": False,
            "properties": {
                "field": _PATH,
                "bucket": {"enum": list(get_args(BucketName)), "description": "The span of time to group by."},
                "time_zone": {"type": "string", "description": "An IANA name; UTC unless said."},
                "as": {**_LABEL, "description": "The name of the column."},
            },
        },
    ]
}

_MEASURE: Schema = {
    "anyOf": [
        {"const": "count"},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": dict.fromkeys(FIELD_MEASURES, _PATH),
        },
    ]
}

_COMPARISON: Schema = {
    "anyOf": [
        _SCALAR,
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(("eq", "lt", "lte", "gt", "gte"), _SCALAR),
                "in": {"type": "array", "minItems": 1, "maxItems": MAX_CHOICES, "items": _SCALAR},
                "prefix": {"type": "string"},
                "exists": {"type": "boolean"},
            },
        },
    ]
}

VIEW: Schema = {
    "type": "object",
    "description": "A group-by over a collection. Without `group_by` it is one row of totals.",
    "required": ["measures"],
    "additionalProperties": False,
    "properties": {
        "group_by": {"type": "array", "maxItems": MAX_GROUP_FIELDS, "items": _GROUP},
        "measures": {
            "type": "object",
            "description": "By the name of the column.",
            "minProperties": 1,
            "maxProperties": MAX_MEASURES,
            "propertyNames": _LABEL,
            "additionalProperties": _MEASURE,
        },
        "where": {
            "type": "object",
            "description": "Which documents count: all conditions must hold.",
            "maxProperties": MAX_CONDITIONS,
            "additionalProperties": _COMPARISON,
        },
        "orders": {
            "type": "array",
            "description": "Orders of the rows by several columns; those by single ones are kept anyway.",
            "maxItems": MAX_ORDERS,
            "items": {
                "type": "array",
                "description": 'Columns, a leading `-` for the other way round: `["status", "-total"]`.',
                "minItems": 2,
                "maxItems": MAX_FIELDS,
                "items": {"type": "string"},
            },
        },
    },
}
