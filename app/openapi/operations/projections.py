"""Operations on projections."""

from app.openapi.description import Group, Operation, json_answer
from app.openapi.fields import COLLECTION, LOCATION

_ADMIN = (
    "parameter-unknown",
    "token-missing",
    "token-invalid",
    "forbidden",
    "log-unavailable",
    "projection-unavailable",
)

_REPORT = {
    "projections": [{"collection": "orders", "generation": 1, "rebuild": None}],
    "partitions": [
        {"partition": 0, "head": 812, "checkpoint": 812, "lag": {"commits": 0, "seconds": 0.0}},
    ],
    "projectors": [
        {"name": "server-4711", "at": 1795339800.125, "partitions": [{"state": "LIVE"}]},
    ],
}

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
        "`GET /v1/projections`."
    ),
    parameters=(COLLECTION,),
    answers={
        202: json_answer(
            "It is ordered.",
            "RebuildJob",
            {"collection": "orders", "state": "queued", "done": 0, "total": 0, "asked_at": 1795339800.125},
            LOCATION,
        )
    },
    problems=(*_ADMIN, "collection-missing", "rebuild-running"),
)

PROJECTIONS = Group(
    "projections",
    "What keeps reads fast: rows in Redis that the projector keeps up to date with the log, and can rebuild.",
    (STATE, REBUILD),
)
