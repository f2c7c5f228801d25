"""Every answer that is described is given, and every answer that is given is described."""

from dataclasses import replace
from itertools import product
from typing import Any

import httpx

from app.openapi.composing import compose
from app.openapi.interface import GROUPS
from app.openapi.operations.collections import DECLARE
from app.openapi.operations.documents import ORDER
from app.openapi.problems import ANY_REQUEST, COUNTED, by_name
from app.settings import Settings
from tests.openapi import walk
from tests.openapi.administering import STEERING, administration
from tests.openapi.answers import check, problem_of
from tests.openapi.serving import Served, served
from tests.openapi.steps import Step
from tests.projections.world import until

NEEDS_A_FAILURE = {"contention", "log-unavailable", "projection-unavailable"}
"""Problems that need MongoDB or Redis to be away, or luck."""

ORDERS = (
    "collection_declare",
    "collection_drop",
    "parked_retry",
    "parked_skip",
    *(f"projection_{verb}" for verb in ("rebuild", *STEERING)),
)

CHANGES = (
    "batch_execute",
    "document_create",
    "document_put",
    "document_patch",
    "document_delete",
    "document_restore",
)

ELSEWHERE = {
    *product(
        ("document_page", "document_query", "document_query_post"), ("index-needed", "projection-building")
    ),
    *product(("view_page", "view_query", "view_query_post"), ("projection-building",)),
    ("document_create", "declaration-invalid"),
    ("document_put", "declaration-invalid"),
    ("document_import", "declaration-invalid"),
    ("batch_execute", "declaration-invalid"),
    ("document_restore", "schema-violated"),
    ("projection_rebuild", "202"),
    ("projection_rebuild", "rebuild-running"),
    *product(("projection_pause", "projection_resume", "projection_cancel", "projection_rollback"), ("200",)),
    ("projection_forget", "204"),
    ("health_ready", "503"),
    *product(CHANGES, ("history-unreadable", "request-under-way")),
    *product(ORDERS, ("request-under-way",)),
    *product(("parked_show", "parked_retry", "parked_skip"), ("200",)),
    ("collection_declare", "projection-behind"),
    ("collection_drop", "projection-behind"),
}
"""Answers that the tests below and those of queries over HTTP bring about; for the last three Redis or a
projector must hit the moment."""


async def test_every_described_answer_is_given_and_no_other(running: Served, described: dict[str, Any]) -> None:
    await _prepare(running.admin)
    given: set[tuple[str, str]] = set()
    for step in (*walk.documents(), *administration(), *walk.public()):
        answer = await _take(running, step)
        check(described, step.operation, answer)
        assert (problem_of(answer) or answer.status_code) == step.answer, f"{step}: {answer.text}"
        given.add((step.operation, str(step.answer)))
    assert given | ELSEWHERE == _described_answers()


async def test_head_is_answered_as_get_without_a_body(running: Served, described: dict[str, Any]) -> None:
    await _prepare(running.admin)
    for step in (*walk.documents(), *administration(), *walk.public()):
        if step.method == "GET":
            get, head = await _take(running, step), await _take(running, replace(step, method="HEAD"))
            check(described, f"{step.operation}_head", head)
            assert head.status_code == get.status_code
            assert head.headers.keys() == get.headers.keys()
            assert not head.content


async def test_undeclared_name_that_can_not_be_is_refused_when_collections_are_made_by_writing(
    settings: Settings, described: dict[str, Any]
) -> None:
    async with served(settings.model_copy(update={"auto_declare": True})) as running:
        for name, method, path, media in (
            ("document_create", "POST", "/v1/documents/No", "application/json"),
            ("document_put", "PUT", "/v1/documents/No/1", "application/json"),
            ("document_import", "POST", "/v1/documents/No/import", "application/x-ndjson"),
        ):
            answer = await running.user.request(method, path, json={}, headers={"Content-Type": media})
            check(described, name, answer)
            assert problem_of(answer) == "declaration-invalid"


