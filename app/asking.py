"""Asking a running API one question over HTTP, with the standard library alone."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said. status: 0 when nobody answered; body: None when it was not JSON."""

    status: int
    body: Any


def ask(url: str, path: str, *, token: str | None = None, timeout: float = 3.0) -> Answer:
    """GET `path` from the API at `url`, waiting at most `timeout` seconds for each step."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=timeout)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, _json(response.read()))
    except (OSError, HTTPException):
        return Answer(0, None)
    finally:
        connection.close()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
