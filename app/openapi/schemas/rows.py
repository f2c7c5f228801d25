"""Schemas of the rows of views."""

from app.openapi.description import Schema
from app.openapi.schemas.queries import PAGE
from queries.query import MOST_LIMIT

ROW: Schema = {
    "type": "object",
    "description": "One group of documents: the columns of the group, then the measures.",
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}
_ROWS: Schema = {"type": "array", "maxItems": MOST_LIMIT, "items": {"$ref": "#/components/schemas/Row"}}

ROW_PAGE: Schema = {**PAGE, "properties": {**PAGE["properties"], "items": _ROWS}}

SCHEMAS = {"Row": ROW, "RowPage": ROW_PAGE}