async def test_restoring_what_the_schema_forbids_now_is_refused(
    running: Served, described: dict[str, Any]
) -> None:
    for method, path, body in (
        ("PUT", "/v1/collections/notes", {}),
        ("PUT", "/v1/documents/notes/n1", {"text": 1}),
        ("DELETE", "/v1/documents/notes/n1", None),
        ("PUT", "/v1/collections/notes", {"schema": {"required": ["title"]}}),
    ):
        assert (await running.admin.request(method, path, json=body)).is_success
    answer = await running.user.post("/v1/documents/notes/n1/restore")
    check(described, "document_restore", answer)
    assert problem_of(answer) == "schema-violated"


async def test_second_order_to_rebuild_is_refused_while_the_first_is_not_done(
    running: Served, described: dict[str, Any]
) -> None:
    await running.admin.put("/v1/collections/notes", json={})
    answers = [await running.admin.post("/v1/projections/notes/rebuild") for _ in range(2)]
    for answer in answers:
        check(described, "projection_rebuild", answer)
    assert answers[0].status_code == 202
    assert answers[1].status_code == 202 or problem_of(answers[1]) == "rebuild-running"


async def test_steering_a_rebuild_is_answered_as_described(running: Served, described: dict[str, Any]) -> None:
    async def steer(verb: str, body: Any = None) -> Any:
        answer = await running.admin.post(f"/v1/projections/notes/{verb}", json=body)
        check(described, f"projection_{verb}", answer)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    await running.admin.put("/v1/collections/notes", json={})
    for number in range(8):
        await running.user.put(f"/v1/documents/notes/n{number}", json={})
    await steer("rebuild", {"max_rate": 2})
    assert (await steer("pause"))["state"] == "paused"
    assert (await steer("resume"))["state"] in ("queued", "running")
    assert (await steer("cancel"))["state"] == "cancelled"
    await steer("rebuild", {"keep": True})
    await until(lambda: _is_kept(running))
    live = (await steer("rollback"))["generation"]
    assert (await steer("rollback"))["generation"] != live
    await steer("forget")


async def _is_kept(running: Served) -> bool:
    report = (await running.admin.get("/v1/projections")).json()
    return any(each["kept"] for each in report["projections"] if each["collection"] == "notes")


async def _prepare(admin: httpx.AsyncClient) -> None:
    [declaration] = DECLARE.body.values()
    for method, path, body in (
        ("PUT", "/v1/collections/orders", declaration.example),
        ("PUT", "/v1/collections/strict", {"require_if_match": True}),
        ("POST", "/v1/documents/strict", {"id": "s1"}),
        ("PUT", "/v1/documents/orders/gone", ORDER),
        ("DELETE", "/v1/documents/orders/gone", None),
        ("PUT", "/v1/documents/orders/o1", ORDER),
        ("PUT", "/v1/documents/orders/other", {**ORDER, "number": 2}),
    ):
        answer = await admin.request(method, path, json=body)
        assert answer.is_success, answer.text
    seen = {"Fold-After": answer.headers["Fold-Position"]}
    assert (await admin.get("/v1/documents/orders/o1", headers=seen)).is_success


async def _take(running: Served, step: Step) -> httpx.Response:
    client: httpx.AsyncClient = getattr(running, step.by)
    headers = {"Content-Type": "application/json", **step.headers}
    return await client.request(
        step.method,
        step.path,
        json=step.json,
        content=step.text,
        headers=headers if step.text else step.headers,
    )


def _described_answers() -> set[tuple[str, str]]:
    """Every (operation, status or problem) that is described, but for what needs a failure or is HTTP's own."""
    left_out = NEEDS_A_FAILURE | {*ANY_REQUEST, *COUNTED}
    return {
        (operation.name, answer)
        for group in GROUPS
        for operation in group.operations
        for answer in (*map(str, operation.answers), *operation.problems)
        if answer not in left_out
    }


def test_answers_left_out_are_known_problems() -> None:
    assert set(by_name()) >= NEEDS_A_FAILURE | {*ANY_REQUEST, *COUNTED}
    assert compose({}, GROUPS, {})["components"]["responses"].keys() == {*ANY_REQUEST, *COUNTED}
