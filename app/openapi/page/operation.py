"""One operation on the reference page."""

from collections.abc import Iterable
from typing import Any

from app.openapi.description import PROBLEM
from app.openapi.page.code import json_block, shell_block
from app.openapi.page.markup import Child, Markup, element, inline, join, prose
from app.openapi.page.schema import bounds, kind
from app.openapi.page.signs import problem_link, status_sign, verb

JsonObject = dict[str, Any]


def operation_section(method: str, path: str, operation: JsonObject) -> Markup:
    """Everything about one operation: what it takes on the left, what it looks like on the right."""
    name = operation["operationId"]
    told = element(
        "div",
        element("h3", element("a", operation["summary"], href=f"#{name}")),
        element("p", verb(method), element("code", _path(path)), class_="route"),
        prose(operation["description"]),
        _access(operation),
        _parameters(operation["parameters"]),
        _body(operation.get("requestBody")),
        _answers(operation["responses"]),
        class_="told",
    )
    return element("section", told, _shown(operation), id=name, class_="operation")


def _path(path: str) -> Markup:
    """A long path may break after its slashes."""
    first, *rest = path.split("/")
    return join((first, [(Markup("/<wbr>"), piece) for piece in rest]))


def _access(operation: JsonObject) -> Markup:
    match operation["security"]:
        case []:
            needs = "No token needed."
        case [{"bearer": []}]:
            needs = "Any token."
        case [{"bearer": [role]}]:
            needs = f"A token with the role {role}."
        case [{"bearer": [role]}, {"bearer": [scope]}]:
            needs = f"A token with the role {role} or the scope {scope}."
        case other:
            raise ValueError(f"no words for {other}")
    return element("p", needs, class_="access")


def _parameters(parameters: Iterable[JsonObject]) -> Markup | None:
    rows = [
        join(
            (
                element(
                    "dt",
                    element("code", each["name"]),
                    element("span", f"{each['in']}, ", kind(each["schema"]), class_="type"),
                    element("span", "required", class_="required") if each["required"] else None,
                ),
                element(
                    "dd",
                    inline(each["description"]),
                    element("span", ", ".join(bounds(each["schema"])), class_="bounds"),
                ),
            )
        )
        for each in parameters
    ]
    return join((element("h4", "Parameters"), element("dl", rows, class_="members"))) if rows else None


def _body(body: JsonObject | None) -> Markup | None:
    if body is None:
        return None
    rows = [
        element("li", element("code", media), " ", kind(content["schema"]))
        for media, content in body["content"].items()
    ]
    return join((element("h4", "Body"), element("ul", rows, class_="media")))


def _answers(responses: JsonObject) -> Markup:
    rows = [_answer(status, response) for status, response in responses.items() if "$ref" not in response]
    more = element(
        "p",
        element("a", "Any request", href="#any-request"),
        " may be answered with a few more.",
        class_="more",
    )
    return join((element("h4", "Answers"), element("ul", rows, class_="answers"), more))


def _answer(status: str, response: JsonObject) -> Markup:
    problem = response.get("content", {}).get(PROBLEM)
    what: Child = (
        _problem_links(problem["examples"]) if problem else (response["description"], _schemas(response))
    )
    headers = [] if problem else list(response.get("headers", ()))
    return element(
        "li",
        status_sign(status),
        element(
            "div",
            element("span", what),
            element("span", ", ".join(headers), class_="headers") if headers else None,
        ),
    )


def _schemas(response: JsonObject) -> Child:
    schemas = [content["schema"] for content in response.get("content", {}).values()]
    return [[" ", kind(schema)] for schema in schemas if "$ref" in schema]


def _problem_links(names: Iterable[str]) -> list[Child]:
    return [[" " if place else "", problem_link(name)] for place, name in enumerate(names)]


def _shown(operation: JsonObject) -> Markup:
    samples = [shell_block(sample["source"]) for sample in operation["x-codeSamples"]]
    answer = next(
        (
            (element("h4", f"Answer {status}"), json_block(content["example"]))
            for status, response in operation["responses"].items()
            for content in response.get("content", {}).values()
            if "example" in content
        ),
        None,
    )
    return element("div", element("h4", "Request"), samples, answer, class_="shown")
