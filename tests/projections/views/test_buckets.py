"""Moments belong to the hours, days, weeks … of a time zone, as its clocks tell them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.views.buckets import bucket_of

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("hour", "2012-12-31T22:00:00-05:00"),
        ("day", "2012-12-31"),
        ("week", "2012-12-31"),
        ("month", "2012-12"),
        ("quarter", "2012-Q4"),
        ("year", "2012"),
    ],
)
def test_a_moment_is_named_as_clocks_of_the_zone_have_it(kind: str, expected: str) -> None:
    assert bucket_of(kind, NEW_YORK)("2013-01-01T03:45:59.999Z") == expected


@pytest.mark.parametrize(
    "text",
    [
        "2013-06-30T23:59:60Z",
        "2013-06-30t23:59:59z",
        "2013-06-30 23:59:59.123456789+00:00",
        "2013-07-01T01:59:59+02:00",
        "2013-06-30T23:59:59-00:00",
    ],
)
def test_every_way_of_writing_a_moment_is_understood(text: str) -> None:
    assert bucket_of("hour", "UTC")(text) == "2013-06-30T23:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2013", "2013-01", "20130101", "2013-W01-1", "2013-13-01", "2013-02-30"),
        *("2013-01-01T00:00:00", "2013-01-01T00:00Z", "2013-01-01T24:00:00Z", "2013-01-01T00:00:61Z"),
        *("2013-01-01T00:00:00+24:00", "2013-01-01T00:00:00,5Z", "2013-01-01\n", " 2013-01-01", "٢٠١٣-01-01"),
        *("0000-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_is_no_moment_of_the_zone_has_no_bucket(text: str) -> None:
    assert bucket_of("day", NEW_YORK)(text) is None


def test_the_hour_that_is_repeated_is_two_hours() -> None:
    hour = bucket_of("hour", BERLIN)
    assert hour("2013-10-27T00:30:00Z") == "2013-10-27T02:00:00+02:00"
    assert hour("2013-10-27T01:30:00Z") == "2013-10-27T02:00:00+01:00"


def test_a_date_is_the_beginning_of_the_day_in_the_zone() -> None:
    assert bucket_of("day", NEW_YORK)("2013-01-01") == "2013-01-01"
    assert bucket_of("hour", NEW_YORK)("2013-07-01") == "2013-07-01T00:00:00-04:00"
    assert bucket_of("hour", "America/Sao_Paulo")("2013-10-20") == "2013-10-20T01:00:00-02:00"


def test_an_offset_of_old_times_is_told_in_minutes() -> None:
    assert bucket_of("hour", NEW_YORK)("1850-01-01T12:00:00Z") == "1850-01-01T07:00:00-04:56"


moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(moments, st.sampled_from([NEW_YORK, BERLIN, "Asia/Kathmandu", "Pacific/Apia"]))
def test_days_and_weeks_hold_what_a_calendar_says(moment: datetime, zone: str) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    text = moment.isoformat()
    assert bucket_of("day", zone)(text) == local.date().isoformat()
    monday = datetime.fromisoformat(str(bucket_of("week", zone)(text))).date()
    assert monday.weekday() == 0
    assert timedelta() <= local.date() - monday < timedelta(days=7)
