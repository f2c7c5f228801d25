"""The proof after a fault: all is well again, and everything that was ever answered was true."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

from events.commit import JsonObject
from tests.faults.asking import Asking
from tests.faults.checks import check
from tests.faults.history import History, Places, Read, places
from tests.faults.load import Load, loaded
from tests.faults.stage import Stage
from tests.faults.truth import read_truth
from tests.faults.watcher import watched

EVERYTHING = 10**9


@asynccontextmanager
async def under_load(stage: Stage, seed: str) -> AsyncIterator[Load]:
    """A load that has got going; when the block ends it must go on as before, and then all is checked."""
    history = History(seed, collection=f"c_{sha256(seed.encode()).hexdigest()[:12]}")
    async with watched(stage):
        async with stage.asking() as asking:
            declared = await asking.ask("PUT", f"/v1/collections/{history.collection}", {})
            assert declared.status == 201, declared
        async with loaded(history, stage.address, stage.token) as load:
            await load.gets_going()
            yield load
            await load.goes_on()
        async with stage.asking() as asking:
            await prove(stage, asking, history)


async def prove(stage: Stage, asking: Asking, history: History) -> None:
    """Wait for the projections, read all documents there are, and hold everything against the log.

    An append whose outcome nobody knows may still be on its way: then it is done again.
    """
    while True:
        await asking.until_caught_up()
        at, documents = await _everything(asking, history.collection)
        truth = await asyncio.to_thread(read_truth, stage.mongo, history.collection)
        if truth.head(len(at)) == at:
            break
    history.reads.append(Read("at last", None, EVERYTHING, at, at, documents))
    await asyncio.to_thread(check, history, truth)


async def _everything(asking: Asking, collection: str) -> tuple[Places, list[JsonObject]]:
    """All documents of the collection, page by page, and where the last page was served."""
    documents: list[JsonObject] = []
    following = ""
    while True:
        answer = await asking.ask("GET", f"/v1/documents/{collection}?limit=1000{following}")
        assert answer.status == 200, answer
        page = answer.json
        documents += page["items"]
        if page["next"] is None:
            return places(answer.headers["fold-position"]), documents
        following = f"&cursor={page['next']}"
