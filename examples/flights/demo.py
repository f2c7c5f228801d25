"""`make demo`: all 336,776 flights through the command path, then a few reads and their real answers."""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deployment import DemoFailed, Deployment, deployment
from fetch import FLIGHTS, ROWS, FlightsUnavailable, flights
from rich.console import Console

COLLECTION = "flights"
DECLARATION = Path(__file__).with_name("collection.json")
OWN_DATA = Path("build/demo")

console = Console(highlight=False)


def main() -> int:
    """Load the flights and read them; return 0, or 1 with the reason on standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help=f"data folder of a deployment (a new one in {OWN_DATA})")
    data: Path | None = parser.parse_args().data
    if data is None:
        shutil.rmtree(OWN_DATA, ignore_errors=True)
    try:
        if not FLIGHTS.exists():
            console.print("fetching the flights with pip …")
        file = flights()
        with deployment(data or OWN_DATA) as started:
            load(started, file)
            show(started)
    except (DemoFailed, FlightsUnavailable) as failed:
        Console(stderr=True).print(f"demo: {failed}", markup=False)
        return 1
    console.print(f'\nTo go on from here: make run ARGS="--data {data or OWN_DATA}"', markup=False)
    return 0


def load(to: Deployment, file: Path) -> None:
    """Declare the collection, import `file` and check that every one of its rows can be read."""
    to.call("PUT", f"/v1/collections/{COLLECTION}", json.loads(DECLARATION.read_text()))
    before, started = count(to), time.monotonic()
    console.print(f"importing {ROWS:,} flights from {file}")
    to.run("import", COLLECTION, str(file))
    seconds = time.monotonic() - started
    if (added := count(to) - before) != ROWS:
        raise DemoFailed(f"{added:,} flights arrived where {ROWS:,} were expected.")
    console.print(f"{added:,} flights, as many as expected, in {seconds:.0f} s: {added / seconds:,.0f}/s")


def show(to: Deployment) -> None:
    """Print a few reads as a frontend would send them, and what is answered."""
    newest = _get(to, f"/v1/documents/{COLLECTION}?limit=3")
    for flight in newest["items"]:
        console.print_json(data=flight, indent=None)
    console.print_json(data=_get(to, f"/v1/documents/{COLLECTION}/{newest['items'][-1]['id']}"))


def count(to: Deployment) -> int:
    """Count the flights that readers see once nothing is left to apply, turning every page of the list."""
    settle(to)
    counted, cursor = 0, ""
    while True:
        page = to.call("GET", f"/v1/documents/{COLLECTION}?limit=1000{cursor}")
        counted += len(page["items"])
        if page["next"] is None:
            return counted
        cursor = f"&cursor={quote(page['next'])}"


def settle(to: Deployment) -> None:
    """Wait until the projector has applied the whole log.

    Raises: DemoFailed after a minute.
    """
    deadline = time.monotonic() + 60
    while any(lag is None or lag["commits"] for lag in _lags(to)):
        if time.monotonic() > deadline:
            raise DemoFailed("the projector does not keep up; look at `foldbase status`.")
        time.sleep(0.1)


def _lags(to: Deployment) -> list[Any]:
    return [partition["lag"] for partition in to.call("GET", "/v1/projections")["partitions"]]


def _get(to: Deployment, path: str) -> Any:
    console.print(f"\n[bold]GET {path}[/bold]")
    return to.call("GET", path)


if __name__ == "__main__":
    sys.exit(main())
