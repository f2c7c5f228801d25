"""Holding a real answer against what is described of its operation."""

import json
from typing import Any

import httpx

from tests.openapi.reading import operation_named, resolved, validator

PROBLEM = "application/problem+json"
TOLD_OF = {
    "etag",
    "fold-plan",
    "fold-position",
    "fold-stale",
    "location",
    "link",
    "retry-after",
    "www-authenticate",
    "accept",
    "accept-encoding",
    "accept-patch",
}


def problem_of(answer: httpx.Response) -> str:
    """The name of the problem an answer is, "" when it is none."""
    if answer.headers.get("content-type") != PROBLEM or not answer.content:
        return ""
    return str(answer.json()["type"]).removeprefix("/problems/")


def check(document: dict[str, Any], name: str, answer: httpx.Response) -> None:
    """Assert that the operation `name` is described as giving `answer`: status, headers, body and problem."""
    responses = operation_named(document, name)["responses"]
    status = str(answer.status_code)
    assert status in responses, f"{name} answered {status}: {answer.text[:300]}"
    response = resolved(document, responses[status])
    _check_headers(response, answer, name)
    if name.endswith("_head") or not answer.content:
        assert not response.get("content") or name.endswith("_head")
        return
    media = answer.headers["content-type"]
    content = response["content"][media]
    if media.endswith(("/json", "+json")):
        validator(document, content["schema"]).validate(answer.json())
    if lines := content.get("x-itemSchema"):
        for line in answer.text.splitlines():
            validator(document, lines).validate(json.loads(line))
    if problem := problem_of(answer):
        assert problem in content["examples"], f"{name} answered {problem}"
        assert answer.json()["status"] == answer.status_code


SOMETIMES = {"link", "fold-stale", "preference-applied", "accept-encoding"}


def _check_headers(response: dict[str, Any], answer: httpx.Response, name: str) -> None:
    described = {header.lower() for header in response.get("headers", ())}
    sent = {header.lower() for header in answer.headers}
    always = described - (SOMETIMES if answer.status_code != 404 else {"fold-position"})
    assert always <= sent, f"{name} {answer.status_code} lacks {always - sent}"
    assert sent & TOLD_OF <= described, (
        f"{name} {answer.status_code} has {(sent & TOLD_OF) - described} besides"
    )
