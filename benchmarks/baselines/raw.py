"""Baselines without a server: what the MongoDB driver does at best with the same documents and commits."""

from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import Any, cast

import bson
from pymongo import MongoClient
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

BATCH = 1000


def insert_many(mongo_url: str, documents: Sequence[dict[str, Any]]) -> float:
    """Store `documents` durably in an empty collection, in ordered batches of 1000; return documents/s.

    Each batch waits for `w: majority, j: true`. The documents are copied outside the time measured, because
    the driver writes an `_id` into what it is given.
    """
    copies = [dict(document) for document in documents]
    with MongoClient[dict[str, Any]](mongo_url) as client:
        client["baseline"].drop_collection("flights")
        durable = WriteConcern(w="majority", j=True)
        flights = client["baseline"].get_collection("flights", write_concern=durable)
        started = perf_counter()
        for first in range(0, len(copies), BATCH):
            flights.insert_many(copies[first : first + BATCH], ordered=True)
        return len(copies) / (perf_counter() - started)


def scan(mongo_url: str, database: str, collection: str) -> tuple[int, float]:
    """Read a whole collection in order of `_id` and decode it; return how many documents, and documents/s."""
    with MongoClient[dict[str, Any]](mongo_url) as client:
        majority = ReadConcern("majority")
        commits = client[database].get_collection(collection, read_concern=majority)
        started = perf_counter()
        batches = cast(Iterable[bytes], commits.find_raw_batches({}, sort=[("_id", 1)]))
        count = sum(len(bson.decode_all(batch)) for batch in batches)
        return count, count / (perf_counter() - started)
