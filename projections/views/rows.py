"""A row of a view: the JSON that readers get, and before it what is needed to change it exactly.

    length of the state (4 bytes, big-endian) · the state · the row as readers get it

The state is `[documents, [[total, numbers], …], [[distinct, least, greatest], …]]`, JSON: one pair for each
path that is summed, one triple for each whose values are kept. It follows from the documents of the group
alone: however these came about, and in a rebuild, the bytes are the same.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import orjson

from projections.views.sums import Sum, read_sum, write_sum
from projections.views.values import Scalar

_LENGTH_BYTES = 4
ID_BYTES = 24


class Total(NamedTuple):
    """The exact sum of so many numbers."""

    sum: Sum
    numbers: int


class Spread(NamedTuple):
    """How many distinct values there are, and the outermost; these are None where nobody asks for them."""

    distinct: int
    least: Scalar
    greatest: Scalar


@dataclass(frozen=True, slots=True)
class Group:
    """What is known of a group, from which its measures follow."""

    documents: int
    totals: tuple[Total, ...]
    spreads: tuple[Spread, ...]


def group_id(key: bytes) -> bytes:
    """The id of a group: 24 letters, digits, - and _, however long its fields are."""
    return urlsafe_b64encode(blake2b(key, digest_size=ID_BYTES * 6 // 8).digest())


def nobody(summed: int, valued: int) -> Group:
    """A group without documents, of a view that keeps so many totals and spreads."""
    return Group(0, (Total(0, 0),) * summed, (Spread(0, None, None),) * valued)


def write_row(group: Group, body: bytes) -> bytes:
    """The row of a group."""
    totals = [(write_sum(total.sum), total.numbers) for total in group.totals]
    state = orjson.dumps((group.documents, totals, [tuple(spread) for spread in group.spreads]))
    return len(state).to_bytes(_LENGTH_BYTES) + state + body


def read_group(row: bytes) -> Group:
    """What is known of a row's group."""
    end = _LENGTH_BYTES + int.from_bytes(row[:_LENGTH_BYTES])
    documents, totals, spreads = orjson.loads(row[_LENGTH_BYTES:end])
    return Group(
        documents,
        tuple([Total(read_sum(total), numbers) for total, numbers in totals]),
        tuple([Spread(*spread) for spread in spreads]),
    )


def read_body(row: bytes) -> bytes:
    """A row as readers get it."""
    return row[_LENGTH_BYTES + int.from_bytes(row[:_LENGTH_BYTES]) :]
