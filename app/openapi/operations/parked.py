"""Operations on parked documents."""

from app.openapi.description import Group, Operation, json_answer
from app.openapi.fields import ADMIN_KEY, COLLECTION, ID, KEYED

_ADMIN = (
    "parameter-unknown",
    "token-missing",
    "token-invalid",
    "forbidden",
    "projection-unavailable",
)
_ONE = (*_ADMIN, "document-invalid", "not-parked", "log-unavailable")
_PATH = "/v1/parked/{collection}/{id}"
_O1 = {
    "collection": "orders",
    "id": "o1",
    "position": 814,
    "version": 3,
    "error": "UnknownEvent: 'painted' at version 3 of orders/o1 does not fit the document",
    "waiting": 2,
    "since": 1795339800.125,
    "attempts": 4,
}
_COMMIT = {
    "position": 814,
    "version": 3,
    "at": "2026-11-22T09:30:00.125000+00:00",
    "actor": "user:ada",
    "events": [{"type": "painted", "data": {"colour": "blue"}}],
}
_APPLIED = {"collection": "orders", "id": "o1", "applied": True, "parked": None}

LIST = Operation(
    name="parked_list",
    method="get",
    path="/v1/parked",
    tag="parked",
    access="admin",
    summary="List parked documents",
    description="Every document with a commit that could not be applied.",
    answers={200: json_answer("All of them.", "ParkedList", {"parked": [_O1]})},
    problems=_ADMIN,
)

SHOW = Operation(
    name="parked_show",
    method="get",
    path=_PATH,
    tag="parked",
    access="admin",
    summary="Look at a parked document",
    description="Why it is parked, and the commits that wait, as the log has them: the first 100.",
    parameters=(COLLECTION, ID),
    answers={200: json_answer("What is known.", "ParkedWithCommits", {**_O1, "commits": [_COMMIT]})},
    problems=_ONE,
)

RETRY = Operation(
    name="parked_retry",
    method="post",
    path=f"{_PATH}/retry",
    tag="parked",
    access="admin",
    summary="Try a parked document again",
    description="Reads what waits from the log and applies it, as far as it can be.",
    parameters=(COLLECTION, ID, ADMIN_KEY),
    answers={200: json_answer("It was tried.", "ParkedOutcome", _APPLIED)},
    problems=(*_ONE, *KEYED),
)

SKIP = Operation(
    name="parked_skip",
    method="post",
    path=f"{_PATH}/skip",
    tag="parked",
    access="admin",
    summary="Leave out what cannot be applied",
    description=(
        "The one commit that could not be applied is left out for good, in every rebuild too; it stays in the "
        "log. What waits behind it is applied, as far as it can be."
    ),
    parameters=(COLLECTION, ID, ADMIN_KEY),
    answers={200: json_answer("It is left out.", "ParkedOutcome", _APPLIED)},
    problems=(*_ONE, *KEYED),
)

PARKED = Group(
    "parked",
    "Documents set aside because a commit could not be applied. They are read as they were, and say so.",
    (LIST, SHOW, RETRY, SKIP),
)
