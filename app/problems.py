"""Problems (RFC 9457): one table from error classes to statuses. The domain knows no status codes."""

from typing import Any, NamedTuple

import orjson
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse

from app.errors import (
    BatchInvalid,
    CodingUnsupported,
    ConditionRequired,
    DeclarationChanged,
    Forbidden,
    HeaderInvalid,
    MediaTypeUnsupported,
    MethodRefused,
    PageKnown,
    ParameterUnknown,
    QuotaExceeded,
    RouteMissing,
    TooManyCommands,
)
from app.http.json import JsonInvalid
from app.identity.errors import TokenInvalid, TokenMissing
from app.importing.errors import LineTooLong, RecordInvalid
from catalog import errors as catalog
from commands import errors as commands
from events import errors as events
from projections import errors as projections
from queries import errors as queries


class Problem(NamedTuple):
    """A kind of problem: `name` makes its type, "/problems/{name}"; `retry`: seconds for Retry-After."""

    status: int
    name: str
    title: str
    retry: int | None = None


ROUTE_MISSING = Problem(404, "route-missing", "There is nothing at this address")
BODY_TOO_LARGE = Problem(413, "body-too-large", "The body is too large")
METHOD_NOT_ALLOWED = Problem(405, "method-not-allowed", "The method is not allowed here")

PROBLEMS: dict[type[Exception], Problem] = {
    JsonInvalid: Problem(400, "json-invalid", "The body is not valid JSON"),
    HeaderInvalid: Problem(400, "header-invalid", "A header can not be understood"),
    ParameterUnknown: Problem(400, "parameter-unknown", "A query parameter is not known"),
    queries.ParameterUnknown: Problem(400, "parameter-unknown", "A query parameter is not known"),
    queries.QueryInvalid: Problem(400, "query-invalid", "The query can not be understood"),
    queries.IndexNeeded: Problem(400, "index-needed", "No index serves the query"),
    TokenMissing: Problem(401, "token-missing", "A bearer token is needed"),
    TokenInvalid: Problem(401, "token-invalid", "The bearer token is not valid"),
    Forbidden: Problem(403, "forbidden", "The token does not allow this"),
    RouteMissing: ROUTE_MISSING,
    MethodRefused: METHOD_NOT_ALLOWED,
    commands.DocumentMissing: Problem(404, "document-missing", "There is no such document"),
    queries.RowMissing: Problem(404, "document-missing", "There is no such document"),
    catalog.CollectionMissing: Problem(404, "collection-missing", "There is no such collection"),
    queries.ViewMissing: Problem(404, "view-missing", "There is no such view"),
    projections.NotParked: Problem(404, "not-parked", "The document is not parked"),
    commands.DocumentExists: Problem(409, "document-exists", "The document exists already"),
    commands.PatchUnfit: Problem(409, "patch-unfit", "The patch does not fit the document"),
    commands.UniqueTaken: Problem(409, "unique-taken", "A unique value is taken"),
    commands.HistoryUnreadable: Problem(409, "history-unreadable", "The document's history can not be read"),
    commands.RequestUnderWay: Problem(409, "request-under-way", "The same request is being worked on"),
    catalog.UniqueNeedsEmpty: Problem(409, "unique-needs-empty", "The collection has documents"),
    projections.RebuildRunning: Problem(409, "rebuild-running", "A rebuild runs already"),
    projections.NoRebuildRuns: Problem(409, "rebuild-missing", "No rebuild is under way"),
    projections.NothingKept: Problem(409, "nothing-kept", "No earlier generation is kept"),
    events.RequestRepeated: Problem(409, "request-repeated", "This request key had its effect already"),
    events.ClaimTaken: Problem(409, "unique-taken", "A unique value is taken"),
    commands.ConditionFailed: Problem(412, "version-conflict", "A precondition failed"),
    DeclarationChanged: Problem(412, "version-conflict", "A precondition failed"),
    PageKnown: Problem(412, "version-conflict", "A precondition failed"),
    LineTooLong: BODY_TOO_LARGE,
    CodingUnsupported: Problem(415, "coding-unsupported", "The body's coding is not taken here"),
    TooManyCommands: Problem(413, "batch-too-large", "The batch has too many commands"),
    MediaTypeUnsupported: Problem(415, "media-type-unsupported", "The body's media type is not taken here"),
    events.InvalidValue: Problem(422, "document-invalid", "No document can be like that"),
    commands.BodyInvalid: Problem(422, "document-invalid", "No document can be like that"),
    RecordInvalid: Problem(422, "document-invalid", "No document can be like that"),
    BatchInvalid: Problem(422, "batch-invalid", "No batch can be like that"),
    commands.SchemaViolated: Problem(422, "schema-violated", "The document breaks the collection's schema"),
    commands.PatchInvalid: Problem(422, "patch-invalid", "No document can be patched like that"),
    commands.RequestDiffers: Problem(422, "request-differs", "The key was used for another request"),
    catalog.DeclarationInvalid: Problem(422, "declaration-invalid", "The declaration is not valid"),
    commands.DependencyFailed: Problem(424, "dependency-failed", "A command that this one needs failed"),
    ConditionRequired: Problem(428, "condition-required", "A precondition is demanded here"),
    QuotaExceeded: Problem(429, "quota-exceeded", "Too many requests", 1),
    events.VersionConflict: Problem(503, "contention", "Too many writers at one document", 1),
    events.LogUnavailable: Problem(503, "log-unavailable", "The log does not answer", 1),
    events.LogMismatch: Problem(503, "log-unavailable", "The log is not the one configured", 30),
    catalog.CatalogUnavailable: Problem(503, "log-unavailable", "The catalog does not answer", 1),
    projections.ProjectionAway: Problem(503, "projection-unavailable", "The projections do not answer", 1),
    projections.ProjectionsFull: Problem(503, "projection-unavailable", "The projections do not answer", 1),
    projections.CheckpointMoved: Problem(503, "projection-behind", "The projections are on the move", 1),
    projections.LogDamaged: Problem(503, "log-unavailable", "The log is damaged", 30),
    queries.ProjectionBehind: Problem(503, "projection-behind", "The projections are behind", 1),
    queries.ProjectionsAbsent: Problem(503, "projection-behind", "The projections are being filled", 1),
    queries.ViewBuilding: Problem(503, "projection-building", "What is asked for is being built", 2),
    queries.OrderBuilding: Problem(503, "projection-building", "What is asked for is being built", 2),
    queries.IndexBuilding: Problem(503, "projection-building", "What is asked for is being built", 2),
    queries.ReadUnavailable: Problem(503, "projection-unavailable", "The projections do not answer", 1),
}

