"""Schemas of what an import answers, a line each."""

from app.openapi.description import Schema
from app.openapi.fields import DOCUMENT_ID, POSITIONS
from app.openapi.schemas.problems import PROBLEM

_COUNT: Schema = {"type": "integer", "minimum": 0}
_LINE: Schema = {"type": "integer", "minimum": 1, "description": "Counts from 1, blank lines too."}

LINE_PROBLEM: Schema = {
    **PROBLEM,
    "description": "What is wrong with a line, as if it had been a request of its own.",
    "required": [name for name in PROBLEM["required"] if name != "request_id"],
}

IMPORTED: Schema = {
    "type": "object",
    "description": "The line's document is there: created, replaced, or just like that before.",
    "required": ["line", "status", "id", "version", "position"],
    "additionalProperties": False,
    "properties": {
        "line": _LINE,
        "status": {"enum": [200, 201]},
        "id": DOCUMENT_ID,
        "version": {"type": "integer", "minimum": 1},
        "position": {"type": "integer", "minimum": 1},
    },
}

SKIPPED: Schema = {
    "type": "object",
    "description": "There is a document of that id; it was left alone.",
    "required": ["line", "status", "id", "skipped"],
    "additionalProperties": False,
    "properties": {"line": _LINE, "status": {"const": 200}, "id": DOCUMENT_ID, "skipped": {"const": True}},
}

REFUSED: Schema = {
    "type": "object",
    "description": "The line did not go in.",
    "required": ["line", "status", "problem"],
    "additionalProperties": False,
    "properties": {
        "line": _LINE,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "problem": {"$ref": "#/components/schemas/LineProblem"},
    },
}

SUMMARY: Schema = {
    "type": "object",
    "description": "The last line: how many lines were answered, and how.",
    "required": ["lines", "written", "unchanged", "skipped", "refused"],
    "additionalProperties": False,
    "properties": {
        "lines": _COUNT,
        "written": _COUNT,
        "unchanged": _COUNT,
        "skipped": _COUNT,
        "refused": _COUNT,
        "fold_after": {
            **POSITIONS,
            "description": "Send it as `Fold-After` to read what was imported; only where something was.",
        },
        "problem": {
            "$ref": "#/components/schemas/LineProblem",
            "description": "Only where the import ended before the body did: why.",
        },
    },
}

_NAMES = ("ImportedLine", "SkippedLine", "RefusedLine", "ImportSummary")

SCHEMAS = {
    "ImportAnswer": {
        "description": "One line of the answer to an import.",
        "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in _NAMES],
    },
    "ImportedLine": IMPORTED,
    "SkippedLine": SKIPPED,
    "RefusedLine": REFUSED,
    "ImportSummary": SUMMARY,
    "LineProblem": LINE_PROBLEM,
}
