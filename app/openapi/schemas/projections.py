"""Schemas of what is told about projections."""

from typing import get_args

from app.openapi.description import Schema
from app.openapi.fields import COLLECTION_NAME
from projections.jobs import JobState
from projections.state import ProjectorState

_COUNT: Schema = {"type": "integer", "minimum": 0}
_MOMENT: Schema = {"type": "number", "description": "Seconds since 1970."}

_PROGRESS: Schema = {
    "state": {"enum": list(get_args(JobState))},
    "done": {**_COUNT, "description": "Commits applied."},
    "total": {**_COUNT, "description": "Commits there were to apply."},
    "asked_at": _MOMENT,
    "started_at": _MOMENT,
    "finished_at": _MOMENT,
    "error": {"type": "string", "description": "Why it failed."},
}

REBUILD_JOB: Schema = {
    "type": "object",
    "description": "The order to rebuild a projection.",
    "required": ["collection", "state", "done", "total", "asked_at"],
    "additionalProperties": False,
    "properties": {"collection": COLLECTION_NAME, **_PROGRESS},
}

_REBUILD: Schema = {
    "type": ["object", "null"],
    "description": "The last rebuild; null where there was none.",
    "required": ["state", "done", "total", "asked_at"],
    "additionalProperties": False,
    "properties": {
        **_PROGRESS,
        "commits_per_second": _COUNT,
        "seconds_left": {"type": "number", "minimum": 0},
    },
}

_PARTITION: Schema = {
    "type": "object",
    "required": ["partition", "head", "checkpoint", "lag"],
    "additionalProperties": False,
    "properties": {
        "partition": _COUNT,
        "head": {**_COUNT, "description": "The last position of the log."},
        "checkpoint": {
            "type": ["integer", "null"],
            "description": "The position up to which everything is applied; null while nothing is.",
        },
        "lag": {
            "type": ["object", "null"],
            "required": ["commits", "seconds"],
            "additionalProperties": False,
            "properties": {
                "commits": _COUNT,
                "seconds": {
                    "type": "number",
                    "minimum": 0,
                    "description": "The age of the oldest commit not applied.",
                },
            },
        },
    },
}

_PROJECTOR: Schema = {
    "type": "object",
    "required": ["name", "at", "partitions"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "at": {**_MOMENT, "description": "When it was last heard of, in seconds since 1970."},
        "partitions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["state"],
                "additionalProperties": False,
                "properties": {
                    "state": {"enum": [state.value for state in ProjectorState]},
                    "trouble": {"type": "string", "description": "What keeps it from working."},
                },
            },
        },
    },
}

REPORT: Schema = {
    "type": "object",
    "description": "How far every projection is, who keeps them, and what is being rebuilt.",
    "required": ["projections", "partitions", "projectors"],
    "additionalProperties": False,
    "properties": {
        "projections": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["collection", "generation", "rebuild"],
                "additionalProperties": False,
                "properties": {
                    "collection": COLLECTION_NAME,
                    "generation": {"type": ["integer", "null"], "description": "The live one."},
                    "rebuild": _REBUILD,
                },
            },
        },
        "partitions": {"type": "array", "items": _PARTITION},
        "projectors": {"type": "array", "items": _PROJECTOR},
    },
}

SCHEMAS = {"ProjectionReport": REPORT, "RebuildJob": REBUILD_JOB}
