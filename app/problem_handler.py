"""Where every error of a request ends: answered as a problem, and logged where it is our fault."""

from typing import Any
from uuid import uuid4

import structlog
from sanic.exceptions import MethodNotAllowed, NotFound, ServiceUnavailable
from sanic.handlers import ErrorHandler
from sanic.request import Request
from sanic.response import HTTPResponse

from app.errors import MethodRefused, RouteMissing
from app.problems import UNEXPECTED, problem_of, problem_response

_log = structlog.get_logger(__name__)


class ProblemHandler(ErrorHandler):
    """Answers every exception with an RFC 9457 problem; the request id in it finds the log line."""

    def response(self, request: Request, exception: BaseException) -> HTTPResponse:
        """The answer to a request that ended in `exception`."""
        request_id = str(uuid4())
        if not isinstance(exception, Exception):
            return problem_response(ServiceUnavailable("the request was given up"), request_id)
        error = _in_our_words(request, exception)
        problem = problem_of(error)
        if problem is UNEXPECTED:
            _log.error(
                "request failed",
                request_id=request_id,
                method=request.method,
                path=request.path,
                exc_info=error,
            )
        elif problem.status >= 500:
            _log.warning("request refused", request_id=request_id, problem=problem.name, reason=str(error))
        return problem_response(error, request_id)

    def default(self, request: Request, exception: Any) -> HTTPResponse:
        """The same, on the way Sanic takes when answering failed once."""
        return self.response(request, exception)


def _in_our_words(request: Request, error: Exception) -> Exception:
    """The error; what Sanic's router says of an address is said so that it helps."""
    match error:
        case NotFound() if request.route is None:
            return RouteMissing(request.path)
        case MethodNotAllowed() if request.route is None:
            router: Any = request.app.router
            allowed = router.allowed(request.path)
            return MethodRefused(request.method, allowed) if allowed else RouteMissing(request.path)
    return error
