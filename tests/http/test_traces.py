"""traceparent (W3C): the trace of a write is kept with its commit; what is no trace is left out."""

import pytest

from events.position import stream_name
from tests.http.documents import Documents
from tests.openapi.serving import Served

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NONE = [
    "",
    "x",
    TRACE.upper(),
    TRACE[:-1],
    f"ff{TRACE[2:]}",
    f"00-{'0' * 32}-b7ad6b7169203331-01",
    f"{TRACE}, {TRACE}",
]


async def traces(site: Served, orders: Documents, id: str) -> list[str | None]:
    """The traces of the commits of a document."""
    history = await site.deployment.log.read(stream_name(orders.collection, id))
    return [commit.trace for commit in history]


async def test_the_trace_of_every_write_is_kept_with_its_commit(site: Served, orders: Documents) -> None:
    await orders.post({"id": "o1"}, traceparent=TRACE)
    await orders.put("o1", {"n": 1})
    await orders.patch("o1", {"n": 2}, traceparent=TRACE.replace("-01", "-00"))
    await orders.delete("o1", traceparent=TRACE)
    await orders.restore("o1", traceparent=TRACE)
    assert await traces(site, orders, "o1") == [TRACE, None, TRACE.replace("-01", "-00"), TRACE, TRACE]


@pytest.mark.parametrize("trace", NONE)
async def test_a_trace_that_is_none_is_left_out(trace: str, site: Served, orders: Documents) -> None:
    assert (await orders.put("o1", {}, traceparent=trace)).status_code == 201
    assert await traces(site, orders, "o1") == [None]
