"""Baseline without a server: exact counts by MongoDB itself, by an index over the same documents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from time import perf_counter
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

BATCH = 1000
Filter = Mapping[str, Any]


def fill(mongo_url: str, documents: Iterable[dict[str, Any]], index: Sequence[tuple[str, int]]) -> None:
    """Store `documents` in an empty collection as they are, and index it."""
    with MongoClient[dict[str, Any]](mongo_url) as client:
        client["baseline"].drop_collection("orders")
        for batch in _batches(documents):
            _orders(client).insert_many(batch, ordered=False)
        _orders(client).create_index(index)


def counts(mongo_url: str, filters: Sequence[Filter]) -> list[int]:
    """Count by each of the `filters`."""
    with MongoClient[dict[str, Any]](mongo_url) as client:
        return [_orders(client).count_documents(each) for each in filters]


def rate(mongo_url: str, filters: Sequence[Filter], seconds: float) -> float:
    """Count by one filter after the other, in turns, for `seconds` and some; return counts/s of one caller."""
    with MongoClient[dict[str, Any]](mongo_url) as client:
        orders, turns = _orders(client), cycle(filters)
        orders.count_documents(next(turns))
        done, started = 0, perf_counter()
        while (passed := perf_counter() - started) < seconds:
            orders.count_documents(next(turns))
            done += 1
        return done / passed


def _orders(client: MongoClient[dict[str, Any]]) -> Collection[dict[str, Any]]:
    return client["baseline"]["orders"]


def _batches(documents: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    left = iter(documents)
    while batch := list(islice(left, BATCH)):
        yield batch
