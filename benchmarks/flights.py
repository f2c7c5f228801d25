"""The flights as documents: fetched by the example, typed by its schema, empty cells absent."""

import asyncio
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchmarkFailed
from benchmarks.product import Product

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


async def declare(product: Product) -> None:
    """Declare the collection of the flights.

    Raises: BenchmarkFailed with the product's answer when it refuses.
    """
    async with product.client() as client:
        answer = await client.put(f"/v1/collections/{COLLECTION}", json=declaration())
    if answer.is_error:
        raise BenchmarkFailed(f"The flights could not be declared: {answer.status_code} {answer.text}")


def declaration() -> dict[str, Any]:
    """Return the example's collection with its schema alone: declared indexes and views cost extra."""
    declared = json.loads((EXAMPLE / "collection.json").read_text())
    return {"schema": declared["schema"]}


def documents(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of `file` as the import stores them: values typed by the schema, empty cells absent."""
    read = readers(declaration()["schema"])
    with file.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield {name: read[name](cell) for name, cell in row.items() if cell}


def readers(schema: Mapping[str, Any]) -> dict[str, Callable[[str], Any]]:
    """Return, for each property of a flat schema, the function that reads it out of a CSV cell."""
    return {name: _READ[rule["type"]] for name, rule in schema["properties"].items()}
