"""Orders: made-up documents of six small fields, as many as wanted, the same ones every time."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

YEAR = datetime(2025, 1, 1, tzinfo=UTC)
CUSTOMERS = 50
STATES = ("cancelled", "new", "paid", "shipped")
INDEXES = (("customer", "-at"), ("status", "-total"))
QUESTIONS = 20_000

Counted = tuple[str, int]
"""What orders are counted by: their status, and the least total."""


def documents(count: int) -> Iterator[dict[str, Any]]:
    """Yield `count` orders of one year, evenly spaced in time, an equal share of them by each customer."""
    chosen = random.Random(2025)
    gap = timedelta(days=365) / count
    for number in range(count):
        yield {
            "id": id_of(number),
            "customer": _customer(number),
            "status": STATES[int(chosen.random() * len(STATES))],
            "total": int(chosen.random() * 100_000) / 100,
            "items": number % 7 + 1,
            "express": number % 10 == 0,
            "at": _text(YEAR + number * gap),
        }


def write(file: Path, count: int) -> None:
    """Write `count` orders to `file` as NDJSON."""
    with file.open("wb") as lines:
        lines.writelines(orjson.dumps(order) + b"\n" for order in documents(count))


def pages_of_customers() -> list[str]:
    """Query strings of the newest 20 orders of each customer: few addresses, asked for again and again."""
    return [urlencode(_page(_customer(number))) for number in range(CUSTOMERS)]


def pages_before_moments() -> list[str]:
    """Query strings of a customer's newest 20 orders before a moment: 20,000, more than any cache keeps.

    The moments are in the last quarter of the year: a customer with 30 orders has 22 and more before them.
    """
    chosen = random.Random(20)
    moments = (YEAR + timedelta(days=274, seconds=chosen.randrange(91 * 86_400)) for _ in range(QUESTIONS))
    return [
        urlencode({**_page(_customer(number)), "where[at][lt]": _text(moment)})
        for number, moment in enumerate(moments)
    ]


def countings(wanted: int) -> list[Counted]:
    """Return `wanted` filters; each fits a quarter of the orders at most, an eighth of them on average."""
    chosen = random.Random(50)
    return [(STATES[number % len(STATES)], chosen.randrange(1000)) for number in range(wanted)]


def counts(filters: Sequence[Counted]) -> list[str]:
    """Query strings of exact counts by `filters`. A list has one item at least."""
    return [
        urlencode({"where[status]": status, "where[total][gte]": least, "count": "true", "limit": 1})
        for status, least in filters
    ]


def name(size: int) -> str:
    """Return the name of the collection that holds `size` orders."""
    return f"orders_{size}"


def id_of(number: int) -> str:
    """Return the id of an order, counted from 0."""
    return f"o{number:07d}"


async def file_of(folder: Path, count: int) -> Path:
    """Return the file in `folder` that holds `count` orders, written when it is not there yet."""
    file = folder / f"orders-{count}.ndjson"
    if not file.exists():
        await asyncio.to_thread(write, file, count)
    return file


def _page(customer: str) -> dict[str, str]:
    return {"where[customer]": customer, "sort": "-at", "limit": "20"}


def _customer(number: int) -> str:
    """The customer of an order: of each fifty in a row, every customer has one."""
    return f"c{number * 7919 % CUSTOMERS:03d}"


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
