"""A lane answers calls in their order, and loses none of them whatever becomes of its connection."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, ResponseError, TimeoutError

from app.embedded import Running, start
from queries.lane import Lane
from tests.servers import fresh_redis

LIMIT, LONG = 0.5, 60.0
SCRIPT = """
if ARGV[1] == 'fail' then return redis.error_reply('ERR as asked') end
redis.call('INCR', 'calls')
return {ARGV[1], #ARGV[2]}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A Redis that these tests may stop."""
    with fresh_redis() as running:
        yield running


@pytest.fixture
async def client(server: Running) -> AsyncIterator[Redis]:
    """A client that waits half a second, with two connections."""
    pool = BlockingConnectionPool.from_url(server.url, max_connections=2, timeout=5, socket_timeout=LIMIT)
    client = Redis.from_pool(pool)
    await client.flushall()
    try:
        yield client
    finally:
        await client.aclose()


@pytest.fixture
def lane(client: Redis) -> Lane:
    """A lane of that client."""
    return Lane(client, SCRIPT)


def call(lane: Lane, *arguments: Any) -> "asyncio.Future[Any]":
    """The answer to a call, be it an error."""
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    lane.call([*arguments, ""][:2], answer.set_result)
    return answer


async def test_calls_are_answered_in_their_order_and_each_with_its_own_answer(lane: Lane) -> None:
    order: list[int] = []
    assert await call(lane, "first") == [b"first", 0]
    for number in range(100):
        lane.call([number, ""], lambda answer: order.append(int(answer[0])))
        if number == 50:
            assert await call(lane, "between") == [b"between", 0]
    assert await call(lane, "last") == [b"last", 0]
    assert order == list(range(100))


async def test_a_call_that_fails_fails_alone(lane: Lane) -> None:
    answers = await asyncio.gather(*(call(lane, each) for each in ("one", "fail", "two")))
    assert [answers[0], answers[2]] == [[b"one", 0], [b"two", 0]]
    assert isinstance(answers[1], ResponseError)


async def test_calls_that_fill_every_buffer_are_sent_whole(lane: Lane) -> None:
    long = b"x" * 2**20
    answers = await asyncio.gather(*(call(lane, number, long) for number in range(4)))
    assert answers == [[b"%d" % number, len(long)] for number in range(4)]


async def test_redis_may_forget_the_script(client: Redis, lane: Lane) -> None:
    assert await call(lane, 1) == [b"1", 0]
    await client.script_flush()
    answers = await asyncio.gather(*(call(lane, number) for number in range(20)))
    assert answers == [[b"%d" % number, 0] for number in range(20)]
    assert int(await client.get("calls") or 0) == 21


async def test_what_is_on_a_connection_that_breaks_fails_at_once_and_the_next_call_has_another() -> None:
    with fresh_redis() as first:
        client = Redis.from_url(first.url, retry=Retry(NoBackoff(), 0), socket_timeout=LONG)
        lane = Lane(client, SCRIPT)
        assert await call(lane, 1) == [b"1", 0]
        os.kill(first.pid, signal.SIGSTOP)
        lost = [call(lane, number) for number in range(3)]
        os.kill(first.pid, signal.SIGKILL)
        assert [type(each) for each in await asyncio.gather(*lost)] == [ConnectionError] * 3
        first.process.wait()
        [second] = start(first.service)
        try:
            assert await call(lane, "again") == [b"again", 0]
        finally:
            await client.aclose()
            second.process.kill()
            second.process.wait()


async def test_a_server_that_stands_still_is_given_up_in_time_and_used_when_it_goes_on(
    lane: Lane, server: Running
) -> None:
    assert await call(lane, 1) == [b"1", 0]
    loop = asyncio.get_running_loop()
    os.kill(server.pid, signal.SIGSTOP)
    try:
        begun = loop.time()
        answers = await asyncio.gather(*(call(lane, number) for number in range(3)))
        assert LIMIT <= loop.time() - begun < 4 * LIMIT
        assert [type(each) for each in answers] == [TimeoutError] * 3
    finally:
        os.kill(server.pid, signal.SIGCONT)
    assert await call(lane, 2) == [b"2", 0]


async def test_a_lane_that_is_idle_is_not_given_up(client: Redis, lane: Lane) -> None:
    assert await call(lane, 1) == [b"1", 0]
    before = await connections(client)
    await asyncio.sleep(2 * LIMIT)  # longer than an answer may take: nothing else ends an idle wait
    assert await call(lane, 2) == [b"2", 0]
    assert await connections(client) == before


async def test_a_connection_that_broke_goes_back_to_the_pool(client: Redis, lane: Lane) -> None:
    for number in range(5):
        assert await call(lane, number) == [b"%d" % number, 0]
        await client.client_kill_filter(_type="normal", skipme=True)
        await answered(lane)
    assert await client.ping()


async def test_a_server_that_is_not_there_fails_each_call(tmp_path: Any) -> None:
    client = Redis(unix_socket_path=str(tmp_path / "nothing"), retry=Retry(NoBackoff(), 0))
    lane = Lane(client, SCRIPT)
    for _ in range(3):
        assert isinstance(await call(lane, 1), ConnectionError)
    await client.aclose()


async def answered(lane: Lane) -> Any:
    """The answer to a call that is made again while it meets the end of a connection."""
    while isinstance(answer := await call(lane, "again"), ConnectionError):
        pass
    return answer


async def connections(client: Redis) -> set[int]:
    """The connections that Redis has."""
    return {int(each["id"]) for each in await client.client_list()}
