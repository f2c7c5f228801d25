"""What MongoDB gives back equals what was sent: kinds of numbers, order of names, every character."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.commit import Event
from events.log import EventLog
from events.position import Position, partition_for, stream_name
from tests.events.commits import new
from tests.events.json_values import AWKWARD_NAMES, AWKWARD_NUMBERS, AWKWARD_TEXTS, objects, traits
from tests.examples import costing

NUMBERS = count(1)


@settings(costing(4), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(bodies=st.lists(objects, min_size=1, max_size=8))
async def test_events_come_back_the_very_same(log: EventLog, bodies: list[dict[str, Any]]) -> None:
    await assert_kept(log, bodies)


async def test_every_awkward_value_comes_back_the_very_same(log: EventLog) -> None:
    values = [*AWKWARD_NUMBERS, *AWKWARD_TEXTS]
    await assert_kept(log, [{"it": value, "in": [value, {"deep": value}]} for value in values])


async def test_awkward_names_come_back_in_their_order(log: EventLog) -> None:
    there = dict.fromkeys(AWKWARD_NAMES, 1)
    back = {name: {"again": there} for name in reversed(AWKWARD_NAMES)}
    await assert_kept(log, [there, back])


async def test_a_time_comes_back_to_the_millisecond_and_in_utc(log: EventLog) -> None:
    at = datetime(2026, 11, 22, 23, 59, 59, 999000, UTC)
    await log.append(new("orders/o1", events=[Event("restored", {"created": {"at": at}})]))
    [commit] = await log.read(stream_name("orders", "o1"))
    assert commit.events[0].data["created"]["at"].isoformat() == "2026-11-22T23:59:59.999000+00:00"
    assert commit.at.utcoffset() == timedelta(0)


async def test_positions_versions_and_bytes_come_back_as_plain_values(log: EventLog) -> None:
    await log.append(new("orders/o1", request=b"\0" * 16, digest=b"\xff" * 16, cause=2**50))
    [commit] = await log.read(stream_name("orders", "o1"))
    assert [type(part) for part in commit] == [
        *(int, str, int, type(commit.at), str, list),
        *(bytes, bytes, type(None), int, int),
    ]


async def assert_kept(log: EventLog, bodies: list[dict[str, Any]]) -> None:
    """Both ways of reading give back the very events that were appended."""
    stream = stream_name("orders", f"o{next(NUMBERS)}")
    appended = await log.append(new(stream, events=[Event("created", body) for body in bodies]))
    [read] = await log.read(stream)
    partition = partition_for(stream, log.partitions)
    [followed] = await log.read_partition(partition, after=Position(appended.position - 1), limit=1)
    for commit in (read, followed):
        assert [traits(event.data) for event in commit.events] == [traits(body) for body in bodies]
        assert (commit.at, commit.position) == (appended.at, appended.position)
