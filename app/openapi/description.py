"""What a route takes and answers, as small declarations. `composing` makes an OpenAPI document of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Schema = Mapping[str, Any]
"""A JSON Schema, 2020-12, which is what OpenAPI 3.1 speaks."""

Access = Literal["public", "user", "admin", "metrics"]
"""Who may: anybody, any token, the role admin, or else the scope metrics:read."""

JSON = "application/json"
TEXT_HTML = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"
METRICS = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something in the path, the query or the header of a request. `example` is one that works."""

    name: str
    place: Literal["path", "query", "header"]
    description: str
    schema: Schema
    example: Any = None
    is_deep: bool = False
    """Whether it is written with a name in brackets for every member: `where[status]=paid`."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header of an answer."""

    name: str
    description: str
    schema: Schema
    example: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a body holds: the name of its schema among the components, or a schema of its own.

    lines: where it is text of many lines, the name of the schema that each of them has.
    """

    schema: str | Schema
    example: Any = None
    lines: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no problem. Without content it has no body."""

    description: str
    headers: Sequence[Header] = ()
    content: Mapping[str, Content] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `name` is the route's, and identifies it for ever.

    path:     with {braces} around what varies.
    sample:   the values the example request has; those that stand in the path, the query and the header.
    body:     by media type; the first one is what the example request sends. needs_body: where there is
              one at all, whether it must be sent.
    answers:  by status.
    problems: the names of those that this route answers; what any request may meet is added to them.
    """

    name: str
    method: Literal["get", "post", "put", "patch", "delete", "query"]
    path: str
    tag: str
    access: Access
    summary: str
    description: str
    answers: Mapping[int, Answer]
    parameters: Sequence[Parameter] = ()
    sample: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Content] = field(default_factory=dict)
    needs_body: bool = True
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together; `name` is their tag. heads: whether HEAD is told of beside GET."""

    name: str
    description: str
    operations: Sequence[Operation]
    heads: bool = True


def json_answer(description: str, schema: str | Schema, example: Any, *headers: Header) -> Answer:
    """An answer whose body is JSON."""
    return Answer(description, headers, {JSON: Content(schema, example)})
