"""Schemas of problems, RFC 9457, and of what is told about each kind."""

from app.openapi.description import Schema

PROBLEM: Schema = {
    "type": "object",
    "description": "Why a request was not done (RFC 9457). Programs go by `type`, people read `detail`.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "additionalProperties": False,
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "pattern": "^/problems/[a-z-]+$",
            "description": "The kind of problem; its page explains it.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What happened this time."},
        "request_id": {"type": "string", "description": "Finds the answer in the server's log."},
        "errors": {
            "type": "array",
            "description": "Every place in the body that is wrong.",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "additionalProperties": False,
                "properties": {
                    "pointer": {"type": "string", "description": "A JSON pointer into the body."},
                    "message": {"type": "string"},
                },
            },
        },
        "version": {
            "type": "integer",
            "description": "The document's version now, or the collection's revision; 0 where there is none.",
        },
        "index": {"type": "integer", "minimum": 0, "description": "Of a batch, the command that was refused."},
        "fields": {"type": "array", "items": {"type": "string"}, "description": "The fields that are unique."},
        "parameter": {"type": "string", "description": "The parameter or header to mend."},
        "indexes": {
            "type": "array",
            "description": "The index to declare, as it stands in a declaration.",
            "items": {"type": "array", "items": {"type": "string"}},
        },
        "violated-policies": {
            "type": "array",
            "description": "The policies, as RateLimit-Policy names them, that leave no more requests.",
            "items": {"type": "string"},
        },
    },
}

PROBLEM_TYPE: Schema = {
    "type": "object",
    "description": "What a kind of problem means, and what to do about it.",
    "required": ["type", "title", "status", "meaning", "remedy", "example"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "meaning": {"type": "string"},
        "remedy": {"type": "string"},
        "example": {"$ref": "#/components/schemas/Problem"},
    },
}

SCHEMAS = {"Problem": PROBLEM, "ProblemType": PROBLEM_TYPE}
