"""Pages for people: complete in themselves, safe, and true to the document they are made of."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx
import pytest

from app.openapi.page.markup import Markup, element, inline
from app.openapi.page.problem import problem_page
from app.openapi.page.reference import reference
from app.openapi.problems import EXPLAINED, told
from tests.openapi.html import Read
from tests.openapi.reading import operations
from tests.openapi.serving import Served

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture(scope="module")
def docs(described: dict[str, Any]) -> str:
    """The reference page."""
    return reference(described, "http://127.0.0.1:8000").body.decode()


def test_reference_loads_nothing(docs: str) -> None:
    read = Read(docs)
    assert read.loaded == []
    assert "@import" not in read.inline["style"]
    assert "url(" not in read.inline["style"]


def test_reference_shows_every_operation_and_schema(docs: str, described: dict[str, Any]) -> None:
    ids = set(Read(docs).ids)
    assert ids >= {each["operationId"] for method, _, each in operations(described) if method != "head"}
    assert ids >= {f"schema-{name}" for name in described["components"]["schemas"]}


def test_links_within_the_reference_lead_somewhere(docs: str) -> None:
    read = Read(docs)
    assert {link[1:] for link in read.links if link.startswith("#")} <= set(read.ids)
    assert len(read.ids) == len(set(read.ids))


def test_links_out_of_the_reference_lead_to_problems_and_the_document(docs: str) -> None:
    known = {f"/problems/{name}" for name in EXPLAINED} | {"/openapi.json"}
    assert {link for link in Read(docs).links if not link.startswith("#")} == known


@pytest.mark.parametrize("name", sorted(EXPLAINED))
def test_page_of_a_problem_loads_nothing_and_leads_to_the_reference(name: str) -> None:
    read = Read(problem_page(told(name)).body.decode())
    assert read.loaded == []
    assert set(read.links) == {"/docs", "/docs#problems"}


def test_text_is_escaped_and_markup_is_not() -> None:
    assert (
        element("p", "<b>&", element("i", "x"), title='"<')
        == '<p title="&quot;&lt;">&lt;b&gt;&amp;<i>x</i></p>'
    )
    assert inline("a `<b>` c") == "a <code>&lt;b&gt;</code> c"
    assert element("p", Markup("<br>")) == "<p><br></p>"


async def test_policy_allows_the_style_and_script_of_the_page_and_nothing_else(running: Served) -> None:
    for path in ("/docs", "/problems/forbidden"):
        answer = await running.nobody.get(path, headers={"Accept": BROWSER})
        inline = Read(answer.text).inline
        allowed = {f"{kind}-src 'sha256-{_digest(text)}'" for kind, text in inline.items()}
        policy = {part.strip() for part in answer.headers["content-security-policy"].split(";")}
        closed = {"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"}
        assert policy == allowed | closed


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (BROWSER, "text/html"),
        ("text/html", "text/html"),
        ("*/*", "application/json"),
        ("", "application/json"),
        ("application/json", "application/json"),
        ("application/problem+json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
        ("not an accept header", "application/json"),
    ],
)
async def test_problem_is_explained_as_the_client_likes_it(running: Served, accept: str, media: str) -> None:
    answer = await running.nobody.get("/problems/version-conflict", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media
    assert answer.headers["vary"] == "accept, accept-encoding"


async def test_pages_are_not_sent_again_to_those_who_have_them(running: Served) -> None:
    for path in ("/openapi.json", "/docs", "/problems/forbidden"):
        first: httpx.Response = await running.nobody.get(path)
        again = await running.nobody.get(path, headers={"If-None-Match": first.headers["etag"]})
        other = await running.nobody.get(path, headers={"If-None-Match": '"other"'})
        assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
