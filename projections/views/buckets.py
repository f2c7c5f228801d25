"""Buckets: which hour, day, week, month, quarter or year of a time zone a moment belongs to."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Bucket = Callable[[str], str | None]

_DATE = r"\d{4}-\d\d-\d\d"
_MOMENT = re.compile(rf"({_DATE})(?:[Tt ](\d\d:\d\d:)([0-5]\d|60)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d))?", re.ASCII)


def bucket_of(kind: str, time_zone: str) -> Bucket:
    """What tells the bucket of a text, None where the text is no date-time and no date of RFC 3339.

    kind: hour -> 2013-01-01T05:00:00-05:00, day -> 2013-01-01, week -> its Monday, month -> 2013-01,
          quarter -> 2013-Q1, year -> 2013.
    A date is the beginning of that day in `time_zone`. A leap second belongs to the minute before it. The
    hour that a clock repeats is two hours, told apart by their offset.
    """
    zone, name = ZoneInfo(time_zone), _NAMES[kind]

    def bucket(text: str) -> str | None:
        try:
            moment = _moment(text, zone)
            return None if moment is None else name(moment)
        except (ValueError, OverflowError):
            return None

    return bucket


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """The moment on the clocks of `zone`. Raises ValueError, OverflowError for what no calendar has."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    day, minute, second, offset = found.groups()
    if offset is None:
        midnight = datetime.fromisoformat(day).replace(tzinfo=zone)
        return midnight.astimezone(UTC).astimezone(zone)
    second = "59" if second == "60" else second
    return datetime.fromisoformat(f"{day}T{minute}{second}{offset.upper()}").astimezone(zone)


def _hour(moment: datetime) -> str:
    minutes = round((moment.utcoffset() or timedelta()) / timedelta(minutes=1))
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    return f"{_day(moment)}T{moment.hour:02}:00:00{sign}{hours:02}:{rest:02}"


def _day(moment: date) -> str:
    return moment.isoformat()[:10]


def _week(moment: datetime) -> str:
    return _day(moment.date() - timedelta(days=moment.weekday()))


def _quarter(moment: datetime) -> str:
    return f"{moment.year:04}-Q{(moment.month + 2) // 3}"


_NAMES: dict[str, Callable[[datetime], str]] = {
    "hour": _hour,
    "day": _day,
    "week": _week,
    "month": lambda moment: _day(moment)[:7],
    "quarter": _quarter,
    "year": lambda moment: _day(moment)[:4],
}
