"""The flights as documents: fetched by the example, typed by its schema, empty cells absent."""

import asyncio
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchmarkFailed

COLLECTION = "flights"
EXAMPLE = Path(__file__).parents[1] / "examples" / "flights"
SAMPLE = EXAMPLE / "sample.csv"

_READ: dict[str, Callable[[str], Any]] = {"integer": int, "number": float, "string": str}


async def csv_file() -> Path:
    """Return the CSV of all flights, fetched by the example when it is not there yet.

    Raises: BenchmarkFailed with the example's own reason.
    """
    fetching = await asyncio.create_subprocess_exec(
        *(sys.executable, str(EXAMPLE / "fetch.py")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, reason = await fetching.communicate()
    if fetching.returncode:
        raise BenchmarkFailed(reason.decode().strip())
    return Path(output.decode().strip())


def rows(file: Path) -> int:
    """Return how many flights `file` holds."""
    with file.open(encoding="utf-8") as lines:
        return sum(1 for _ in lines) - 1


def first(file: Path, number: int, folder: Path) -> Path:
    """Return a file with the first `number` flights of `file`, in `folder` unless those are all of them."""
    if number >= rows(file):
        return file
    shorter = folder / f"flights-{number}.csv"
    with file.open(encoding="utf-8") as lines, shorter.open("w", encoding="utf-8") as kept:
        kept.writelines(islice(lines, number + 1))
    return shorter


def many(file: Path, number: int, folder: Path) -> Path:
    """Return a file with `number` flights, in `folder`: those of `file`, and again in the years after, as often
    as it takes. So days, and what is grouped by them, grow with the flights.
    """
    if number <= rows(file):
        return first(file, number, folder)
    longer = folder / f"flights-{number}.csv"
    with longer.open("w", newline="", encoding="utf-8") as kept:
        writer = csv.writer(kept)
        writer.writerows(islice(_years(file), number + 1))
    return longer


def _years(file: Path) -> Iterator[list[str]]:
    """Yield the names of the columns, and then the flights, year after year without end."""
    with file.open(newline="", encoding="utf-8") as lines:
        names, *flights = csv.reader(lines)
    year, hour = names.index("year"), names.index("time_hour")
    yield names
    for later in count():
        for flight in flights:
            moved = [*flight]
            for place in (year, hour):
                moved[place] = f"{int(flight[place][:4]) + later}{flight[place][4:]}"
            yield moved


def declaration(indexes: int = 0, views: int = 0) -> dict[str, Any]:
    """Return the example's collection with its schema and its first `indexes` and `views`, which cost extra."""
    declared = json.loads((EXAMPLE / "collection.json").read_text())
    return {
        "schema": declared["schema"],
        "indexes": declared["indexes"][:indexes],
        "views": dict(islice(declared["views"].items(), views)),
    }


def documents(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of `file` as the import stores them: values typed by the schema, empty cells absent."""
    read = readers(declaration()["schema"])
    with file.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield {name: read[name](cell) for name, cell in row.items() if cell}


def readers(schema: Mapping[str, Any]) -> dict[str, Callable[[str], Any]]:
    """Return, for each property of a flat schema, the function that reads it out of a CSV cell."""
    return {name: _READ[rule["type"]] for name, rule in schema["properties"].items()}
