"""What a batch changes, as Redis commands."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TypeVar

from projections.client import RedisPipeline
from projections.fold import RowChanges
from projections.generation import Generation
from projections.layout import BY_CREATION, Layout

T = TypeVar("T")

ITEMS_A_COMMAND = 1000


def queue_changes(
    step: RedisPipeline, layout: Layout, collection: str, generation: int, changes: RowChanges
) -> None:
    """Queue the commands that make `changes` in one generation; each is bounded, so Redis stays responsive."""
    rows = layout.rows(collection, generation)
    index = layout.index(collection, generation, BY_CREATION)
    for removed in _chunks(changes.removed):
        step.execute_command("HDEL", rows, *removed)
    for written in _chunks(changes.written.items()):
        step.execute_command("HSET", rows, *chain.from_iterable(written))
    for unindexed in _chunks(changes.unindexed):
        step.execute_command("ZREM", index, *unindexed)
    for indexed in _chunks(changes.indexed):
        step.execute_command("ZADD", index, *chain.from_iterable((b"0", member) for member in indexed))


def queue_freeing(step: RedisPipeline, layout: Layout, generations: Mapping[str, Generation]) -> None:
    """Queue the end of generations. UNLINK: Redis frees the memory in the background."""
    for collection, generation in generations.items():
        if not generation.is_vacant:
            step.unlink(*layout.keys_of(collection, generation.number))


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, ITEMS_A_COMMAND)):
        yield chunk