BY_STATUS: dict[int, Problem] = {
    400: Problem(400, "request-invalid", "The request can not be understood"),
    404: ROUTE_MISSING,
    405: METHOD_NOT_ALLOWED,
    408: Problem(408, "request-timeout", "The request took too long to arrive"),
    413: BODY_TOO_LARGE,
    414: Problem(414, "address-too-long", "The address is too long"),
    417: Problem(417, "expectation-failed", "The expectation can not be met"),
    431: Problem(431, "header-too-large", "The header is too large"),
    501: Problem(501, "not-implemented", "The server can not do this"),
    503: Problem(503, "overloaded", "The server is busy", 1),
    505: Problem(505, "version-not-supported", "The server speaks HTTP/1.1"),
}
REMEDIES: dict[str, str] = {
    "address-too-long": "shorten the address",
    "body-too-large": "send less; a document may have 1 MiB, a body what FOLDBASE_MAX_BODY says",
    "collection-missing": "declare it with PUT /v1/collections/{name}",
    "contention": "try again",
    "document-missing": "look at the id; PUT makes a document",
    "expectation-failed": "leave out Expect",
    "header-too-large": "send fewer or shorter headers",
    "overloaded": "try again in a second",
    "patch-unfit": "read the document again, and patch what is there",
    "request-timeout": "send it again, on a better line",
    "token-invalid": "`foldbase token` prints a good one",
    "unique-taken": "choose another value",
    "version-not-supported": "send the request so",
}
"""What to do, by the name of the problem, where the text of the error does not say it."""

UNEXPECTED = Problem(500, "unexpected", "Something went wrong that should not have")


