"""The flights as documents: fetched by the example, typed by its schema, empty cells absent."""

import asyncio
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
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


def first(file: Path, count: int, folder: Path) -> Path:
    """Return a file with the first `count` flights of `file`, in `folder` unless those are all of them."""
    if count >= rows(file):
        return file
    shorter = folder / f"flights-{count}.csv"
    with file.open(encoding="utf-8") as lines, shorter.open("w", encoding="utf-8") as kept:
        kept.writelines(islice(lines, count + 1))
    return shorter


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
