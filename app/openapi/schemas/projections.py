"""Schemas of what is told about projections."""

from typing import get_args

from app.openapi.description import Schema
from app.openapi.fields import COLLECTION_NAME
from projections.jobs import MOST_DIFFERENCES, JobState
from projections.layout import MOST_WORKERS
from projections.state import ProjectorState

_COUNT: Schema = {"type": "integer", "minimum": 0}
_MOMENT: Schema = {"type": "number", "description": "Seconds since 1970."}

_OPTIONS: Schema = {
    "verify": {
        "type": "boolean",
        "description": "Compare the new generation with the live one before it takes its place.",
    },
    "max_rate": {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": 1_000_000_000,
        "description": "Commits per second at most.",
    },
    "workers": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_WORKERS,
        "description": "Processes that share the work; one unless said.",
    },
    "keep": {
        "type": "boolean",
        "description": "Keep the generation before, and keep it up to date, so that it can be gone back to.",
    },
}

REBUILD_OPTIONS: Schema = {
    "type": "object",
    "description": "How a rebuild is to be done.",
    "additionalProperties": False,
    "properties": _OPTIONS,
}

_PROGRESS: Schema = {
    "state": {"enum": list(get_args(JobState))},
    "options": {"type": "object", "additionalProperties": False, "properties": _OPTIONS},
    "done": {**_COUNT, "description": "Commits applied."},
    "total": {
        **_COUNT,
        "description": "Commits there are to apply, those written since too; 0 until they are counted.",
    },
    "asked_at": _MOMENT,
    "started_at": _MOMENT,
    "finished_at": _MOMENT,
    "commits_per_second": {"type": "number", "minimum": 0},
    "seconds_left": {"type": "number", "minimum": 0},
    "compared": {**_COUNT, "description": "Rows that were compared."},
    "trouble": {"type": "string", "description": "What it waits for, or why it does not catch up."},
    "error": {"type": "string", "description": "Why it failed."},
    "differences": {
        "type": "array",
        "maxItems": MOST_DIFFERENCES,
        "items": {"type": "string"},
        "description": "Ids of documents that differ; `view NAME` stands for a view.",
    },
}

REBUILD_JOB: Schema = {
    "type": "object",
    "description": "A rebuild of a projection.",
    "required": ["collection", "state", "options", "done", "total", "asked_at"],
    "additionalProperties": False,
    "properties": {"collection": COLLECTION_NAME, **_PROGRESS},
}

_REBUILD: Schema = {
    "type": ["object", "null"],
    "description": "The last rebuild; null where there was none.",
    "required": ["state", "options", "done", "total", "asked_at"],
    "additionalProperties": False,
    "properties": _PROGRESS,
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
                "required": ["collection", "generation", "kept", "parked", "rebuild"],
                "additionalProperties": False,
                "properties": {
                    "collection": COLLECTION_NAME,
                    "generation": {"type": ["integer", "null"], "description": "The live one."},
                    "kept": {
                        "type": ["integer", "null"],
                        "description": "The one before, where it is kept to be gone back to.",
                    },
                    "parked": {**_COUNT, "description": "How many documents are parked."},
                    "rebuild": _REBUILD,
                },
            },
        },
        "partitions": {"type": "array", "items": _PARTITION},
        "projectors": {"type": "array", "items": _PROJECTOR},
    },
}

ROLLED_BACK: Schema = {
    "type": "object",
    "description": "What readers see now.",
    "required": ["collection", "generation"],
    "additionalProperties": False,
    "properties": {"collection": COLLECTION_NAME, "generation": _COUNT},
}

SCHEMAS = {
    "ProjectionReport": REPORT,
    "RebuildJob": REBUILD_JOB,
    "RebuildOptions": REBUILD_OPTIONS,
    "RolledBack": ROLLED_BACK,
}
