"""Operations for those who watch over a deployment."""

from app.openapi.description import METRICS, Answer, Content, Group, Operation, json_answer
from app.openapi.fields import RETRY_AFTER

_LIVE = {"status": "live"}
_NOT_READY = {"status": "not ready"}

LIVE = Operation(
    name="health_live",
    method="get",
    path="/health/live",
    tag="health",
    access="public",
    summary="Whether the process lives",
    description="Answered without asking MongoDB or Redis.",
    answers={200: json_answer("It lives.", "Health", _LIVE)},
)

READY = Operation(
    name="health_ready",
    method="get",
    path="/health/ready",
    tag="health",
    access="public",
    summary="Whether requests can be served",
    description="MongoDB and Redis are asked, and must answer within 2 seconds.",
    answers={
        200: json_answer("Both answer.", "Health", {"status": "ready"}),
        503: json_answer("One of them does not.", "Health", _NOT_READY, RETRY_AFTER),
    },
)

SCRAPE = Operation(
    name="metrics_scrape",
    method="get",
    path="/metrics",
    tag="health",
    access="metrics",
    summary="Metrics for Prometheus",
    description=(
        "Head, checkpoint and lag of the log, projectors and rebuilds, and what this worker has answered. With "
        "MongoDB or Redis away `foldbase_stores_answer` is 0, and only what the worker knows by itself is told."
    ),
    answers={200: Answer("The metrics.", (), {METRICS: Content({"type": "string"})})},
    problems=("parameter-unknown", "token-missing", "token-invalid", "forbidden"),
)

HEALTH = Group("health", "For load balancers, probes and monitoring.", (LIVE, READY, SCRAPE))
