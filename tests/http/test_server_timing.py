"""Server-Timing: how long an answer took, where a setting says that it is told."""

import re

import httpx

from tests.openapi.serving import Served, beside


async def test_every_answer_tells_its_time_where_a_setting_says_so(site: Served) -> None:
    async with beside(site, server_timing=True) as timed:
        for client, path in ((timed.user, "/v1/documents/nothing"), (timed.nobody, "/health/ready")):
            told = re.fullmatch(r"app;dur=(\d+\.\d\d)", (await client.get(path)).headers["server-timing"])
            assert told is not None
            assert 0 < float(told[1]) < 10_000


async def test_no_answer_tells_its_time_unless_a_setting_says_so(user: httpx.AsyncClient) -> None:
    assert "server-timing" not in (await user.get("/health/ready")).headers
