"""Every kind of problem, explained: what it means, what to do, and one as it is answered."""

from functools import cache
from typing import Any

import orjson

from app.openapi.problems import documents, requests, service
from app.openapi.problems.explained import Explained
from app.problems import BY_STATUS, PROBLEMS, UNEXPECTED, Problem, problem_of, problem_response

EXPLAINED: dict[str, Explained] = requests.EXPLAINED | documents.EXPLAINED | service.EXPLAINED

ANY_REQUEST = (
    "request-invalid",
    "request-timeout",
    "body-too-large",
    "address-too-long",
    "expectation-failed",
    "header-too-large",
    "not-implemented",
    "overloaded",
    "version-not-supported",
)
"""Problems that do not depend on the route: HTTP's own, met before a route is asked."""

COUNTED = ("quota-exceeded",)
"""Problems that any request with a token may meet."""

_REQUEST_ID = "0197a2c4-6f1e-4c53-9f0a-4a6b7f0f3b52"


@cache
def by_name() -> dict[str, Problem]:
    """The rows of the problem table by name, in the order of their statuses."""
    rows = sorted((*PROBLEMS.values(), *BY_STATUS.values(), UNEXPECTED), key=lambda row: row.status)
    return {name: problem_of(explained.sample) for name, explained in _in_order(rows).items()}


def example(name: str) -> dict[str, Any]:
    """A problem as the server answers it: made by the very code that answers."""
    body = problem_response(EXPLAINED[name].sample, _REQUEST_ID).body
    problem: dict[str, Any] = orjson.loads(body or b"{}")
    return problem


def told(name: str) -> dict[str, Any]:
    """What `GET /problems/{name}` tells programs. Raises KeyError for a name that is no problem's."""
    problem, explained = by_name()[name], EXPLAINED[name]
    return {
        "type": f"/problems/{name}",
        "title": problem.title,
        "status": problem.status,
        "meaning": explained.meaning,
        "remedy": explained.remedy,
        "example": example(name),
    }


def _in_order(rows: list[Problem]) -> dict[str, Explained]:
    return {row.name: EXPLAINED[row.name] for row in rows}
