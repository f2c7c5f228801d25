"""The views that the flights are declared with, against a plain group-by over the CSV."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catalog.declared import View, runtime_views
from catalog.parsing import parse
from tests.projections.views.kept import KeptView

FLIGHTS = Path(__file__).parents[3] / "examples" / "flights"
TEXTS = ("carrier", "tailnum", "origin", "dest", "time_hour")
BATCH = 300


def flights() -> list[dict[str, Any]]:
    """The sample as documents: numbers are numbers, empty cells are not there."""
    with (FLIGHTS / "sample.csv").open() as file:
        return [
            {name: cell if name in TEXTS else int(cell) for name, cell in line.items() if cell}
            for line in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def views() -> dict[str, View]:
    """The declared views."""
    declaration = json.loads((FLIGHTS / "collection.json").read_text())
    return dict(runtime_views(parse(declaration)))


def kept(view: View) -> KeptView:
    """A view that all flights went into, those of one carrier by a detour."""
    kept, found = KeptView(view), {str(n): flight for n, flight in enumerate(flights())}
    ids = list(found)
    for start in range(0, len(ids), BATCH):
        kept.apply({id: found[id] | {"carrier": "XX", "dep_delay": 0.1} for id in ids[start : start + BATCH]})
    for start in range(0, len(ids), BATCH):
        kept.apply(dict.fromkeys(ids[start : start + BATCH : 7]))
        kept.apply({id: found[id] for id in ids[start : start + BATCH]})
    return kept


def by_group(*names: str) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """Flights by group, in the order of groups; "day" is that of New York."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for flight in flights():
        moment = datetime.fromisoformat(flight["time_hour"]).astimezone(ZoneInfo("America/New_York"))
        columns = flight | {"day": moment.date().isoformat()}
        groups.setdefault(tuple(columns[name] for name in names), []).append(flight)
    yield from sorted(groups.items())


def test_every_day_of_every_airport_is_what_a_group_by_gives(views: dict[str, View]) -> None:
    expected = []
    for (day, origin), found in by_group("day", "origin"):
        delays = [flight["dep_delay"] for flight in found if "dep_delay" in flight]
        mean = float(Fraction(sum(delays), len(delays))) if delays else None
        miles = sum(flight["distance"] for flight in found)
        expected.append(
            {"day": day, "origin": origin, "flights": len(found), "mean_delay": mean, "miles": miles}
        )
    rows = kept(views["days"]).in_order("0")
    assert [row | {"mean_delay": _double(row["mean_delay"])} for row in rows] == expected
    assert sum(row["flights"] for row in rows) == len(flights())


def test_every_carrier_is_what_a_group_by_gives(views: dict[str, View]) -> None:
    expected = []
    for (carrier,), found in by_group("carrier"):
        worst = max(flight["arr_delay"] for flight in found if "arr_delay" in flight)
        aircraft = len({flight["tailnum"] for flight in found if "tailnum" in flight})
        expected.append({"carrier": carrier, "flights": len(found), "worst_delay": worst, "aircraft": aircraft})
    view = kept(views["carriers"])
    assert view.in_order("0") == expected
    assert view.in_order("flights") == sorted(expected, key=lambda row: (row["flights"], row["carrier"]))


def _double(value: Any) -> float | None:
    return None if value is None else float(value)
