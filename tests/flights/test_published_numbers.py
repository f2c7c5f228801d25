"""All 336,776 flights through the running product: what its views and counts say, and what the CSV says."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.deployments import FOLDBASE, Up, until, up

pytestmark = pytest.mark.timeout(400)

EXAMPLE = Path(__file__).parents[2] / "examples" / "flights"
NEW_YORK = ZoneInfo("America/New_York")
ALL = 336_776

Flight = dict[str, str]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def file() -> Path:
    """The CSV of all flights, fetched where it is not there yet."""
    fetched = subprocess.run([sys.executable, EXAMPLE / "fetch.py"], capture_output=True, text=True)
    assert fetched.returncode == 0, fetched.stderr
    return Path(fetched.stdout.strip())


@pytest.fixture(scope="module")
def flights(file: Path) -> list[Flight]:
    """Every line of it, as text, and the day it was in New York."""
    with file.open(encoding="utf-8") as lines:
        found = list(csv.DictReader(lines))
    days: dict[str, str] = {}
    for flight in found:
        hour = flight["time_hour"]
        if hour not in days:
            days[hour] = datetime.fromisoformat(hour).astimezone(NEW_YORK).date().isoformat()
        flight["day"] = days[hour]
    return found


@pytest.fixture(scope="module")
def loaded(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A deployment that holds all flights, applied up to the last one."""
    with up(tmp_path_factory.mktemp("flights") / "data") as running:
        with running.client() as client:
            declaration = json.loads((EXAMPLE / "collection.json").read_text())
            client.put("/v1/collections/flights", json=declaration).raise_for_status()
        imported = subprocess.run(
            [FOLDBASE, "import", "flights", str(file), "--data", str(running.folder)],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert imported.returncode == 0, imported.stderr
        with running.client() as client:
            until(lambda: _has_applied(client, ALL), seconds=180)
        yield running


def _has_applied(client: httpx.Client, position: int) -> bool:
    fresh = {"Fold-After": str(position), "Prefer": "wait=10"}
    return client.get("/v1/documents/flights?limit=1", headers=fresh).is_success


@pytest.fixture
def client(loaded: Up) -> Iterator[httpx.Client]:
    """A client of the deployment that holds all flights."""
    with loaded.client() as client:
        yield client


def test_every_flight_is_counted(client: httpx.Client, flights: list[Flight]) -> None:
    assert count(client, {}) == len(flights) == ALL
    of_jfk = sum(flight["origin"] == "JFK" for flight in flights)
    assert count(client, {"where[origin]": "JFK"}) == of_jfk == 111_279


def test_the_first_of_january_had_842_flights(client: httpx.Client) -> None:
    rows = rows_of(client, "days", {"where[day]": "2013-01-01"})
    assert sum(row["flights"] for row in rows) == 842


def test_every_carrier_is_what_a_group_by_gives(client: httpx.Client, flights: list[Flight]) -> None:
    expected = []
    for (carrier,), found in by_group(flights, "carrier"):
        worst = max(int(flight["arr_delay"]) for flight in found if flight["arr_delay"])
        aircraft = len({flight["tailnum"] for flight in found if flight["tailnum"]})
        expected.append({"carrier": carrier, "flights": len(found), "worst_delay": worst, "aircraft": aircraft})
    assert len(expected) == 16
    assert rows_of(client, "carriers", {}) == expected
    busiest = sorted(expected, key=lambda row: (row["flights"], row["carrier"]), reverse=True)
    assert rows_of(client, "carriers", {"sort": "-flights"})[:10] == busiest[:10]


def test_every_day_of_every_airport_is_what_a_group_by_gives(
    client: httpx.Client, flights: list[Flight]
) -> None:
    expected = []
    for (day, origin), found in by_group(flights, "day", "origin"):
        delays = [int(flight["dep_delay"]) for flight in found if flight["dep_delay"]]
        mean = float(Fraction(sum(delays), len(delays))) if delays else None
        miles = sum(int(flight["distance"]) for flight in found)
        row = {"day": day, "origin": origin, "flights": len(found), "mean_delay": mean, "miles": miles}
        expected.append(row)
    assert rows_of(client, "days", {}) == expected


def count(client: httpx.Client, where: dict[str, str]) -> int:
    asked = {**where, "count": "true", "limit": "1"}
    answer = client.get("/v1/documents/flights", params=asked).raise_for_status()
    return int(answer.json()["count"])


def rows_of(client: httpx.Client, view: str, asked: dict[str, str]) -> list[Row]:
    """All rows of a view, page by page."""
    rows: list[Row] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        more = {"cursor": page["next"]} if page["next"] else {}
        answer = client.get(f"/v1/views/flights/{view}", params={"limit": "1000", **asked, **more})
        page = answer.raise_for_status().json()
        rows += page["items"]
    return rows


def by_group(flights: list[Flight], *names: str) -> Iterator[tuple[tuple[str, ...], list[Flight]]]:
    """Flights by group, in the order of groups."""
    groups: dict[tuple[str, ...], list[Flight]] = {}
    for flight in flights:
        groups.setdefault(tuple(flight[name] for name in names), []).append(flight)
    yield from sorted(groups.items())
