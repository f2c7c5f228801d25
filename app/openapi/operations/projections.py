"""Operations on projections."""

from typing import Any

from app.openapi.description import JSON, Answer, Content, Group, Operation, json_answer
from app.openapi.fields import ADMIN_KEY, COLLECTION, KEYED, LOCATION

_ADMIN = (
    "parameter-unknown",
    "token-missing",
    "token-invalid",
    "forbidden",
    "log-unavailable",
    "projection-unavailable",
)

_REPORT = {
    "projections": [
        {"collection": "orders", "generation": 1795339800120, "kept": None, "parked": 0, "rebuild": None}
    ],
    "partitions": [
        {"partition": 0, "head": 812, "checkpoint": 812, "lag": {"commits": 0, "seconds": 0.0}},
    ],
    "projectors": [
        {"name": "server-4711", "at": 1795339800.125, "partitions": [{"state": "LIVE"}]},
    ],
}


def _job(state: str) -> dict[str, Any]:
    options = {"verify": True, "workers": 1, "keep": True}
    counts = {"done": 0, "total": 0}
    return {"collection": "orders", "state": state, "options": options, **counts, "asked_at": 1795339800.125}


STATE = Operation(
    name="projection_state",
    method="get",
    path="/v1/projections",
    tag="projections",
    access="admin",
    summary="See how far the projections are",
    description=(
        "The live generation and the last rebuild of every collection; head, checkpoint and lag of every "
        "partition of the log; every projector that was heard of within the last 5 seconds."
    ),
    answers={200: json_answer("The report.", "ProjectionReport", _REPORT)},
    problems=_ADMIN,
)

REBUILD = Operation(
    name="projection_rebuild",
    method="post",
    path="/v1/projections/{collection}/rebuild",
    tag="projections",
    access="admin",
    summary="Rebuild a projection",
    description=(
        "Orders a new generation of the projection, filled from the log beside the live one. A projector does "
        "it; readers see the old generation until the one step in which they see the new one. Follow it with "
        "`GET /v1/projections`. The body may be left out."
    ),
    parameters=(COLLECTION, ADMIN_KEY),
    body={JSON: Content("RebuildOptions", {"verify": True, "keep": True})},
    needs_body=False,
    answers={202: json_answer("It is ordered.", "RebuildJob", _job("queued"), LOCATION)},
    problems=(
        *_ADMIN,
        *KEYED,
        "collection-missing",
        "rebuild-running",
        "json-invalid",
        "media-type-unsupported",
        "coding-unsupported",
        "document-invalid",
    ),
)


def _steering(verb: str, summary: str, description: str, state: str) -> Operation:
    return Operation(
        name=f"projection_{verb}",
        method="post",
        path=f"/v1/projections/{{collection}}/{verb}",
        tag="projections",
        access="admin",
        summary=summary,
        description=description,
        parameters=(COLLECTION, ADMIN_KEY),
        answers={200: json_answer("The rebuild as it is now.", "RebuildJob", _job(state))},
        problems=(*_ADMIN, *KEYED, "collection-missing", "rebuild-missing"),
    )


PAUSE = _steering(
    "pause",
    "Pause a rebuild",
    "It rests where it is, also across restarts, until it is resumed or cancelled.",
    "paused",
)
RESUME = _steering("resume", "Resume a rebuild", "A rebuild that was paused goes on where it was.", "queued")
CANCEL = _steering(
    "cancel", "Cancel a rebuild", "It ends, and what it made is freed. Readers notice nothing.", "cancelled"
)

ROLLBACK = Operation(
    name="projection_rollback",
    method="post",
    path="/v1/projections/{collection}/rollback",
    tag="projections",
    access="admin",
    summary="Go back to the generation before",
    description=(
        "Readers see the generation that was kept, at once. It was kept up to date, so nobody is taken back in "
        "time. What they saw until now is kept instead: the same order again undoes this one."
    ),
    parameters=(COLLECTION, ADMIN_KEY),
    answers={
        200: json_answer("They see it.", "RolledBack", {"collection": "orders", "generation": 1795339800120})
    },
    problems=(*_ADMIN, *KEYED, "collection-missing", "nothing-kept"),
)

FORGET = Operation(
    name="projection_forget",
    method="post",
    path="/v1/projections/{collection}/forget",
    tag="projections",
    access="admin",
    summary="Forget the generation before",
    description="Frees the memory of the generation that is kept for a rollback.",
    parameters=(COLLECTION, ADMIN_KEY),
    answers={204: Answer("It is gone.")},
    problems=(*_ADMIN, *KEYED, "collection-missing", "nothing-kept"),
)

PROJECTIONS = Group(
    "projections",
    "What keeps reads fast: rows in Redis that the projector keeps up to date with the log, and can rebuild.",
    (STATE, REBUILD, PAUSE, RESUME, CANCEL, ROLLBACK, FORGET),
)