def problem_of(error: Exception) -> Problem:
    """The row of an error's class, or of the nearest class above it; of several commands, the refused one's."""
    if isinstance(error, commands.CommandRefused):
        return problem_of(error.error)
    for kind in type(error).__mro__:
        if kind in PROBLEMS:
            return PROBLEMS[kind]
    if isinstance(error, SanicException):
        return BY_STATUS.get(error.status_code, UNEXPECTED)
    return UNEXPECTED


def problem_response(error: Exception, request_id: str) -> HTTPResponse:
    """The answer to a request that ended in `error`."""
    problem = problem_of(error)
    return HTTPResponse(
        orjson.dumps(told(error) | {"request_id": request_id}),
        problem.status,
        _headers(error, problem, request_id),
        "application/problem+json",
    )


def told(error: Exception) -> dict[str, Any]:
    """The members of the problem that an error is; of several commands, of the one that was refused."""
    if isinstance(error, commands.CommandRefused):
        return told(error.error) | {"index": error.index}
    problem = problem_of(error)
    members = {
        "type": f"/problems/{problem.name}",
        "title": problem.title,
        "status": problem.status,
        "detail": _detail(error, problem),
    }
    return members | _fields(error)


def _detail(error: Exception, problem: Problem) -> str:
    """What the error says, and what to do. What drivers say names servers: that is for the log alone."""
    match error:
        case events.LogUnavailable(unknown=True):
            return (
                "the log did not answer in time: it is not known whether this write was made; read, then decide"
            )
        case events.LogUnavailable() | catalog.CatalogUnavailable():
            return "the log does not answer; try again"
        case projections.ProjectionAway() | queries.ReadUnavailable():
            return "the projections do not answer; try again"
    if problem is UNEXPECTED:
        return "this is a fault of the server; the request id finds it in the server's log"
    text = str(error) or problem.title
    return f"{text}; {REMEDIES[problem.name]}" if problem.name in REMEDIES else text


def _fields(error: Exception) -> dict[str, Any]:
    """What a program wants to know of the error, besides its text."""
    match error:
        case commands.SchemaViolated(violations=violations):
            return {"errors": [{"pointer": at, "message": text} for at, text in violations]}
        case catalog.DeclarationInvalid(problems=problems):
            return {"errors": [{"pointer": at, "message": text} for at, text in problems]}
        case BatchInvalid(faults=faults):
            return {"errors": [{"pointer": at, "message": text} for at, text in faults]}
        case (
            events.InvalidValue(pointer=pointer, reason=reason)
            | commands.BodyInvalid(pointer=pointer, reason=reason)
            | RecordInvalid(pointer=pointer, reason=reason)
        ):
            return {"errors": [{"pointer": pointer, "message": reason}]}
        case commands.ConditionFailed(version=version):
            return {"version": version}
        case DeclarationChanged(revision=revision):
            return {"version": revision}
        case commands.UniqueTaken(fields=fields):
            return {"fields": list(fields)}
        case (
            queries.QueryInvalid(parameter=parameter)
            | queries.ParameterUnknown(parameter=parameter)
            | ParameterUnknown(parameter=parameter)
        ):
            return {"parameter": parameter}
        case queries.IndexNeeded(index=index):
            return {"indexes": [list(index)]}
        case QuotaExceeded():
            return {"violated-policies": ["user"]}
    return {}


def _headers(error: Exception, problem: Problem, request_id: str) -> dict[str, str]:
    headers = {"x-request-id": request_id, "cache-control": "no-store", "x-content-type-options": "nosniff"}
    if problem.retry is not None:
        headers["retry-after"] = str(problem.retry)
    if isinstance(error, QuotaExceeded):
        headers["retry-after"] = str(error.again)
    if problem.status == 401:
        invalid = ', error="invalid_token"' if isinstance(error, TokenInvalid) else ""
        headers["www-authenticate"] = f'Bearer realm="foldbase"{invalid}'
    if isinstance(error, queries.RowMissing):
        headers["fold-position"] = error.served_at
    if isinstance(error, SanicException):
        headers |= {name.lower(): value for name, value in (error.headers or {}).items()}
    if isinstance(error, MethodRefused):
        headers["allow"] = ", ".join(error.allowed)
    if isinstance(error, MediaTypeUnsupported | CodingUnsupported):
        headers["accept-patch" if error.patch else "accept"] = ", ".join(error.taken)
    if isinstance(error, CodingUnsupported):
        headers["accept-encoding"] = "identity"
    return headers
