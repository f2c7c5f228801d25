"""Sending parts to an API, each until it is answered wholly, however often the connection is cut."""

import json
import time
from typing import IO, Any
from urllib.parse import urlencode

from app.importing.api import Api, Interrupted
from app.importing.errors import RemoteAway
from app.importing.job import OnConflict
from app.importing.parts import Part
from app.importing.summary import Summary

PATIENCE = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0
FOR_NOW = frozenset({"/problems/request-under-way", "/problems/contention", "/problems/log-unavailable"})
"""Problems of a line that are over in a moment."""


class Sending:
    """Sends the parts of one import, and counts what became of their records."""

    def __init__(
        self, api: Api, collection: str, *, id_field: str | None, on_conflict: OnConflict, key: str | None
    ) -> None:
        """key: Idempotency-Key of the import; without it, lines must be such that they can be sent twice."""
        self.summary = Summary()
        self._api = api
        self._path = f"/v1/documents/{collection}/import"
        self._asked = {"on_conflict": on_conflict} | ({} if id_field is None else {"id": id_field})
        self._headers = {"Content-Type": "application/x-ndjson", "Prefer": "return=minimal"}
        if key is not None:
            self._headers["Idempotency-Key"] = f'"{key}"'
        self._is_there = False

    def send(self, part: Part) -> None:
        """Send a part until all of it is answered.

        Raises: RemoteAway: nothing was answered for a minute, or nobody was there from the beginning;
                RemoteRefused: the request as such.
        """
        for line, error in part.invalid:
            self.summary.refuse(line, str(error))
        todo = [part] if part.lines else []
        deadline, pause = time.monotonic() + PATIENCE, FIRST_PAUSE
        while todo:
            sent = todo.pop()
            try:
                self._attempt(sent)
            except Interrupted as interruption:
                self._is_there |= interruption.was_reached
                if not self._is_there or time.monotonic() + pause > deadline:
                    raise RemoteAway(self._api.url, str(interruption)) from None
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                todo += reversed(sent.halves()) if interruption.was_cut else [sent]
            else:
                self._is_there = True
                deadline, pause = time.monotonic() + PATIENCE, FIRST_PAUSE

    def _attempt(self, part: Part) -> None:
        query = urlencode({**self._asked, "first_line": part.first})
        with self._api.ask(f"{self._path}?{query}", b"".join(part.lines), self._headers) as answer:
            refused, told = _read(answer)
        summary = self.summary
        summary.stored += told["written"]
        summary.unchanged += told["unchanged"]
        summary.skipped += told["skipped"]
        for line, problem in refused:
            summary.refuse(part.places[line - part.first], _told(problem))


def _told(problem: dict[str, Any]) -> str:
    """What an import on the spot would say of one line."""
    match problem["type"]:
        case "/problems/schema-violated":
            errors = problem["errors"][:3]
            return "; ".join(f"{each['pointer'] or 'the document'} {each['message']}" for each in errors)
        case "/problems/json-invalid":
            return f"is not valid JSON: {problem['detail']}"
    return str(problem["detail"])


def _read(answer: IO[bytes]) -> tuple[list[tuple[int, dict[str, Any]]], dict[str, Any]]:
    """The refused lines, and the summary. Raises Interrupted unless all lines were decided for good."""
    refused: list[tuple[int, dict[str, Any]]] = []
    for text in answer:
        told = json.loads(text)
        if "line" in told:
            if told["problem"]["type"] in FOR_NOW:
                raise Interrupted(told["problem"]["detail"])
            refused.append((told["line"], told["problem"]))
        elif "problem" in told:
            raise Interrupted(told["problem"]["detail"])
        else:
            return refused, told
    raise Interrupted("the answer breaks off", was_cut=True)
