"""A process that has not heard of a drop yet goes on writing: nobody is held up, and all sides agree."""

import asyncio
from typing import Any

import httpx
from pymongo.asynchronous.database import AsyncDatabase

from app.embedded import Running
from commands.documents import Command, Delete, MergePatch, Put, Restore
from tests.commands.declaring import declared
from tests.commands.processes import process
from tests.http.documents import Documents, problem


async def test_late_writes_to_what_was_dropped_stay_without_effect_for_readers_and_writers(
    orders: Documents, admin: httpx.AsyncClient, mongod: Running, home: AsyncDatabase[dict[str, Any]]
) -> None:
    path = f"/v1/collections/{orders.collection}"
    before = declared(orders.collection)
    late: dict[str, Command] = {
        "o1": MergePatch({"late": True}),
        "o2": Put({"late": True}),
        "o3": Delete(),
    }
    async with process(mongod.url, home.name) as stale:
        for id in (*late, "o4"):
            await stale.write(before, id, Put({"n": 1}))
        await stale.write(before, "o4", Delete())
        assert (await admin.delete(path)).status_code == 204
        assert (await admin.put(path, json={})).status_code == 201
        for id, command in (late | {"o4": Restore()}).items():
            assert (await stale.write(before, id, command)).changed

    last = await orders.put("o5", {})
    assert [item["id"] for item in (await orders.get(after=last)).json()["items"]] == ["o5"]
    for id in (*late, "o4"):
        problem(await orders.get(id), 404, "document-missing")
        problem(await orders.patch(id, {"n": 2}), 404, "document-missing")
        problem(await orders.restore(id), 404, "document-missing")
        anew = await orders.put(id, {"n": 3}, if_none_match="*")
        assert (anew.status_code, (await orders.get(id, after=anew)).content) == (201, anew.content)
        patched = await orders.patch(id, {"m": 4})
        assert (await orders.get(id, after=patched)).content == patched.content


async def test_dropping_while_others_write_leaves_readers_and_writers_of_one_mind(
    orders: Documents, admin: httpx.AsyncClient
) -> None:
    path, declaration = f"/v1/collections/{orders.collection}", {"unique": [["number"]]}
    await admin.put(path, json=declaration)
    ids = [f"o{number}" for number in range(12)]
    stopped = asyncio.Event()

    async def write(id: str) -> None:
        count = 0
        while not stopped.is_set():
            count += 1
            answer = await orders.put(id, {"number": f"{id} {count % 3}"})
            assert answer.status_code in (200, 201, 404), answer.text

    async with asyncio.TaskGroup() as tasks:
        for id in ids:
            tasks.create_task(write(id))
        for _ in range(4):
            assert (await admin.delete(path)).status_code == 204
            assert (await admin.put(path, json=declaration)).status_code == 201
        stopped.set()

    last = await orders.put("last", {})
    listed = {item["id"]: item for item in (await orders.get(after=last)).json()["items"]}
    for id in ids:
        read = await orders.get(id)
        assert (read.status_code == 200) == (id in listed)
        again = await orders.put(id, {"number": f"{id} last"}, if_none_match="*")
        assert again.status_code == (412 if id in listed else 201), (id, again.text)
