"""`foldbase parked` works off documents with commits that could not be applied."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from app.settings import Settings
from app.stores import stores
from events.commit import Event, NewCommit
from events.position import Version, stream_name
from tests.deployments import Up, foldbase, until


def test_parked_documents_are_listed_shown_retried_and_skipped(running: Up) -> None:
    data = ("--data", str(running.folder))
    with running.client() as client:
        client.put("/v1/documents/parcels/p1", json={"n": 1}).raise_for_status()
        append(running.run, "frobbed")
        until(lambda: client.get("/v1/parked").json()["parked"])
    [line] = foldbase("parked", "list", *data).stdout.splitlines()
    assert line.startswith("parcels/p1\t")
    assert "1 waiting" in line
    assert re.search(r"\t[1-4] attempts?\t", line)
    assert "'frobbed' at version 2" in line
    assert "parcels\tgeneration" in (status := foldbase("status", *data).stdout)
    assert "1 parked" in status
    shown = foldbase("parked", "show", "parcels", "p1", *data).stdout.splitlines()
    assert shown[1].endswith("user:eve\tfrobbed")
    assert foldbase("parked", "retry", "parcels", "p1", *data).returncode == 1
    skipped = foldbase("parked", "skip", "parcels", "p1", *data)
    assert (skipped.returncode, skipped.stdout) == (0, "parcels/p1: everything is applied\n")
    none = foldbase("parked", "list", *data)
    assert (none.returncode, none.stdout) == (0, "")
    assert none.stderr.endswith("nothing is parked\n")
    again = foldbase("parked", "retry", "parcels", "p1", *data)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "parcels/p1 is not parked" in again.stderr


def append(run: Mapping[str, Any], type: str) -> None:
    """Append an event that nobody knows to p1 of parcels."""

    async def appended() -> None:
        settings = Settings(mongo_url=run["mongo"], redis_url=run["redis"])
        async with stores(settings) as opened:
            new = NewCommit(stream_name("parcels", "p1"), Version(1), [Event(type, {})], "user:eve")
            await opened.log.append(new)

    asyncio.run(appended())
