"""Putting descriptions together to an OpenAPI 3.1 document: all groups of ours, or those of one collection."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.openapi import curl
from app.openapi.answers import answers_of, shared_responses
from app.openapi.description import Group, Operation, Parameter, Schema
from app.openapi.media import content_of
from app.openapi.problems import by_name, example

JsonObject = dict[str, Any]


def compose(info: JsonObject, groups: Sequence[Group], schemas: Mapping[str, Schema]) -> JsonObject:
    """The document that describes `groups`, whose contents are described by `schemas`."""
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": "/"}],
        "tags": [{"name": group.name, "description": group.description} for group in groups],
        "paths": _paths(groups),
        "security": [{"bearer": []}],
        "components": {
            "schemas": dict(schemas),
            "responses": shared_responses(),
            "examples": {name: _example(name) for name in by_name()},
            "securitySchemes": {"bearer": _BEARER},
        },
    }


def _paths(groups: Sequence[Group]) -> JsonObject:
    paths: JsonObject = {}
    for group in groups:
        for operation in group.operations:
            methods = paths.setdefault(operation.path, {})
            methods[_key(operation)] = _described(operation)
            if operation.method == "get" and group.heads:
                methods["head"] = _without_body(methods["get"])
    return paths


def _key(operation: Operation) -> str:
    """OpenAPI has a place for QUERY from version 3.2 on; until then it is an extension."""
    return "x-query" if operation.method == "query" else operation.method


_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A token signed by this deployment; `foldbase token` prints one.",
}


def _described(operation: Operation) -> JsonObject:
    described: JsonObject = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": _security(operation),
        "parameters": [_parameter(each) for each in operation.parameters],
        "responses": answers_of(operation),
    }
    if curl.has_example(operation):
        described["x-codeSamples"] = [{"lang": "Shell", "label": "curl", "source": curl.command(operation)}]
    if operation.body:
        content = {media: content_of(content) for media, content in operation.body.items()}
        described["requestBody"] = {"required": operation.needs_body, "content": content}
    return described


def _security(operation: Operation) -> list[JsonObject]:
    """One of these must hold; a name is the role or scope that the token must have (OpenAPI 3.1, 4.8.30)."""
    match operation.access:
        case "public":
            return []
        case "user":
            return [{"bearer": []}]
        case "admin":
            return [{"bearer": ["admin"]}]
        case "metrics":
            return [{"bearer": ["admin"]}, {"bearer": ["metrics:read"]}]


def _parameter(parameter: Parameter) -> JsonObject:
    described: JsonObject = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": parameter.description,
        "schema": parameter.schema,
    }
    if parameter.is_deep:
        described |= {"style": "deepObject", "explode": True}
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def _without_body(get: JsonObject) -> JsonObject:
    """HEAD: what GET answers, without the body."""
    responses = {status: _bodiless(response) for status, response in get["responses"].items()}
    left_out = {"x-codeSamples"}
    return {
        **{name: value for name, value in get.items() if name not in left_out},
        "operationId": f"{get['operationId']}_head",
        "summary": f"{get['summary']}: headers only",
        "description": "As GET, without the body.",
        "responses": responses,
    }


def _bodiless(response: JsonObject) -> JsonObject:
    return {name: value for name, value in response.items() if name != "content"}


def _example(name: str) -> JsonObject:
    return {"summary": by_name()[name].title, "value": example(name)}
