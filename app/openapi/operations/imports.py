"""The operation that imports lines."""

from typing import Any

import orjson

from app.importing.flow import MOST_ANSWERS
from app.importing.keys import MOST_LINE
from app.importing.lines import LONGEST_LINE
from app.openapi.description import Answer, Content, Operation, Parameter
from app.openapi.fields import COLLECTION, IDEMPOTENCY_KEY, PREFER_RETURN, PREFERENCE_APPLIED, TEXT, TRACEPARENT
from app.openapi.operations.orders import MANY, ORDER, USER
from app.routes.importing import CHOICES, MEDIA_TYPES, NDJSON

_MIB = 2**20

_ON_CONFLICT = Parameter(
    "on_conflict",
    "query",
    "What becomes of a line whose id is taken: it is refused, skipped, or replaces the document.",
    {"enum": list(CHOICES), "default": "fail"},
    "replace",
)
_ID = Parameter("id", "query", "The field whose value becomes the id; it stays where it is.", TEXT, "number")

_FIRST_LINE = Parameter(
    "first_line",
    "query",
    "The number of the first line of the body, which keys and answers count from: for a file that is sent in "
    "parts, or from where it was cut off.",
    {"type": "integer", "minimum": 1, "maximum": MOST_LINE - 1, "default": 1},
    1,
)


def _text(lines: list[Any]) -> str:
    return "".join(f"{orjson.dumps(line).decode()}\n" for line in lines)


_BODY = Content(
    {
        "type": "string",
        "description": f"A document a line, of {LONGEST_LINE // _MIB} MiB at most. Blank lines are none.",
    },
    _text([{**ORDER, "id": "i1", "number": 2001}, {**ORDER, "id": "i2", "number": 2002}]),
    lines="DocumentBody",
)
_ANSWERS = Content(
    {"type": "string", "description": "An answer for every line, in their order, and a summary at the end."},
    _text(
        [
            {"line": 1, "status": 201, "id": "i1", "version": 1, "position": 817},
            {"line": 2, "status": 201, "id": "i2", "version": 1, "position": 818},
            {"lines": 2, "written": 2, "unchanged": 0, "skipped": 0, "refused": 0, "fold_after": "818"},
        ]
    ),
    lines="ImportAnswer",
)

IMPORT = Operation(
    name="document_import",
    method="post",
    path=f"{MANY}/import",
    tag="documents",
    access="user",
    summary="Import documents",
    description=(
        "Stores a document for every line while the lines come, and answers each: with what is wrong with "
        "it, if something is; the others go in all the same. The body may be of any size, as long as a whole "
        "line comes within the time that the body of another request has. It is read no faster than it is "
        f"stored, and no faster than the answers are taken: {MOST_ANSWERS // _MIB} MiB of them wait for a "
        "client that sends all before it reads, enough for 40,000 lines; with more such a client should prefer "
        "`return=minimal`, with which only refused lines and the summary are told. With an `Idempotency-Key` "
        "every line has a key of its own, made of that and its number: what was cut off can be sent again "
        "from the beginning."
    ),
    parameters=(COLLECTION, _ON_CONFLICT, _ID, _FIRST_LINE, IDEMPOTENCY_KEY, PREFER_RETURN, TRACEPARENT),
    body=dict.fromkeys(MEDIA_TYPES, _BODY),
    answers={200: Answer("What became of the lines.", (PREFERENCE_APPLIED,), {NDJSON: _ANSWERS})},
    problems=(
        *USER,
        "query-invalid",
        "header-invalid",
        "media-type-unsupported",
        "coding-unsupported",
        "collection-missing",
        "declaration-invalid",
        "condition-required",
        "log-unavailable",
    ),
)
