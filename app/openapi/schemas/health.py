"""The schema of what is told about health."""

from app.openapi.description import Schema

HEALTH: Schema = {
    "type": "object",
    "required": ["status"],
    "additionalProperties": False,
    "properties": {"status": {"enum": ["live", "ready", "not ready"]}},
}

SCHEMAS = {"Health": HEALTH}
