"""Clients that go away in the middle of a request: nothing is halved, blocked or left behind."""

import asyncio
import random

from tests.http.documents import Documents

WRITERS = 60


async def test_clients_that_go_away_at_any_moment_leave_whole_writes_or_none(orders: Documents) -> None:
    await orders.put("o1", {"n": -1})
    moments = random.Random(7)
    await asyncio.gather(*(_write_and_go(orders, number, moments.randrange(40)) for number in range(WRITERS)))

    async with asyncio.timeout(10):
        last = await orders.put("o1", {"n": "last"})
    version = last.json()["_meta"]["version"]
    assert 2 <= version <= WRITERS + 2
    read = await orders.get("o1", after=last)
    assert (read.json()["n"], read.json()["_meta"]["version"]) == ("last", version)


async def test_a_client_that_sends_half_a_body_and_goes_changes_nothing(orders: Documents) -> None:
    await orders.put("o1", {"n": 1})
    for _ in range(10):
        _, writer = await _connected(orders)
        writer.write(_head(orders, length=1000) + b'{"n": 2')
        await writer.drain()
        writer.transport.abort()
    again = await orders.put("o1", {"n": 1})
    assert again.headers["etag"] == '"1"'


async def _write_and_go(orders: Documents, number: int, turns: int) -> None:
    """Send a whole PUT, and cut the connection so many turns of the event loop later."""
    _, writer = await _connected(orders)
    body = b'{"n": %d}' % number
    writer.write(_head(orders, len(body)) + body)
    for _ in range(turns):
        await asyncio.sleep(0)
    writer.transport.abort()


async def _connected(orders: Documents) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    port = orders.client.base_url.port
    return await asyncio.open_connection("127.0.0.1", port)


def _head(orders: Documents, length: int) -> bytes:
    lines = [
        f"PUT {orders.of('o1')} HTTP/1.1",
        "Host: localhost",
        f"Authorization: {orders.client.headers['authorization']}",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()
