"""The answers of an operation: its own, and the problems that it or any request may meet, by status."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.openapi.description import PROBLEM, Answer, Header, Operation
from app.openapi.fields import (
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_PATCH,
    MISSED_AT,
    RATE_LIMIT,
    RATE_LIMIT_POLICY,
    REQUEST_ID,
    RETRY_AFTER,
    WWW_AUTHENTICATE,
)
from app.openapi.media import content_of
from app.openapi.problems import ANY_REQUEST, COUNTED, by_name

JsonObject = dict[str, Any]


def answers_of(operation: Operation) -> JsonObject:
    """Everything the operation answers, as a Responses Object in the order of the statuses.

    Where only what any request may meet is answered with a status, it is a reference.
    """
    own = {str(status): _answer(answer) for status, answer in operation.answers.items()}
    problems: JsonObject = {}
    shared = ANY_REQUEST if operation.access == "public" else (*ANY_REQUEST, *COUNTED)
    for status, names in _by_status((*operation.problems, *shared)).items():
        if set(names) <= set(shared):
            problems[status] = {"$ref": f"#/components/responses/{names[0]}"}
        else:
            problems[status] = _problem(names, operation.method)
    return dict(sorted((problems | own).items()))


def shared_responses() -> JsonObject:
    """The answers that do not depend on the operation, by problem."""
    return {name: _problem([name], "get") for name in (*ANY_REQUEST, *COUNTED)}


def _by_status(names: Iterable[str]) -> dict[str, list[str]]:
    statuses: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        statuses.setdefault(str(by_name()[name].status), []).append(name)
    return statuses


def _answer(answer: Answer) -> JsonObject:
    described: JsonObject = {"description": answer.description, "headers": _headers(answer.headers)}
    if answer.content:
        described["content"] = {media: content_of(content) for media, content in answer.content.items()}
    return described


def _problem(names: Sequence[str], method: str) -> JsonObject:
    rows = [by_name()[name] for name in names]
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {name: {"$ref": f"#/components/examples/{name}"} for name in names},
    }
    return {
        "description": "; ".join(dict.fromkeys(row.title for row in rows)) + ".",
        "headers": _headers(_problem_headers(names, method)),
        "content": {PROBLEM: content},
    }


def _problem_headers(names: Sequence[str], method: str) -> Iterable[Header]:
    yield REQUEST_ID
    if "document-missing" in names and method == "get":
        yield MISSED_AT
    match by_name()[names[0]].status:
        case 401:
            yield WWW_AUTHENTICATE
        case 415:
            yield ACCEPT_PATCH if method == "patch" else ACCEPT
            if "coding-unsupported" in names:
                yield ACCEPT_ENCODING
        case 429:
            yield from (RETRY_AFTER, RATE_LIMIT, RATE_LIMIT_POLICY)
        case 503:
            yield RETRY_AFTER


def _headers(headers: Iterable[Header]) -> JsonObject:
    return {
        header.name: {"description": header.description, "schema": header.schema, "example": header.example}
        for header in headers
    }
