"""Queueing changes of hashes and sorted sets; each command is bounded, so Redis stays responsive."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TypeVar

from projections.client import RedisPipeline
from projections.indexing import Members

T = TypeVar("T")

ITEMS_A_COMMAND = 1000


def queue_fields(
    step: RedisPipeline,
    key: str,
    written: Mapping[str, bytes] | Mapping[bytes, bytes] | Mapping[bytes, int],
    removed: Iterable[str | bytes],
) -> None:
    """Queue changes of a hash: fields that go, and fields with what they are now."""
    for some in _chunks(removed):
        step.execute_command("HDEL", key, *some)
    for pairs in _chunks(written.items()):
        step.execute_command("HSET", key, *chain.from_iterable(pairs))


def queue_members(step: RedisPipeline, key: str, members: Members) -> None:
    """Queue changes of a sorted set in which all scores are 0."""
    for removed in _chunks(members.removed):
        step.execute_command("ZREM", key, *removed)
    for added in _chunks(members.added):
        step.execute_command("ZADD", key, *chain.from_iterable((b"0", member) for member in added))


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, ITEMS_A_COMMAND)):
        yield chunk
