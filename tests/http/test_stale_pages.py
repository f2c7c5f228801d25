"""A page says in `Fold-Stale` that documents on it are parked, and since when; no other page does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio

from events.commit import Event, NewCommit
from events.document import Birth, Present
from events.log import EventLog
from events.position import Position, Version, stream_name
from projections.row import HEAD_BYTES, row_of
from queries.selection import select
from queries.stale import stale_since
from tests.http.documents import Documents
from tests.openapi.serving import Served

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DECEIVING = '{"_meta":{"stale_since":7}}'


class Shop:
    """Documents o0 to o5, the positions at which o2 and o4 are parked, and who lets them go on."""

    def __init__(self, documents: Documents, admin: httpx.AsyncClient) -> None:
        self.documents = documents
        self.parked: dict[str, int] = {}
        self._admin = admin

    async def park(self, log: EventLog, id: str) -> None:
        """Append an event that nobody knows, and wait for it to be parked."""
        new = NewCommit(
            stream_name(self.documents.collection, id), Version(1), [Event("frobbed", {})], "user:eve"
        )
        self.parked[id] = (await log.append(new)).position
        read = await self.documents.get(id, fold_after=str(self.parked[id]))
        assert read.headers["fold-stale"] == str(self.parked[id])

    async def skip(self, id: str) -> None:
        """Leave out what can not be applied."""
        answer = await self._admin.post(f"/v1/parked/{self.documents.collection}/{id}/skip")
        assert answer.json().get("applied"), answer.text
        del self.parked[id]

    async def stale(self, asked: str) -> str | None:
        """`Fold-Stale` of a page with documents."""
        answer = await self.documents.client.get(f"{self.documents.path}?{asked}")
        assert answer.json()["items"], answer.text
        told: str | None = answer.headers.get("fold-stale")
        return told


@pytest_asyncio.fixture(loop_scope="session")
async def shop(
    collection: str, admin: httpx.AsyncClient, user: httpx.AsyncClient, site: Served
) -> AsyncIterator[Shop]:
    declared = await admin.put(f"/v1/collections/{collection}", json={"indexes": [["n"]]})
    assert declared.status_code == 201
    shop = Shop(Documents(user, collection), admin)
    for n in range(6):
        assert (await shop.documents.put(f"o{n}", {"n": n, "text": DECEIVING})).status_code == 201
    for id in ("o4", "o2"):
        await shop.park(site.deployment.log, id)
    yield shop
    for id in tuple(shop.parked):
        await shop.skip(id)


@pytest.mark.parametrize(
    "asked",
    ["", "fields=n", "sort=n", "where[n][lte]=4&sort=-n", "where[text][exists]=true", "fields=_meta.version"],
)
async def test_a_page_with_parked_documents_names_the_earliest_position(shop: Shop, asked: str) -> None:
    assert shop.parked["o4"] < shop.parked["o2"]
    assert await shop.stale(asked) == str(shop.parked["o4"])
    await shop.skip("o4")
    assert await shop.stale(asked) == str(shop.parked["o2"])
    await shop.skip("o2")
    assert await shop.stale(asked) is None


async def test_pages_without_parked_documents_do_not_have_it(shop: Shop) -> None:
    pages = [await shop.stale(f"where[n]={n}") for n in range(6)]
    assert pages == [None, None, str(shop.parked["o2"]), None, str(shop.parked["o4"]), None]


async def test_a_page_has_another_tag_once_a_parked_document_goes_on_though_nothing_is_written(
    shop: Shop,
) -> None:
    before, after = [], []
    asked = [f"{shop.documents.path}?{query}" for query in ("", "fields=n", "where[n]=4")]
    for pages in (before, after):
        pages += [await shop.documents.client.get(address) for address in asked]
        if pages is before:
            await shop.skip("o4")
    for one, other in zip(before, after, strict=True):
        assert one.headers["fold-position"] == other.headers["fold-position"]
        assert one.headers["etag"] != other.headers["etag"]


@pytest.mark.parametrize(("method", "ending"), [("QUERY", ""), ("POST", "/query"), ("HEAD", "")])
async def test_every_way_to_ask_tells_it(shop: Shop, method: str, ending: str) -> None:
    body = None if method == "HEAD" else {}
    answer = await shop.documents.client.request(method, f"{shop.documents.path}{ending}", json=body)
    assert answer.headers["fold-stale"] == str(shop.parked["o4"])


def test_of_several_partitions_each_has_its_earliest_position() -> None:
    first, second = 2**40 + 3, 2**40 + 9
    bodies = [body(since) for since in (second, None, 812, first, 900)]
    assert stale_since(bodies) == [812, first]
    assert stale_since(select(bodies, ["n"])) == [812, first]
    assert stale_since([body(None), body(None)]) == []
    assert stale_since([]) == []


def body(since: int | None) -> bytes:
    """A document as it is answered, parked since then or not at all."""
    own = {"n": 1, "text": DECEIVING}
    document = Present(own, Version(1), Position(1), Birth(AT, Position(1)), AT, 'user:"}}')
    return row_of("o1", document, since)[HEAD_BYTES:]
