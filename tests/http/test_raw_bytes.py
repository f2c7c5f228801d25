"""A fuzz at the socket: whatever bytes come, none makes a fault, and the next client is served."""

import asyncio
import re
from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from tests.http import raw_bytes
from tests.openapi.serving import Served, beside

CASES = 80
AT_ONCE = 20
PATIENCE = 0.15
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n")
POSSIBLE = {100, 200, 204, 400, 401, 404, 405, 408, 413, 414, 415, 417, 431, 501, 505}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def hasty(site: Served) -> AsyncIterator[Served]:
    """A server that waits for nobody long, so that every connection comes to its end."""
    async with beside(site, head_timeout=PATIENCE, body_timeout=PATIENCE) as serving:
        await serving.admin.put("/v1/collections/fuzzed", json={})
        yield serving


async def said(serving: Served, sent: bytes, random: Random) -> bytes:
    """All that the server says to these bytes, sent in one or two pieces, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.nobody.base_url.port)
    cut = random.randrange(len(sent) + 1)
    try:
        for piece in (sent[:cut], sent[cut:]):
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def holds(serving: Served, sent: bytes, random: Random) -> None:
    """Send, and assert that it is answered as HTTP has it, and that a good request is served then."""
    statuses = [int(status) for status in STATUS.findall(await said(serving, sent, random))]
    assert statuses, sent
    assert set(statuses) <= POSSIBLE, (statuses, sent)
    good = await serving.nobody.get("/health/live", headers={"connection": "close"})
    assert good.status_code == 200, sent


@pytest.mark.parametrize("kind", raw_bytes.KINDS, ids=lambda kind: kind.__name__)
async def test_no_bytes_are_a_fault_and_the_next_client_is_served(kind: raw_bytes.Made, hasty: Served) -> None:
    random = Random(kind.__name__)
    last = b"" if kind is raw_bytes.half else raw_bytes.LAST
    for _ in range(CASES // AT_ONCE):
        await asyncio.gather(*(holds(hasty, kind(random) + last, random) for _ in range(AT_ONCE)))


async def test_what_is_framed_in_two_ways_is_refused_and_hides_no_request(hasty: Served) -> None:
    random, token = Random("smuggling"), hasty.user.headers["authorization"].encode()
    hidden = b"PUT /v1/documents/fuzzed/hidden HTTP/1.1\r\nHost: localhost\r\nAuthorization: %b\r\n" % token
    hidden += b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    for _ in range(CASES // AT_ONCE):
        made = [raw_bytes.smuggling(random, hidden) for _ in range(AT_ONCE)]
        answers = await asyncio.gather(*(said(hasty, each, random) for each in made))
        for sent, answer in zip(made, answers, strict=True):
            assert [int(status) for status in STATUS.findall(answer)] == [400], sent
    last = await hasty.user.put("/v1/documents/fuzzed/last", json={})
    seen = {"fold-after": last.headers["fold-position"]}
    assert (await hasty.user.get("/v1/documents/fuzzed/hidden", headers=seen)).status_code == 404
