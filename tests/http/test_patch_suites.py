"""Public suites of patches, through HTTP: json-patch-tests, and the table of RFC 7396.

A document is an object. Where a case is about another value, that value is the member `doc` of a document, and
every pointer of the patch begins there.
"""

import asyncio
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio

from tests.commands.test_json_patch_suite import SUITE
from tests.commands.test_merge_patch import APPENDIX_A
from tests.http.documents import JSON_PATCH, Documents

AT_ONCE = 16
NO_OBJECTS = [
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, "bar", "bar"),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
]
"""The rows of the table whose target or result is no object, but for one: see the last test."""


def cases() -> dict[str, Any]:
    """The cases of the suite by the name of their file and their number there; those it disables stay out."""
    return {
        f"{file.stem}-{number}": case
        for file in sorted(SUITE.glob("*tests.json"))
        for number, case in enumerate(orjson.loads(file.read_bytes()))
        if "patch" in case and not case.get("disabled")
    }


NO_SUITE = pytest.mark.skipif(not cases(), reason="shared/suites/json-patch-tests is not beside the project")


def wrapped(case: dict[str, Any]) -> dict[str, Any]:
    """A case about a member `doc`, where a document can not be what it is about."""
    if all(isinstance(value, dict) for value in (case["doc"], case.get("expected", {}))):
        return case
    patch = [{name: _within(name, value) for name, value in each.items()} for each in case["patch"]]
    found = {**case, "doc": {"doc": case["doc"]}, "patch": patch}
    return {**found, "expected": {"doc": case["expected"]}} if "expected" in case else found


def _within(name: str, value: Any) -> Any:
    return f"/doc{value}" if name in ("path", "from") and value[:1] in ("", "/") else value


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def patched(patch_suites: Documents) -> dict[str, httpx.Response]:
    """The answers to the patches of all cases, by the names of the cases."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def patch(name: str, case: dict[str, Any]) -> tuple[str, httpx.Response]:
        async with at_once:
            made = await patch_suites.put(name, case["doc"])
            assert made.status_code == 201, made.text
            return name, await patch_suites.patch(name, case["patch"], content_type=JSON_PATCH)

    return dict(await asyncio.gather(*(patch(name, wrapped(case)) for name, case in cases().items())))


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def patch_suites(site: Any) -> Documents:
    """Documents of a collection for the cases."""
    assert (await site.admin.put("/v1/collections/patch_suites", json={})).status_code == 201
    return Documents(site.admin, "patch_suites")


@NO_SUITE
@pytest.mark.parametrize("name", cases())
async def test_a_case_of_the_public_suite_holds(name: str, patched: dict[str, httpx.Response]) -> None:
    case, answer = wrapped(cases()[name]), patched[name]
    if "error" in case:
        assert answer.json()["type"] in ("/problems/patch-unfit", "/problems/patch-invalid")
        assert answer.status_code == {"patch-unfit": 409, "patch-invalid": 422}[answer.json()["type"][10:]]
        return
    assert answer.status_code == 200, answer.text
    assert told(answer) == canonical(case.get("expected", case["doc"]))


@pytest.mark.parametrize(("target", "patch", "result"), APPENDIX_A)
async def test_the_table_of_merge_patches_holds(
    target: Any, patch: Any, result: Any, orders: Documents
) -> None:
    await orders.put("o1", target)
    answer = await orders.patch("o1", patch, content_type="application/merge-patch+json")
    assert (answer.status_code, told(answer)) == (200, canonical(result))


@pytest.mark.parametrize(("target", "patch", "result"), NO_OBJECTS)
async def test_the_table_of_merge_patches_holds_within_a_document(
    target: Any, patch: Any, result: Any, orders: Documents
) -> None:
    await orders.put("o1", {"doc": target})
    answer = await orders.patch("o1", {"doc": patch})
    assert (answer.status_code, told(answer)) == (200, canonical({"doc": result}))


async def test_a_merge_patch_that_would_leave_no_object_is_refused(orders: Documents) -> None:
    """Nor can the row `{"a": "foo"} + null = null` be put within one: there, null takes a member away."""
    await orders.put("o1", {"a": "foo"})
    for patch in (None, ["c"], "bar", 1):
        assert (await orders.patch("o1", orjson.dumps(patch))).status_code == 422
    assert told(await orders.patch("o1", {})) == canonical({"a": "foo"})


def told(answer: httpx.Response) -> bytes:
    """A document as it was answered, without what is not its own."""
    return canonical({name: value for name, value in answer.json().items() if name not in ("id", "_meta")})


def canonical(value: Any) -> bytes:
    """JSON that is equal when and only when the values are: 1 is not 1.0 nor true."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
